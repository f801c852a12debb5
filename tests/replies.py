"""Replies as a worker leaves them, for tests that need none."""

from personas.chat.models import Reply
from personas.chat.reply_lifecycle import reply_finish, reply_start


def finish(reply: Reply, text: str = "응, 듣고 있어~", status: str = "done", tokens: int = 1) -> Reply:
    """Let a worker have written `text`; the same reply, read anew."""
    reply_start(reply_id=str(reply.pk), attempt=1)
    reply_finish(reply_id=str(reply.pk), attempt=1, text=text, status=status, tokens=tokens)
    reply.refresh_from_db()
    return reply
