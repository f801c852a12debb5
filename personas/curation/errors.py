"""Why a curator's deed was not done, and what to do instead. Each message is for the curator."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DeskRefused(Exception):
    """The curator asked for something that cannot be done now. `message` says why."""

    message: str | Promise = _("지금은 할 수 없습니다.")


class PairTaken(DeskRefused):
    """Another curator has the pair before them."""

    message = _("다른 큐레이터가 보고 있는 쌍이라 건드리지 않았습니다.")


class AlreadyDecided(DeskRefused):
    """The pair no longer waits for this curator's verdict."""

    message = _("이미 결정된 쌍이라 그대로 두었습니다. 바꾸려면 목록에서 ‘검토 전으로 되돌리기’를 고르세요.")


class NothingToUndo(DeskRefused):
    """This curator has done nothing that could be undone."""

    message = _("취소할 결정이 없습니다.")


class UndoTooLate(DeskRefused):
    """Somebody else went on from the decision."""

    message = _("그 뒤에 다른 결정이 있어 취소하지 않았습니다. 목록에서 ‘검토 전으로 되돌리기’를 고르세요.")


class NotAnExemplar(DeskRefused):
    """The pair cannot be let in among the exemplars, or taken out, as things stand now."""

    message = _(
        "예시로 넣거나 뺄 수 없는 쌍입니다. 승인됐고, 방문자가 학습에 동의했고, "
        "내보이면 안 될 표시나 위험한 말이 없어야 합니다."
    )


class NotDisputed(DeskRefused):
    """The pair is no longer on the list of disagreements."""

    message = _("이 쌍은 이제 조정할 것이 없습니다.")


class OwnDispute(DeskRefused):
    """One of the two who disagree cannot settle it."""

    message = _("의견을 낸 사람은 조정할 수 없습니다. 다른 사람에게 부탁해 주세요.")
