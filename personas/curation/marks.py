"""A row's flags in the admin: their kinds in the list, and on the row's own page where and what."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display


class MarkedRows:
    """For the admin of rows with `flags`."""

    @display(description=_("표시"))
    def kinds_of_marks(self, row: Any) -> SafeString | str:
        """In short, for the list; the row's own page says where and what."""
        kinds = {flag.kind: flag.get_kind_display() for flag in row.flags.all()}
        shown = format_html_join("", '<li class="flag flag--{}">{}</li>', kinds.items())
        return format_html('<ul class="flags">{}</ul>', shown) if kinds else ""

    @display(description=_("표시"))
    def marks(self, row: Any) -> SafeString | str:
        return render_to_string("curation/flags.html", {"flags": row.flags.all()}) or "–"
