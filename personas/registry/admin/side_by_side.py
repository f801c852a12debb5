"""Two versions' replies side by side in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from personas.registry.admin.actions import CSS, RegistryAdmin
from personas.registry.models import AdapterVersion, SideBySide
from personas.registry.side_by_side import MAX_PROMPTS


class SideBySideForm(BaseDialogForm):
    """The other version, and what both are asked."""

    other = forms.ModelChoiceField(
        queryset=AdapterVersion.objects.none(), label=_("다른 버전"), widget=UnfoldAdminSelectWidget, empty_label=None
    )
    prompts = forms.CharField(
        label=_("물음"),
        help_text=_("한 줄에 하나씩, {most}개까지.").format(most=MAX_PROMPTS),
        widget=UnfoldAdminTextareaWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = AdapterVersion.objects.select_related("persona").get(pk=self.object_id)
        others = AdapterVersion.objects.filter(base_hash=version.base_hash).exclude(pk=version.pk)
        self.fields["other"].queryset = others.select_related("persona")
        self.fields["prompts"].initial = "\n".join(version.persona.starters)


@admin.register(SideBySide)
class SideBySideAdmin(RegistryAdmin):
    """What was asked and answered."""

    list_display = ["pair", "asked", "state", "by", "created_at"]
    list_display_links = ["pair"]
    list_select_related = ["first__persona", "second__persona", "by"]
    fieldsets = [(None, {"fields": [("by", "created_at")]}), (_("답"), {"fields": ["table"]})]

    class Media:
        css = CSS

    @display(description=_("두 버전"))
    def pair(self, side_by_side: SideBySide) -> str:
        return str(side_by_side)

    @display(description=_("물음"))
    def asked(self, side_by_side: SideBySide) -> int:
        return len(side_by_side.prompts)

    @display(description=_("상태"), label={"queued": "info", "done": "success", "failed": "danger"})
    def state(self, side_by_side: SideBySide) -> tuple[str, str]:
        return side_by_side.status, side_by_side.get_status_display()

    @display(description=_("답"))
    def table(self, side_by_side: SideBySide) -> SafeString:
        return render_to_string("registry/side_by_side.html", _rows(side_by_side))

    def get_urls(self) -> list[URLPattern]:
        live = self.admin_site.admin_view(self.live_view)
        return [path("<int:pk>/live/", live, name="registry_sidebyside_live"), *super().get_urls()]

    def live_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The table, as far as it is written."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = SideBySide.objects.select_related("first__persona", "second__persona")
        return render(request, "registry/side_by_side.html", _rows(get_object_or_404(found, pk=pk)))


def _rows(side_by_side: SideBySide) -> dict[str, Any]:
    missing = [None] * (len(side_by_side.prompts) - len(side_by_side.replies))
    rows = list(zip(side_by_side.prompts, [*side_by_side.replies, *missing], strict=True))
    return {"side_by_side": side_by_side, "rows": rows}
