"""The pieces of HTML that travel over the socket. htmx puts each where its id says (`hx-swap-oob`).

Text of people and models is escaped here or by the templates, always.
"""

from uuid import UUID

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html

from personas.chat.log import Log, ShownReply, ShownTurn


def whole_log(log: Log) -> str:
    """Everything, for a page that shows something else than the database has."""
    inside = render_to_string("chat/_log.html", {"log": log})
    return format_html('<div id="log" hx-swap-oob="innerHTML">{}</div>', inside) + composer_state(log)


def changes(log: Log, on_page: list[UUID], changed: UUID) -> str:
    """For a page with these turns: away with those left behind, the `changed` turn's answers, and the turns it lacks.

    Two paths through one tree part once and never meet again, so what is new belongs at the end.
    """
    here = [shown.turn.pk for shown in log.turns]
    pieces = [_gone(turn_id) for turn_id in on_page if turn_id not in here]
    for shown in log.turns:
        if shown.turn.pk not in on_page:
            pieces.append(_new_turn(log, shown))
        elif shown.turn.pk == changed:
            pieces.append(render_to_string("chat/_replies.html", {"shown": shown, "log": log, "oob": True}))
    return "".join([*pieces, composer_state(log)])


def one_side(log: Log, shown: ShownTurn, side: ShownReply) -> str:
    """The final form of one of two answers; the other goes on being written in its place."""
    return render_to_string(
        "chat/_reply.html", {"log": log, "shown": shown, "one": side, "reply": side.reply, "oob": True}
    )


def _gone(turn_id: UUID) -> str:
    return format_html('<div hx-swap-oob="delete:#turn-{}"></div>', turn_id)


def _new_turn(log: Log, shown: ShownTurn) -> str:
    turn = render_to_string("chat/_turn.html", {"shown": shown, "log": log})
    return format_html('<div hx-swap-oob="beforeend:#log">{}</div>', turn)


def composer_state(log: Log) -> str:
    """What stands around the composer: whom to call while in care, the log's version, the next message's name, and
    whether there is something to stop."""
    pieces = ("care/_card.html", "chat/_composer_state.html")
    return "".join(render_to_string(piece, {"log": log, "oob": True}) for piece in pieces)


def text_replaced(reply_id: UUID, text: str) -> str:
    """A running reply's whole text so far."""
    return format_html('<div hx-swap-oob="innerHTML:#text-{}">{}</div>', reply_id, text)


def text_appended(reply_id: UUID, text: str) -> str:
    """A running reply's newest words."""
    return format_html('<div hx-swap-oob="beforeend:#text-{}">{}</div>', reply_id, text)


def notice(message: str | Promise) -> str:
    """What the page says about itself, in the place kept for that. Empty takes the words away."""
    return format_html('<div hx-swap-oob="innerHTML:#notice">{}</div>', message)
