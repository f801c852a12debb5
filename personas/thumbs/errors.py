"""What can be refused about a thumb, in words for the visitor."""

from django.utils.translation import gettext_lazy as _

from personas.chat.errors import ChatRefused


class ThumbNotReady(ChatRefused):
    message = _("답이 끝까지 나온 다음에 남길 수 있어요.")


class ThumbUnknown(ChatRefused):
    message = _("좋아요와 별로예요 가운데 하나를 눌러 주세요.")


class NothingToThumb(ChatRefused):
    message = _("두 답을 견주는 자리이거나 안내에서 가져온 답이라 엄지를 남길 수 없어요.")
