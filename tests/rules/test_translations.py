"""The catalogues in locale/: complete, with their placeholders whole, and compiled (`make translations`)."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
MARKED_IN_A_TEMPLATE = re.compile(r'{% translate "([^"]+)"')
MARKED_IN_PYTHON = {"_", "gettext", "gettext_lazy", "ngettext"}

# A message by its form, as `GNUTranslations` keeps them: {"끝": "Finished", ("%d쌍", 0): "%d pair", ("%d쌍", 1): ...}
Key = str | tuple[str, int]


def written(language: str) -> dict[Key, str]:
    """The entries of a .po file, its header left out."""
    text = (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
    entries: dict[Key, str] = {}
    for block in text.split("\n\n")[1:]:
        fields = dict(_fields(block))
        for name, translation in fields.items():
            if name == "msgstr":
                entries[fields["msgid"]] = translation
            elif name.startswith("msgstr["):
                entries[fields["msgid"], int(name[7:-1])] = translation
    return entries


def _fields(block: str) -> Iterator[tuple[str, str]]:
    """`msgid "..."` and the like; a value may go on in further quoted lines. "#~ msgid" is an entry of the past."""
    for name, quoted in re.findall(r'^(msg[\w\[\]]+) ((?:".*"\n?)+)', block, re.MULTILINE):
        yield name, "".join(ast.literal_eval(line) for line in quoted.splitlines())


def compiled(language: str) -> dict[Key, str]:
    """The entries of a .mo file, its header left out."""
    with (ROOT / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        catalogue = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    del catalogue[""]
    return catalogue


def marked() -> set[str]:
    """What templates and code give to translation."""
    templates = [path for folder in ("templates", "quiz", "personas") for path in (ROOT / folder).rglob("*.html")]
    texts = {text for path in templates for text in MARKED_IN_A_TEMPLATE.findall(path.read_text())}
    for folder in ("config", "quiz", "personas", "inference_worker"):
        for path in (ROOT / folder).rglob("*.py"):
            texts.update(_marked_in(ast.parse(path.read_text())))
    return texts


def _marked_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKED_IN_PYTHON:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def test_every_sentence_of_the_site_has_an_english_entry():
    known = {key if isinstance(key, str) else key[0] for key in written("en")}
    assert marked() - known == set()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_entry_is_translated(language):
    assert [key for key, translation in written(language).items() if not translation.strip()] == []


def test_english_keeps_every_placeholder():
    broken = [
        (key, translation)
        for key, translation in written("en").items()
        if sorted(PLACEHOLDER.findall(translation))
        != sorted(PLACEHOLDER.findall(key if isinstance(key, str) else key[0]))
    ]
    assert broken == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_compiled_catalogue_says_what_the_written_one_says(language):
    assert compiled(language) == written(language)


def test_the_korean_catalogue_holds_only_words_of_others():
    assert [key for key in written("ko") if re.search("[가-힣]", key if isinstance(key, str) else key[0])] == []
