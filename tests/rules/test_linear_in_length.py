"""Whatever people write is read in time that grows with its length and no faster: a text nobody can finish reading
would stop the process that reads it, since Python's patterns let nobody else work meanwhile."""

import gc
import importlib
import re
import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.conf import settings

from inference_worker.exemplars.modest import kind_of
from inference_worker.exemplars.prompt_form import Context, in_form
from moderation import danger_of, is_abuse, is_sexual
from moderation.replies import fault_in
from personas.care.yes_and_no import is_no, is_yes
from personas.chat.markdown import reply_html
from personas.curation.difference import differences
from personas.curation.minhash import band_keys, pieces
from personas.curation.text_flags import flags_in_reply
from personas.knowledge.facts import small_words
from personas.knowledge.retrieval import fact_asked
from personas.memory.finding import changes_in
from personas.privacy.masking import mask
from personas.ratings.style_features import style_of
from personas.router.features import features_of
from quiz.errors import NameRefused, NameUnfit
from quiz.teams.names import name_clean

DAY = date(2026, 11, 28)
ASKED = Context(facts={"이름": "지민"})


def name_or_refusal(text: str) -> str:
    try:
        return name_clean(text, longest=20)
    except (NameRefused, NameUnfit) as refusal:
        return str(refusal)


MEMORY = [
    f"personas.memory.{name}"
    for name in ("clauses", "days", "fitness", "forgetting", "introductions", "likings", "names", "pets", "phrases")
]

# What reads words of visitors, or words that visitors can make a model repeat; and the files whose patterns it uses.
READERS: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "danger": (danger_of, ["moderation.folding", "moderation.sentences"]),
    "abuse": (is_abuse, ["moderation.spelling", "moderation.words"]),
    "sexual": (is_sexual, ["moderation.sexual"]),
    "name": (name_or_refusal, ["moderation.words"]),
    "near duplicates": (lambda text: band_keys(pieces([text])), []),
    "yes or no": (lambda text: (is_yes(text), is_no(text)), ["personas.care.yes_and_no"]),
    "mask": (mask, ["personas.privacy.masking", "personas.privacy.spelling"]),
    "flags": (lambda text: flags_in_reply("", text), ["personas.curation.text_flags"]),
    "difference": (lambda text: differences(text, text[1:]), ["personas.curation.difference"]),
    "markdown": (reply_html, []),
    "fact": (fact_asked, ["personas.knowledge.retrieval"]),
    "router": (features_of, ["personas.router.features"]),
    "style": (style_of, ["personas.ratings.style_features"]),
    "reply": (fault_in, ["moderation.replies"]),
    "facts told": (lambda text: changes_in(text, DAY), MEMORY),
    "prompt form": (
        lambda text: in_form([{"role": "user", "content": text}], ASKED),
        ["inference_worker.exemplars.prompt_form"],
    ),
    "kind of message": (lambda text: kind_of(text, is_later=False), ["inference_worker.exemplars.modest"]),
}
PATTERNS_OVER_OTHER_TEXT = [
    "inference_worker.adapter_files",  # names of tensors
    "inference_worker.chat_format",  # control tokens, letter by letter
    "inference_worker.embedded.vocabulary",  # tokens of a vocabulary
    "inference_worker.management.commands.measure_site_facts",  # our own questions
    "inference_worker.remote.errors",  # a server's errors
    "inference_worker.simulation.voters",  # simulated replies
    "inference_worker.training.evaluate",  # our own evaluation
    "inference_worker.training.safety",
    "inference_worker.training.warmup",  # rows of a file that an operator names
    "moderation.written",  # answers that people of this project wrote
    "personas.chat.blend_views",  # three digits
    "personas.registry.adapter_folder",  # a hash
    "personas.memory.word_lists",  # our own lists
    "moderation.everyday",  # rows to train on
    "inference_worker.remote.wire",  # a server's refusals
    "personas.chat.exemplar_ids",  # our own ids
    "personas.curation.exemplars",  # slots of replies that a curator reads
    "inference_worker.exemplars.slots",
]
PACKAGES = ("config", "quiz", "personas", "inference_worker", "moderation")

# What no pattern has as an alternative and still may take long: nesting, half-open marks, scripts that mix, jamo.
OTHER_UNITS = (
    ["**", "**a", "*a ", "_a_", "[", "](", "[a](", "`", "``a", "```\n", "- ", "> ", "<", "<http://a", "\\", "(", "{"]
    + [".", "...", "~", "!", "a", "a.", "a@", "@a", "1", "1-", "1.1.", "+82 ", "0 1", "1234-", " ", "\n", "\t가"]
    + ["ㅋ", "ㅋㅋ", "ㅏ", "ㄱㅏ", "ㄱ ㅏ ", "가", "가 ", "가!", "가1", "a가", "あ", "я가", "🙂", "🙂a", "\u200b가"]
    + ["e\u0301", "\u0301\u0316", "\u1100\u1161", "ﾌ", "０"]
)
SMALL, LARGE = 2_500, 10_000  # characters
LINEAR, QUADRATIC = LARGE / SMALL, (LARGE / SMALL) ** 2
TOO_SHORT_TO_TELL = 0.02  # seconds; below it the clock's own noise is larger than what is looked for


def literals_of(pattern: re.Pattern[str]) -> Iterator[str]:
    """The runs of letters that a pattern names, each of its alternatives among them."""
    return _literals(re._parser.parse(pattern.pattern, pattern.flags))  # type: ignore[attr-defined]


def _literals(parsed) -> Iterator[str]:
    run = ""
    for kind, value in parsed:
        if str(kind) == "LITERAL":
            run += chr(value)
            continue
        if str(kind) == "IN" and str(value[0][0]) in ("LITERAL", "RANGE"):
            first = value[0][1]
            run += chr(first if isinstance(first, int) else first[0])
            continue
        if run:
            yield run
            run = ""
        yield from _inside(value)
    if run:
        yield run


def _inside(value) -> Iterator[str]:
    if isinstance(value, re._parser.SubPattern):  # type: ignore[attr-defined]
        yield from _literals(value)
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _inside(part)


def patterns_in(module: str) -> Iterator[re.Pattern[str]]:
    """A file's patterns, compiled or still as text."""
    for name, value in vars(importlib.import_module(module)).items():
        if isinstance(value, re.Pattern):
            yield value
        elif isinstance(value, str) and name.isupper():
            yield re.compile(value)


def units(modules: list[str]) -> list[str]:
    """Everything worth repeating: alternatives of the patterns themselves, words of asking, and what else is nasty."""
    patterns = [pattern for module in modules for pattern in patterns_in(module)]
    own = {literal for pattern in patterns for literal in literals_of(pattern)}
    words = small_words() if "personas.knowledge.retrieval" in modules else ()
    return sorted({*own, *words, *OTHER_UNITS})


def hostile_texts(modules: list[str], size: int) -> Iterator[str]:
    for unit in units(modules):
        run = (unit * (size // len(unit) + 1))[:size]
        yield f"{run}헐"  # nearly what a pattern wants, and then not
        if unit not in OTHER_UNITS:
            yield (f"{unit} " * size)[:size]


def seconds(read: Callable[[str], object], text: str) -> float:
    began = time.thread_time()
    read(text)
    return time.thread_time() - began


@pytest.fixture
def no_rubbish_collected() -> Iterator[None]:
    """A collection in the middle of a measurement is nobody's growth."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", READERS)
def test_four_times_the_text_takes_about_four_times_as_long(name, no_rubbish_collected):
    read, modules = READERS[name]
    for text in hostile_texts(modules, 60):  # what grows exponentially never ends even here
        read(text)
    for small, large in zip(hostile_texts(modules, SMALL), hostile_texts(modules, LARGE), strict=True):
        took = seconds(read, large)
        if took > TOO_SHORT_TO_TELL:
            growth = min(seconds(read, large) for _ in range(2)) / min(seconds(read, small) for _ in range(2))
            assert growth < (LINEAR + QUADRATIC) / 2, f"{growth:.1f} times for {small[:20]!r}"


def test_a_file_with_patterns_says_whose_words_they_read():
    found = {
        ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        for package in PACKAGES
        for path in (settings.BASE_DIR / package).rglob("*.py")
        if "migrations" not in path.parts and re.search(r"^import re$", path.read_text(), re.MULTILINE)
    }
    over_peoples_words = {module for _read, modules in READERS.values() for module in modules}
    assert found == over_peoples_words | set(PATTERNS_OVER_OTHER_TEXT)


def test_the_texts_repeat_what_patterns_name():
    assert {"새끼", "썅"} <= set(units(["moderation.words"]))
    assert "서울" in units(["personas.privacy.masking"])
    assert "ㅋㅋ" in units(["personas.knowledge.retrieval"])
