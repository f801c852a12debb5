"""What operators see of conversations: only the messages over which workers died."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from config.admin_pages import ReadOnlyAdmin
from personas.chat.models import WORKER_LOST, LostReply


@admin.register(LostReply)
class LostReplyAdmin(ReadOnlyAdmin):
    """Words that ended two workers. They are never answered; whoever wrote them can still delete them."""

    list_display = ["finished_at", "persona", "said", "attempt"]
    list_display_links = None
    list_select_related = ["persona", "turn"]
    ordering = ["-finished_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LostReply]:
        return super().get_queryset(request).filter(error=WORKER_LOST)

    @display(description=_("한 말"))
    def said(self, reply: LostReply) -> str:
        return reply.turn.text
