"""What can be refused about a vote, in words for the visitor."""

from django.utils.translation import gettext_lazy as _

from personas.chat.errors import ChatRefused


class VoteNotReady(ChatRefused):
    message = _("두 답이 모두 끝까지 나온 다음에 고를 수 있어요.")


class VoteUnknown(ChatRefused):
    message = _("화면에 있는 것 가운데 하나를 골라 주세요.")


class AlreadyVoted(ChatRefused):
    message = _("이미 고르셨어요. 처음 고른 대로 둘게요.")


class ReasonUnknown(ChatRefused):
    message = _("화면에 있는 까닭만 고를 수 있어요. 새로고침한 뒤 다시 해 주세요.")


class NothingToCompare(ChatRefused):
    message = _("이 사이트의 안내로 답한 거라 다른 답이 없어요.")


class NotSkippable(ChatRefused):
    message = _("벌써 고르셨어요. 건너뛰지 않아도 이어서 얘기할 수 있어요.")
