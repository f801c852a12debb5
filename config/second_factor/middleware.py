"""No page of the admin before the second factor, for those who have one and where all must."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from config.content_policy import ADMIN
from config.second_factor.services import second_factor_of


class SecondFactorMiddleware:
    """Stands behind OTPMiddleware, which knows whether this session has shown a code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._detour(request) or self.get_response(request)

    def _detour(self, request: HttpRequest) -> HttpResponse | None:
        if not request.path_info.startswith(ADMIN) or request.path_info in _open_pages():
            return None
        if not request.user.is_authenticated or request.user.is_verified():
            return None
        if second_factor_of(request.user):
            return redirect(f"{reverse('second-factor:check')}?{urlencode({'next': request.get_full_path()})}")
        is_owed = settings.SECOND_FACTOR_REQUIRED and request.path_info != reverse("second-factor:own")
        return redirect("second-factor:own") if is_owed else None


def _open_pages() -> set[str]:
    return {reverse(name) for name in ("admin:login", "admin:logout", "admin:jsi18n", "second-factor:check")}
