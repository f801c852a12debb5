"""What a page may load and run: the content security policy of the site, and a wider one of the admin.

The site's pages run scripts that carry this answer's nonce and no others, so words that slip through as HTML stay dead.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlparse

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

ADMIN = "/admin/"
KAKAO = "https://*.kakao.com"  # where their script, once it was loaded, sends a share

_FOR_ALL: dict[str, Any] = {
    "default-src": [SELF],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}

# unfold evaluates its attributes (Alpine); its pages and other packages' hold scripts and styles of their own.
ADMIN_POLICY: dict[str, Any] = {
    **_FOR_ALL,
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}


def site_policy(*, origins: Iterable[str], with_kakao: bool) -> dict[str, Any]:
    """The policy of every page outside the admin. `origins` are the site's own addresses.

    Browsers that read "self" narrowly do not count the site's sockets to it, so these are named.
    """
    sockets = [f"wss://{urlparse(origin).netloc}" for origin in origins if origin.startswith("https://")]
    kakao = [KAKAO] if with_kakao else []
    return {
        **_FOR_ALL,
        "script-src": [NONCE],
        "style-src": [SELF],
        "connect-src": [SELF, *sockets, *kakao],
        "form-action": [SELF, *kakao],
    }


def csp_nonce(request: HttpRequest) -> dict[str, Any]:
    """The nonce for templates, by the name that django-htmx looks for. It is made where a page asks for it."""
    return {"csp_nonce": request.csp_nonce}  # type: ignore[attr-defined]


class ContentPolicyMiddleware(CSPMiddleware):
    """The site's policy from the settings, and the admin's for its pages."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(ADMIN) and not report_only:
            parts.config = ADMIN_POLICY
        return parts
