"""Which danger a message holds, if any: the one question that is asked before a model may answer."""

from collections.abc import Sequence

from moderation import thresholds
from moderation.folding import readings
from moderation.kinds import TOLD, Acute, Danger, Who
from moderation.phrases import Phrase, phrase_in
from moderation.scoring import Model, shipped_model
from moderation.sentences import LONG, parts_of
from moderation.sexual import is_sexual, is_sexual_about_minors, without_age


def danger_of(text: str, before: Sequence[str] = ()) -> Danger | None:
    """What the message means, read with what its writer said before it (oldest first); None where a model may answer.

    Linear in the lengths of the message and of the one before it.
    """
    found = _alone(text)
    if is_sexual_about_minors(text, before) and (found is None or found.kind != "sexual_violence"):
        return Danger("minors", "other", "soon")  # who tells of what was done to them is helped, not refused
    if found and found.kind == "minors" and is_sexual(text):
        return None  # nobody under age is in it: refused all the same (`is_sexual`), but no danger
    return found or _with_the_one_before(text, before)


def danger_of_reply(text: str) -> Danger | None:
    """The same of what a persona says. The classifier learned from visitors' messages, and hears danger in a tenth of
    ordinary replies at their thresholds: a reply has to be plainer."""
    return _alone(text, at_least=thresholds.REPLY)


def _with_the_one_before(text: str, before: Sequence[str]) -> Danger | None:
    """The danger of two short messages that make one sentence, where neither is a danger alone."""
    if not before or len(before[-1]) + len(text) > thresholds.JOINED_LETTERS or _alone(before[-1]):
        return None
    return _alone(f"{before[-1]} {text}", at_least=thresholds.JOINED)


def _alone(text: str, at_least: float = thresholds.ALARM) -> Danger | None:
    whole = readings(text)
    if len(whole[0]) <= LONG:
        return _first(whole, at_least)
    found = (_first(readings(part), max(at_least, thresholds.PART)) for part in parts_of(text))
    return next((danger for danger in found if danger), None) or _by_phrase_alone(whole)


def _first(texts: list[str], at_least: float) -> Danger | None:
    """The first danger among a message's readings."""
    found = (_read(text, at_least) for text in texts)
    return next((danger for danger in found if danger), None)


def _by_phrase_alone(texts: list[str]) -> Danger | None:
    """A certain phrase that the parts of a long text cut in two."""
    found = (phrase_in(text) for text in texts)
    return next((Danger(phrase.kind, "self", phrase.acute) for phrase in found if phrase), None)


def _read(text: str, at_least: float) -> Danger | None:
    """A folded message's danger, by its certain phrases and by the classifier."""
    model, phrase = shipped_model(), phrase_in(text)
    score = model.alarm.score(text)
    if phrase is None and score < at_least:
        return None
    kind = phrase.kind if phrase else model.kind_of(text)
    if kind == "minors" and not is_sexual(text) and model.alarm.score(without_age(text)) < thresholds.BESIDES_AGE:
        return None  # somebody says how old they are, and nothing else
    who: Who = "other" if model.other.score(text) > 0 else "self"
    return Danger(kind, who, _how_soon(model, text, phrase, score))


def _how_soon(model: Model, text: str, phrase: Phrase | None, score: float) -> Acute:
    """The sooner of what the phrase and the classifier say; to be asked where neither is sure."""
    acute = model.acute_of(text)
    if phrase:
        return min(phrase.acute, acute, key=TOLD.index)
    return acute if score >= thresholds.SURE else "ask"
