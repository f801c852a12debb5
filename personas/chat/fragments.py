"""The pieces of HTML that travel over the socket. htmx puts each where its id says (`hx-swap-oob`).

Text of people and models is escaped here or by the templates, always.
"""

from uuid import UUID

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html

from personas.chat.log import Log, ShownTurn


def whole_log(log: Log) -> str:
    """Everything, for a page that shows something else than the database has."""
    inside = render_to_string("chat/_log.html", {"log": log})
    return format_html('<div id="log" hx-swap-oob="innerHTML">{}</div>', inside) + composer_state(log)


def new_turn(log: Log, shown: ShownTurn) -> str:
    """A turn that the page does not have yet, for the end of the log."""
    turn = render_to_string("chat/_turn.html", {"shown": shown, "log": log})
    return format_html('<div hx-swap-oob="beforeend:#log">{}</div>', turn) + composer_state(log)


def replies(log: Log, shown: ShownTurn) -> str:
    """The answers of a turn that the page has."""
    return render_to_string("chat/_replies.html", {"shown": shown, "log": log, "oob": True}) + composer_state(log)


def composer_state(log: Log) -> str:
    """What the composer needs: the log's version, the next message's name, and whether there is something to stop."""
    return render_to_string("chat/_composer_state.html", {"log": log, "oob": True})


def text_replaced(reply_id: UUID, text: str) -> str:
    """A running reply's whole text so far."""
    return format_html('<div hx-swap-oob="innerHTML:#text-{}">{}</div>', reply_id, text)


def text_appended(reply_id: UUID, text: str) -> str:
    """A running reply's newest words."""
    return format_html('<div hx-swap-oob="beforeend:#text-{}">{}</div>', reply_id, text)


def notice(message: str | Promise) -> str:
    """What the page says about itself, in the place kept for that. Empty takes the words away."""
    return format_html('<div hx-swap-oob="innerHTML:#notice">{}</div>', message)
