"""Say what is wrong with the written intents: `python scripts/check_intents.py [FILE...]`. The standard library alone.

Prints one line for each fault, then counts; exits with 1 where there was a fault.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "personas" / "data" / "intents"
PERSONAS = ("egen", "teto")
REPLY_CHARACTERS = range(6, 131)
MAX_PHRASE_SHARE = 0.03

_POLITE = re.compile(r"(?:습니다|세요|어요|아요|예요|이에요|해요|네요|까요|군요|지요|드려요|랍니다)(?=[\s.!?~…]|$)")
_QUOTED = re.compile(r"['\"‘“][^'\"’”]*['\"’”]")  # what the visitor might say to others may be polite
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_PHONE = re.compile(r"(?<!\d)(?:109|112|119|1366|1388|117|01\d[- ]?\d{3,4}[- ]?\d{4})(?!\d)")
_WORD = re.compile(r"[가-힣A-Za-z0-9]+")


def main(arguments: list[str]) -> int:
    files = [Path(name) for name in arguments] or sorted(FOLDER.glob("*.jsonl"))
    faults = list(faults_of(files))
    print("\n".join(faults))
    print(f"{sum(1 for _ in intents_of(files))} intents, {len(faults)} faults")
    return 1 if faults else 0


def faults_of(files: Iterable[Path]) -> Iterator[str]:
    """Every fault of the intents in these files, one line each."""
    ids: dict[str, str] = {}
    said: dict[str, str] = {}
    replies: dict[str, list[str]] = {persona: [] for persona in PERSONAS}
    for place, intent in intents_of(files):
        if isinstance(intent, str):
            yield f"{place}: {intent}"
            continue
        if (first := ids.setdefault(intent["id"], place)) != place:
            yield f"{place}: the id {intent['id']} stands at {first} too"
        for wording in intent["wordings"]:
            first = said.setdefault(folded(wording), place)
            if first != place:
                yield f"{place}: the wording {wording!r} stands at {first} too"
        for persona in PERSONAS:
            replies[persona] += intent["replies"][persona]
            for reply in intent["replies"][persona]:
                yield from (f"{place}: {persona}: {fault}: {reply}" for fault in reply_faults(persona, reply))
    for persona in PERSONAS:
        yield from phrase_faults(persona, replies[persona])


def intents_of(files: Iterable[Path]) -> Iterator[tuple[str, dict | str]]:
    """(place, intent) of every line; the intent is a sentence where the line is none."""
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                yield f"{file.name}:{number}", _intent(line)


def _intent(line: str) -> dict | str:
    try:
        intent = json.loads(line)
    except ValueError as error:
        return f"no JSON: {error}"
    if set(intent) != {"id", "wordings", "replies"} or set(intent["replies"]) != set(PERSONAS):
        return f"an intent has id, wordings and replies of {PERSONAS}"
    texts = [*intent["wordings"], *(reply for persona in PERSONAS for reply in intent["replies"][persona])]
    if not all(isinstance(text, str) and text.strip() == text and text for text in texts):
        return "an empty text, or blanks around one"
    if any(text != unicodedata.normalize("NFC", text) for text in texts):
        return "a text is not in composed form (NFC)"
    if not 4 <= len(set(map(folded, intent["wordings"]))) <= 8:
        return "an intent has 4 to 8 different wordings"
    if any(len(set(intent["replies"][persona])) != 2 for persona in PERSONAS):
        return "an intent has two different replies of each persona"
    return intent


def folded(text: str) -> str:
    """A wording without blanks and marks, for comparing."""
    return re.sub(r"[\s.,!?~…]", "", text.lower())


def reply_faults(persona: str, reply: str) -> Iterator[str]:
    """What STYLE.md forbids in a reply."""
    if len(reply) not in REPLY_CHARACTERS:
        yield f"{len(reply)} characters"
    if _POLITE.search(_QUOTED.sub("", reply)):
        yield "polite ending"
    if _PHONE.search(reply):
        yield "phone number"
    if len(_EMOJI.findall(reply)) > 1:
        yield "more than one emoji"
    if persona == "teto" and (_EMOJI.search(reply) or re.search(r"ㅠ|~|…|🥺", reply)):
        yield "teto writes no emoji, ㅠ, ~ or …"


def phrase_faults(persona: str, replies: list[str]) -> Iterator[str]:
    """Phrases of two words that stand in too many replies: tics. Nothing is said of fewer than 200 replies."""
    if len(replies) < 200:
        return
    counts = Counter(phrase for reply in replies for phrase in set(_phrases(reply)))
    for phrase, count in counts.most_common():
        if count <= MAX_PHRASE_SHARE * len(replies):
            return
        yield f"{persona}: the phrase {phrase!r} stands in {count} of {len(replies)} replies"


def _phrases(reply: str) -> Iterator[str]:
    words = _WORD.findall(reply)
    yield from (f"{one} {two}" for one, two in zip(words, words[1:], strict=False))
    yield from (word for word in words if re.search(r"\d", word))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
