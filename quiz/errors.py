"""What a walk through a test may refuse; each message is a sentence for the person who reads it."""

from django.utils.translation import gettext_lazy as _


class QuizError(Exception):
    """Something this walk cannot take. `str()` says what to do."""


class AnswerRefused(QuizError):
    """The answer belongs to another question, or the question to another test."""

    def __init__(self) -> None:
        super().__init__(_("그 답은 이 질문에 없어요. 아래에서 하나를 다시 골라 주세요."))


class AttemptEnded(QuizError):
    """The walk is over; its answers stay as they were."""

    def __init__(self) -> None:
        super().__init__(_("이미 끝난 테스트예요. 다시 하려면 처음부터 시작해 주세요."))


class MatchRefused(QuizError):
    """These two results have no match: both are one person's, or they are of two tests."""

    def __init__(self) -> None:
        super().__init__(_("궁합은 같은 테스트를 한 두 사람이 있어야 볼 수 있어요. 친구에게 링크를 보내 주세요."))


class TeamRefused(QuizError):
    """Something a team does not take. The message says what to do."""


class NameRefused(TeamRefused):
    """Nothing to read is left of the name."""

    def __init__(self) -> None:
        super().__init__(_("이름에 글자나 숫자를 하나는 넣어 주세요."))


class NameUnfit(TeamRefused):
    """The name would hurt or frighten those who read it."""

    def __init__(self) -> None:
        super().__init__(
            _("링크를 받은 사람 모두에게 보이는 이름이에요. 욕이나 누군가를 다치게 하는 말은 빼고 다시 적어 주세요.")
        )


class NicknameTaken(TeamRefused):
    """Someone else in the team has it."""

    def __init__(self) -> None:
        super().__init__(_("이 모임에 같은 별명이 있어요. 다른 별명을 골라 주세요."))


class TeamFull(TeamRefused):
    """The map has no room for more."""

    def __init__(self) -> None:
        super().__init__(_("이 모임은 자리가 다 찼어요. 모임을 새로 만들어 주세요."))


class NotYours(TeamRefused):
    """Only the member, or who made the team, may do this."""

    def __init__(self) -> None:
        super().__init__(_("본인과 모임을 만든 사람만 할 수 있어요."))


class TrialRefused(QuizError):
    """A trial of two wordings cannot take this step. The message says what to do."""


class ContentError(QuizError):
    """A content file that cannot be loaded. The message names the file, the place and the remedy."""
