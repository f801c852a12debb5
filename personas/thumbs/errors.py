"""What can be refused about a thumb, in words for the visitor, and for the curator who judges it."""

from django.utils.translation import gettext_lazy as _

from personas.chat.errors import ChatRefused
from personas.curation.errors import DeskRefused
from personas.thumbs.models import Thumb


class ThumbNotReady(ChatRefused):
    message = _("답이 끝까지 나온 다음에 남길 수 있어요.")


class ThumbUnknown(ChatRefused):
    message = _("좋아요와 별로예요 가운데 하나를 눌러 주세요.")


class NothingToThumb(ChatRefused):
    message = _("두 답을 견주는 자리이거나 안내에서 가져온 답이라 엄지를 남길 수 없어요.")


class ThumbDecided(DeskRefused):
    """Somebody else, or another window of one's own, judged the thumb first."""

    def __init__(self, now: Thumb) -> None:
        state = " · ".join(str(part) for part in (now.get_status_display(), now.reviewed_by) if part)
        self.message = _("그사이 바뀐 엄지라 그대로 두었습니다. 지금 상태: {state}").format(state=state)


class ThumbTakenBack(DeskRefused):
    """The visitor took it back, or turned it round, while the curator looked at it."""

    message = _("방문자가 그사이 거둔 엄지입니다. 목록에서 다른 엄지를 골라 주세요.")
