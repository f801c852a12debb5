"""What can be refused in a chat. Each message is for the visitor: what happened, and what to do."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from config.limits import LimitReached, when


class ChatRefused(Exception):
    """The visitor asked for something that cannot be done now. `message` says why, in their words."""

    message: str | Promise = _("지금은 할 수 없어요. 잠시 뒤에 다시 해 주세요.")


class MessageEmpty(ChatRefused):
    message = _("아직 쓴 말이 없어요. 하고 싶은 말을 적어 주세요.")


class MessageTooLong(ChatRefused):
    message = _("말이 너무 길어요. 1,000자까지 보낼 수 있어요. 조금만 나눠서 보내 주세요.")


class ReplyRunning(ChatRefused):
    message = _("아직 답을 쓰고 있어요. 다 쓸 때까지 기다리거나 ‘멈추기’를 눌러 주세요. 적은 글은 그대로 있어요.")


class TooManyRunning(ChatRefused):
    message = _("다른 대화에서도 답을 쓰는 중이에요. 하나가 끝나면 다시 보내 주세요.")


class MessageAbusive(ChatRefused):
    message = _(
        "누군가를 심하게 다치게 하는 말이라 전하지 않았어요. 화나는 일이 있었다면 무슨 일이었는지 들려주세요. "
        "적은 글은 그대로 있어요."
    )


class NoRoomForReply(ChatRefused):
    """What was asked is fine, but nobody can answer now."""


class HelpComesFirst(ChatRefused):
    """Nobody can answer somebody who may be in danger now: the helpline can."""

    message = _(
        "지금은 답을 쓸 수 없지만, 많이 힘들다면 혼자 견디지 마세요. 109(자살예방상담전화)는 24시간 언제든 들어 줘요. "
        "위험하면 바로 119에 전화해 주세요."
    )


class CareFirst(ChatRefused):
    """The visitor is in care, or this turn was answered in care: nobody is asked which answer is nicer."""

    message = _("지금은 다른 답보다 괜찮은지가 먼저예요. 이 말에는 다른 답을 만들지 않아요.")


class CareOver(ChatRefused):
    message = _("벌써 대답해 주셨어요. 이어서 얘기해도 돼요.")


class GenerationOff(NoRoomForReply):
    message = _("지금은 에겐이도 테토도 잠깐 쉬는 중이에요. 조금 뒤에 다시 말 걸어 주세요. 적은 글은 그대로 있어요.")


class SiteFull(NoRoomForReply):
    message = _("지금 얘기하는 사람이 많아요. 1분쯤 뒤에 다시 보내 주세요. 적은 글은 그대로 있어요.")


class TooOften(NoRoomForReply):
    """A limit is reached; the message says when there is room again."""

    words: str | Promise = _("한꺼번에 너무 많이 했어요. {when} 다시 해 주세요.")

    def __init__(self, reached: LimitReached) -> None:
        self.message = format_lazy(self.words, when=when(reached.seconds))


class TooFast(TooOften):
    words = _("말이 조금 빨라요. {when} 다시 보내 주세요. 적은 글은 그대로 있어요.")


class DayFull(TooOften):
    words = _("오늘 나눌 수 있는 얘기를 다 나눴어요. {when} 다시 만나요. 지난 대화는 그대로 볼 수 있어요.")


class AddressFull(TooOften):
    words = _("같은 인터넷을 쓰는 사람들이 오늘 나눌 수 있는 얘기를 다 나눴어요. {when} 다시 와 주세요.")


class NothingRunning(ChatRefused):
    message = _("멈출 답이 없어요. 벌써 다 썼어요.")


class ReplyUnfinished(ChatRefused):
    message = _("끝까지 쓴 답에서만 다른 답을 볼 수 있어요.")


class AlreadyCompared(ChatRefused):
    message = _("이 말에는 벌써 두 가지 답이 있어요.")


class WorkersLost(ChatRefused):
    """Two workers died over a reply to these words: nobody writes one again."""

    message = _("이 말에는 답을 쓰지 못해요. 말을 조금 바꿔서 새로 보내 주세요.")


class ReplyNotShown(ChatRefused):
    message = _("이제 마지막 답이 아니에요. 새로고침하면 지금 모습이 보여요.")


class PersonaClosed(ChatRefused):
    message = _("지금은 얘기할 수 없는 친구예요. 지난 대화는 그대로 볼 수 있어요.")


class BlendInvalid(ChatRefused):
    message = _("에겐과 테토는 0에서 100 사이로 섞을 수 있어요.")


class TitleInvalid(ChatRefused):
    message = _("제목은 한 글자부터 80자까지 적을 수 있어요.")


class FrameInvalid(ChatRefused):
    message = _("보낸 내용을 읽지 못했어요. 새로고침한 뒤 다시 해 주세요.")


class FrameTooLarge(ChatRefused):
    message = _("보낸 내용이 너무 커요. 1,000자까지 보낼 수 있어요.")


class ServerBusy(ChatRefused):
    message = _("연결이 잠시 불안정해요. 적은 글은 그대로 있으니 조금 뒤에 다시 보내 주세요.")
