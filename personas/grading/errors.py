"""Why something about a round was refused, and what to do instead. Each message is for whoever asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class GradingRefused(Exception):
    """What was asked cannot be done. `message` says why."""

    message: str | Promise = _("지금은 할 수 없습니다.")

    def __str__(self) -> str:
        return str(self.message)


class RoundUnknown(GradingRefused):
    """There is no round of this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(name)
        told = _("‘{name}’ 회차가 없습니다. 있는 것: {known}")
        self.message = told.format(name=name, known=", ".join(known) or "–")


class NameTaken(GradingRefused):
    """Another round has this name."""

    message = _("같은 이름의 회차가 이미 있습니다. 다른 이름을 붙여 주세요.")


class NameUnusable(GradingRefused):
    """A round's or a reader's name is empty or too long."""

    def __init__(self, longest: int) -> None:
        super().__init__(longest)
        self.message = _("이름은 1자에서 {longest}자까지여야 합니다.").format(longest=longest)


class NothingToGrade(GradingRefused):
    """A round without replies."""

    message = _("채점할 답이 한 줄도 없습니다.")


class RoundClosed(GradingRefused):
    """The round's grades stand."""

    message = _("닫힌 회차라 더 채점하거나 고칠 수 없습니다.")


class NobodyGraded(GradingRefused):
    """A round that nobody has read cannot be closed: it would say nothing."""

    message = _("아직 아무도 채점하지 않았습니다. 한 사람이라도 읽은 다음 닫아 주세요.")


class StillOpen(GradingRefused):
    """Who wrote what is not shown before the round is closed."""

    message = _("열린 회차입니다. 닫은 다음에 누가 쓴 답인지 볼 수 있습니다.")


class NoSuchItem(GradingRefused):
    """The round has no reply of this number."""

    message = _("이 회차에 없는 답입니다.")


class NothingToUndo(GradingRefused):
    """This reader has graded nothing yet."""

    message = _("취소할 것이 없습니다.")
