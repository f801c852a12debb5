"""/privacy/: what is kept, to take along or to delete, and the consent to train."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.visitors import COOKIE, existing_visitor_id, visitor_id
from personas.memory.selectors import facts_kept
from personas.privacy.download import everything_of
from personas.privacy.selectors import kept_of
from personas.privacy.services import consent_set, visitor_delete, visitor_ensure


@require_safe
@never_cache
def privacy(request: HttpRequest) -> HttpResponse:
    """Looking makes no cookie and keeps nothing."""
    known = existing_visitor_id(request)
    context = {
        "kept": kept_of(known),
        "facts": facts_kept(visitor_id=known),
        "loads_kakao": bool(settings.KAKAO_JS_KEY),
        "care_kept_days": settings.CARE_KEPT_DAYS,
    }
    return render(request, "privacy/privacy.html", context)


@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Give the consent to train, or take it back."""
    given = "consent" in request.POST
    consent_set(visitor=visitor_ensure(visitor_id=visitor_id(request)), given=given)
    messages.success(request, _("학습에 써도 된다고 적어 두었어요.") if given else _("이제 학습에 쓰지 않아요."))
    return redirect("privacy")


@require_safe
@never_cache
def download(request: HttpRequest) -> HttpResponse:
    """Everything of this visitor as a file."""
    kept = everything_of(existing_visitor_id(request))
    response = JsonResponse(kept, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="egen-teto.json"'
    return response


@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """Delete everything of this visitor, and the cookie that named them."""
    known = existing_visitor_id(request)
    if known is not None:
        visitor_delete(visitor_id=known)
    messages.success(request, _("모두 지웠어요."))
    response = redirect("privacy")
    response.delete_cookie(COOKIE)
    return response
