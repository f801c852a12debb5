"""Pairs in the admin: the beginning of a long text in a list, whole conversations, how replies were drawn."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from personas.registry.shown_words import figure, figure_name


def excerpt(text: str) -> SafeString:
    """The beginning of a text, cut by the style sheet after three lines."""
    return format_html('<span class="excerpt" title="{}">{}</span>', text, text[:200])


def conversation_html(messages: Iterable[Mapping[str, str]], speakers: Mapping[str, object]) -> SafeString:
    """Who said what, a paragraph each. `speakers` are names by role; a role that has none stands for itself."""
    lines = [(speakers.get(said["role"], said["role"]), said["content"]) for said in messages]
    return format_html('<div class="conversation">{}</div>', format_html_join("", "<p><b>{}</b>{}</p>", lines))


def exemplars_html(exemplars: Iterable[Mapping[str, str]]) -> SafeString | str:
    """What a reply read before its message, folded; a dash where it read nothing."""
    return render_to_string("curation/_exemplars.html", {"exemplars": exemplars}) if exemplars else "–"


def sampling_rows(sampling: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """How a pair's two replies were drawn, setting by setting; none for imported ones. Its page names the adapters."""
    sides = [sampling.get(side) or {} for side in ("chosen", "rejected")]
    settings = dict.fromkeys(code for side in sides for code in side if code != "adapters")
    return [(figure_name(code), *(figure(side.get(code)) for side in sides)) for code in settings]
