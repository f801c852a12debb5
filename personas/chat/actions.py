"""What a page may ask for over its socket: one JSON object a frame, `{"action": ..., ...}`, checked before it acts."""

import json
from typing import Any
from uuid import UUID

from moderation import danger_of
from personas.care.selectors import care_of
from personas.chat import errors
from personas.chat.leafing import reply_show, turn_show
from personas.chat.limits import count_reply_to_address
from personas.chat.models import Conversation, Reply, Turn
from personas.chat.services import MAX_MESSAGE_CHARACTERS, care_answer
from personas.voting.models import Comparison
from personas.voting.services import comparison_open, comparison_skip, reply_replace
from personas.voting.unasked import replies_stop, turn_send_by_lot

ASKS_FOR_A_REPLY = ("send", "another", "retry", "care")

# A message of 1,000 characters as JSON, escaped at worst, and htmx's headers.
MAX_FRAME_CHARACTERS = 20_000


def frame_perform(*, conversation: Conversation, frame: str | None, address: str = "") -> UUID:
    """Do what a frame from this (hashed) address asks. Returns the id of the turn that changed.

    Raises ChatRefused with words for the visitor.
    """
    wanted = _parse(frame)
    try:
        return _act(conversation, wanted, address)
    except errors.NoRoomForReply as refusal:
        is_in_care = care_of(visitor_id=conversation.visitor_id) is not None
        if is_in_care or danger_of(str(wanted.get("text", ""))[:MAX_MESSAGE_CHARACTERS]):
            raise errors.HelpComesFirst from refusal
        raise


def _act(conversation: Conversation, wanted: dict[str, Any], address: str) -> UUID:
    action = wanted.get("action")
    if action in ASKS_FOR_A_REPLY:
        count_reply_to_address(address)
    match action:
        case "send":
            return _send(conversation, wanted)
        case "stop":
            return _stop(conversation)
        case "another":
            return comparison_open(reply=_reply(conversation, wanted)).turn_id
        case "retry":
            return reply_replace(reply=_reply(conversation, wanted)).turn_id
        case "skip":
            return _skip(conversation, wanted)
        case "care":
            return care_answer(conversation=conversation, is_safe=wanted.get("safe") is True).pk
        case "show":
            return _show(conversation, wanted)
    raise errors.FrameInvalid


def _parse(frame: str | None) -> dict[str, Any]:
    if frame is None:  # bytes
        raise errors.FrameInvalid
    if len(frame) > MAX_FRAME_CHARACTERS:
        raise errors.FrameTooLarge
    try:
        wanted = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise errors.FrameInvalid from error
    if not isinstance(wanted, dict):
        raise errors.FrameInvalid
    if len(str(wanted.get("text", "")).strip()) > MAX_MESSAGE_CHARACTERS:
        raise errors.MessageTooLong  # before anything reads it, and before the database is asked
    return wanted


def _send(conversation: Conversation, wanted: dict[str, Any]) -> UUID:
    text = wanted.get("text")
    if not isinstance(text, str):
        raise errors.FrameInvalid
    try:
        text.encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair: JSON can spell it, no database can keep it
        raise errors.FrameInvalid from error
    edits = _turn(conversation, wanted, "edits") if "edits" in wanted else None
    return turn_send_by_lot(conversation=conversation, text=text, turn_id=_uuid(wanted, "turn"), edits=edits).pk


def _stop(conversation: Conversation) -> UUID:
    running = list(Reply.objects.filter(turn__conversation=conversation, status__in=Reply.ACTIVE))
    if not running:
        raise errors.NothingRunning
    replies_stop(replies=running)
    return running[0].turn_id


def _skip(conversation: Conversation, wanted: dict[str, Any]) -> UUID:
    mine = Comparison.objects.select_related("turn__conversation").filter(turn__conversation=conversation)
    comparison = mine.filter(turn=_uuid(wanted, "turn"), is_unasked=True).first()
    if comparison is None:
        raise errors.FrameInvalid
    comparison_skip(comparison=comparison)
    return comparison.turn_id


def _show(conversation: Conversation, wanted: dict[str, Any]) -> UUID:
    if "reply" in wanted:
        reply = _reply(conversation, wanted)
        reply_show(reply=reply)
        return reply.turn_id
    turn = _turn(conversation, wanted, "turn")
    turn_show(turn=turn)
    return turn.pk


def _turn(conversation: Conversation, wanted: dict[str, Any], name: str) -> Turn:
    turn = conversation.turns.filter(pk=_uuid(wanted, name)).first()
    if turn is None:
        raise errors.FrameInvalid
    return turn


def _reply(conversation: Conversation, wanted: dict[str, Any]) -> Reply:
    mine = Reply.objects.select_related("persona", "turn__conversation__persona").filter(
        turn__conversation=conversation
    )
    reply = mine.filter(pk=_uuid(wanted, "reply")).first()
    if reply is None:
        raise errors.FrameInvalid
    return reply


def _uuid(wanted: dict[str, Any], name: str) -> UUID | None:
    try:
        return UUID(wanted[name]) if name in wanted else None
    except (TypeError, ValueError, AttributeError) as error:
        raise errors.FrameInvalid from error
