"""What can be refused about sharing, in words for the visitor."""

from django.utils.translation import gettext_lazy as _

from personas.chat.errors import ChatRefused


class NothingToShare(ChatRefused):
    message = _("아직 나눌 말이 없어요. 먼저 얘기를 시작해 주세요.")
