"""/my-votes/: 내 투표가 바꾼 AI. htmx gets one vote's replies; a browser without scripts gets the whole page anew."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from config.visitors import existing_visitor_id
from personas.effects.selectors import changed_by, effect_of
from personas.effects.services import effect_request
from personas.privacy.selectors import kept_of


@require_safe
@never_cache
def my_votes(request: HttpRequest) -> HttpResponse:
    """Which versions learned from this visitor. Looking makes no cookie."""
    visitor_id = existing_visitor_id(request)
    context = {"changed": changed_by(visitor_id=visitor_id), "kept": kept_of(visitor_id)}
    return render(request, "effects/my_votes.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def effect(request: HttpRequest, pair_id: int) -> HttpResponse:
    """One vote's replies before and after. POST has them written where they are not yet."""
    found = effect_of(visitor_id=existing_visitor_id(request), pair_id=pair_id)
    if found is None:
        raise Http404
    pair, move = found
    if request.method == "POST":
        pair.effect = effect_request(pair=pair, move=move)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("my-votes")
    return render(request, "effects/_effect.html", {"pair": pair, "move": move})
