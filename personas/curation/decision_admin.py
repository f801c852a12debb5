"""The desk's log: who did what, when, and what was there before."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from config.admin_pages import ReadOnlyAdmin
from personas.curation.excerpts import excerpt
from personas.curation.history_words import value_in_words
from personas.curation.models import Decision, PreferencePair
from personas.curation.pair_filters import DayFilter


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """The log: who did what, when, and what it was before. To read, never to change."""

    list_display = ["created_at", "by", "what", "pair_link", "was", "became", "undone"]
    list_display_links = None
    list_filter = [("deed", ChoicesDropdownFilter), ("by", RelatedDropdownFilter), ("created_at", DayFilter)]
    list_filter_submit = True
    list_select_related = ["by", "pair", "undone_by", "undoes"]
    search_fields = ["=pair__pk", "by__username"]
    fields = ["pair_link", ("by", "created_at"), "what", "whole_before", "whole_after", "undone"]

    class Media:
        css = {"all": ["registry/admin.css"]}

    @display(description=_("한 일"), ordering="deed")
    def what(self, line: Decision) -> str:
        return line.get_deed_display()

    @display(description=_("선호 쌍"), ordering="pair")
    def pair_link(self, line: Decision) -> SafeString:
        address = reverse("admin:curation_preferencepair_change", args=[line.pair_id])
        return format_html('<a href="{}">#{}</a>', address, line.pair_id)

    @display(description=_("전"))
    def was(self, line: Decision) -> SafeString:
        return excerpt(_in_words(line.before))

    @display(description=_("후"))
    def became(self, line: Decision) -> SafeString:
        return excerpt(_in_words(line.after))

    @display(description=_("전"))
    def whole_before(self, line: Decision) -> str:
        return _in_words(line.before)

    @display(description=_("후"))
    def whole_after(self, line: Decision) -> str:
        return _in_words(line.after)

    @display(description=_("취소"))
    def undone(self, line: Decision) -> str:
        if line.undoes is not None:
            return f"← {line.undoes.get_deed_display()}"
        return _("취소됨") if hasattr(line, "undone_by") else ""


def _in_words(changed: dict[str, Any]) -> str:
    names = {
        "status": _("상태"),
        "chosen": _("고른 답"),
        "rejected": _("고르지 않은 답"),
        "is_exemplar": _("예시로 씀"),
    }
    words = [(names[key], value_in_words(PreferencePair, key, value)) for key, value in changed.items()]
    return " · ".join(f"{name}: {value}" for name, value in words) or "–"
