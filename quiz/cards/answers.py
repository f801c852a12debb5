"""A picture as an answer to a browser: how long it may be kept, and by whom."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Under its versioned address a picture never changes; asked for without, it may.
CURRENT_PICTURE_SECONDS = 7 * 24 * 3600
OTHER_PICTURE_SECONDS = 300


def picture_response(request: HttpRequest, version: str, png: Callable[[], bytes]) -> HttpResponse:
    """The picture, the same for everyone who asks; `version` is what its address should say now."""
    seconds = CURRENT_PICTURE_SECONDS if request.GET.get("v") == version else OTHER_PICTURE_SECONDS
    headers = {"Cache-Control": f"public, max-age={seconds}", "Content-Language": "ko"}
    return HttpResponse(png(), content_type="image/png", headers=headers)
