"""Long texts in a list: the beginning, with the rest behind the pointer."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def excerpt(text: str) -> SafeString:
    """The beginning of a text, cut by the style sheet after three lines."""
    return format_html('<span class="excerpt" title="{}">{}</span>', text, text[:200])
