"""Passing on what both answered, as a picture. The page on which they answer is a chat (personas.chat)."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.visitors import existing_visitor_id
from personas.arena.picture import Pair, draw_pair
from personas.arena.selectors import arena_turn_of, pair_to_show
from personas.chat.models import Turn


@never_cache
@require_safe
def picture_page(request: HttpRequest, turn_id: uuid.UUID) -> HttpResponse:
    """The picture with its words beside it, and the buttons that pass it on."""
    turn, pair = _own_pair(request, turn_id)
    return render(request, "arena/picture.html", {"turn": turn, "pair": pair})


@never_cache
@require_safe
def picture(request: HttpRequest, turn_id: uuid.UUID) -> HttpResponse:
    """The picture itself, for nobody but whose words stand on it: it is drawn anew each time and kept nowhere."""
    _turn, pair = _own_pair(request, turn_id)
    return HttpResponse(draw_pair(pair), content_type="image/png", headers={"Content-Language": "ko"})


def _own_pair(request: HttpRequest, turn_id: uuid.UUID) -> tuple[Turn, Pair]:
    """Raises Http404 for anybody else's turn, and while one of the two still writes."""
    mine = existing_visitor_id(request)
    turn = arena_turn_of(visitor_id=mine, turn_id=turn_id) if mine else None
    pair = pair_to_show(turn) if turn else None
    if turn is None or pair is None:
        raise Http404
    return turn, pair
