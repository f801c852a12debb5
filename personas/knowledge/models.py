"""What a reply was given to know."""

from django.db import models

from personas.chat.models import Reply


class ReplyFacts(models.Model):
    """The facts about this site that one reply was written from."""

    reply = models.OneToOneField(Reply, on_delete=models.CASCADE, related_name="facts")
    key = models.CharField(max_length=40)  # of the fact in content/site_facts.json
    score = models.FloatField()  # how much of the message is that question
    context = models.TextField()  # what the model read, or would have read
    is_verbatim = models.BooleanField()  # the written answer itself was the reply; else the model read the context
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.key} ({self.score:.2f})"
