"""Texts in the admin: the beginning of a long one in a list, and whole conversations."""

from collections.abc import Iterable, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def excerpt(text: str) -> SafeString:
    """The beginning of a text, cut by the style sheet after three lines."""
    return format_html('<span class="excerpt" title="{}">{}</span>', text, text[:200])


def conversation_html(messages: Iterable[Mapping[str, str]], speakers: Mapping[str, object]) -> SafeString:
    """Who said what, a paragraph each. `speakers` are names by role; a role that has none stands for itself."""
    lines = [(speakers.get(said["role"], said["role"]), said["content"]) for said in messages]
    return format_html('<div class="conversation">{}</div>', format_html_join("", "<p><b>{}</b>{}</p>", lines))
