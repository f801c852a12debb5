"""Training sets in the admin: listed, compared, downloaded."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget

from config.admin_pages import dialog, go
from personas.curation.selectors import removed_rows
from personas.curation.snapshot_changes import snapshot_changes
from personas.curation.snapshots import SOURCES
from personas.registry.admin.actions import CSS, RegistryAdmin
from personas.registry.models import DatasetSnapshot


class SnapshotForm(BaseDialogForm):
    """Another training set of the same persona."""

    other = forms.ModelChoiceField(
        queryset=DatasetSnapshot.objects.none(), label=_("스냅숏"), widget=UnfoldAdminSelectWidget, empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = DatasetSnapshot.objects.filter(pk=self.object_id).values("persona")
        others = DatasetSnapshot.objects.filter(persona__in=mine).exclude(pk=self.object_id)
        self.fields["other"].queryset = others.select_related("persona")


@admin.register(DatasetSnapshot)
class DatasetSnapshotAdmin(RegistryAdmin):
    """Training sets, to look at and to download."""

    list_display = ["name", "persona", "rows", "by_source", "removed", "versions", "created_at"]
    list_filter = ["persona"]
    list_select_related = ["persona"]
    fields = [("persona", "rows", "created_at"), ("by_source", "removed"), "versions", "sha256", "path"]
    actions_detail = ["compare", "download"]

    class Media:
        css = CSS

    @display(description=_("스냅숏"), ordering="sha256")
    def name(self, snapshot: DatasetSnapshot) -> str:
        return snapshot.sha256[:12]

    @display(description=_("출처"))
    def by_source(self, snapshot: DatasetSnapshot) -> str:
        counted = [f"{SOURCES.get(source, source)} {count}" for source, count in snapshot.sources.items()]
        return " · ".join(counted) or "–"

    @display(description=_("사라진 행"))
    def removed(self, snapshot: DatasetSnapshot) -> SafeString | str:
        """Rows whose visitor has withdrawn consent or left since: the next snapshot is without them."""
        count = removed_rows(snapshot)
        return format_html("<strong>{}</strong>", count) if count else "–"

    @display(description=_("이것으로 배운 버전"))
    def versions(self, snapshot: DatasetSnapshot) -> str:
        learned = snapshot.adapterversion_set.select_related("persona")
        return ", ".join(version.label for version in learned) or "–"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.changes_view)
        name = "registry_datasetsnapshot_changes"
        return [path("<int:before>/changes/<int:after>/", view, name=name), *super().get_urls()]

    @action(
        description=_("견주기"),
        icon="difference",
        permissions=["view"],
        dialog=dialog(_("어느 스냅숏과 견줄까요?"), _("들어온 행과 나간 행을 보여 줍니다."), _("견주기"), SnapshotForm),
    )
    def compare(self, request: HttpRequest, form: SnapshotForm, object_id: str) -> HttpResponse:
        """From the older of the two to the newer one."""
        before, after = sorted((int(object_id), form.cleaned_data["other"].pk))
        then = reverse("admin:registry_datasetsnapshot_changes", args=[before, after])
        return go(request, then)

    def changes_view(self, request: HttpRequest, before: int, after: int) -> HttpResponse:
        """What came and what went between two snapshots."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = DatasetSnapshot.objects.select_related("persona")
        earlier, later = get_object_or_404(found, pk=before), get_object_or_404(found, pk=after)
        context = {**self.admin_site.each_context(request), "before": earlier, "after": later}
        context |= {"title": _("스냅숏 견주기"), "opts": self.opts, "media": self.media}
        try:
            context["changes"] = snapshot_changes(earlier, later)
        except OSError as error:
            messages.error(request, _("파일이 없습니다: {file}").format(file=error.filename))
        return render(request, "registry/snapshot_changes.html", context)

    @action(description=_("내려받기"), icon="download", permissions=["view"])
    def download(self, request: HttpRequest, object_id: str) -> HttpResponse | FileResponse:
        snapshot = get_object_or_404(DatasetSnapshot.objects.select_related("persona"), pk=object_id)
        if not snapshot.file.exists():
            messages.error(request, _("파일이 없습니다: {file}").format(file=snapshot.file))
            return HttpResponseRedirect(reverse("admin:registry_datasetsnapshot_change", args=[object_id]))
        return FileResponse(snapshot.file.open("rb"), as_attachment=True, filename=snapshot.file.name)
