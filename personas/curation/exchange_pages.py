"""Rows from files and into files: a preview with every bad line first, then all rows or none."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from personas.curation.models import PreferencePair, SftRow
from personas.curation.row_files import JSON_LINES, FileRefused, file_lines, json_lines, parquet
from personas.curation.services import pairs_import, sft_rows_import
from personas.curation.trl_rows import RowsRefused
from personas.registry.models import Persona

LARGEST_FILE = 20 * 1024 * 1024
KEPT_SECONDS = 24 * 3600
SHOWN_ROWS, SHOWN_ERRORS = 5, 50

PREFERENCE, SFT = "preference", "sft"
IMPORTS: dict[str, Callable[..., tuple[int, int]]] = {PREFERENCE: pairs_import, SFT: sft_rows_import}


class ImportForm(forms.Form):
    """A file, what its rows are, and whose they are where they don't say."""

    file = forms.FileField(label=_("파일 (.jsonl, .parquet)"), widget=UnfoldAdminFileFieldWidget)
    kind = forms.ChoiceField(
        label=_("행의 종류"),
        choices=[(PREFERENCE, _("선호 쌍 (DPO)")), (SFT, _("말투 예시 (SFT)"))],
        widget=UnfoldAdminSelectWidget,
    )
    persona = forms.ModelChoiceField(
        label=_("행에 없을 때의 페르소나"),
        queryset=Persona.objects.all(),
        to_field_name="slug",
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("20MB보다 큰 파일은 나누어서, 또는 import_pairs 명령으로 가져와 주세요."))
        return file


class ImportView(UnfoldModelAdminViewMixin, TemplateView):
    """First the preview: what would be new, and every bad line. Confirmed, the same file is read for good."""

    title = _("가져오기")
    permission_required = "curation.exchange_preferencepair"
    template_name = "curation/import.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.pop("model_admin", None)
        return super().get_context_data(**{"form": ImportForm(), **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "upload" in request.POST:
            return self._confirm(request)
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        file, kind, persona = (form.cleaned_data[name] for name in ("file", "kind", "persona"))
        upload = upload_keep(file.name, file.read())
        slug = persona.slug if persona else ""
        preview = import_preview(upload, kind, slug)
        return self.render_to_response(
            self.get_context_data(form=form, preview=preview, upload=upload.name, kind=kind, persona=slug)
        )

    def _confirm(self, request: HttpRequest) -> HttpResponse:
        kind, upload = request.POST.get("kind", ""), uploads() / Path(request.POST["upload"]).name
        if kind not in IMPORTS:
            raise PermissionDenied
        try:
            lines = file_lines(upload.name, upload.read_bytes())
            new, known = IMPORTS[kind](lines=lines, persona=request.POST.get("persona") or None)
        except FileNotFoundError:
            messages.error(request, _("올린 파일이 지워졌습니다. 다시 골라 주세요."))
        except (FileRefused, RowsRefused):
            messages.error(request, _("그 사이 받을 수 없게 된 행이 있습니다. 파일을 다시 골라 미리 보기를 봐 주세요."))
        else:
            upload.unlink(missing_ok=True)
            done = _("{new}행을 가져왔습니다. {known}행은 이미 있었습니다.")
            messages.success(request, str(done).format(new=new, known=known))
            return HttpResponseRedirect(reverse(LISTS[kind]))
        return HttpResponseRedirect(reverse("admin:curation_import"))


LISTS = {PREFERENCE: "admin:curation_preferencepair_changelist", SFT: "admin:curation_sftrow_changelist"}


def import_preview(upload: Path, kind: str, persona: str) -> dict[str, Any]:
    """What importing this file would do: it is done, looked at, and rolled back."""
    try:
        lines = file_lines(upload.name, upload.read_bytes())
        with transaction.atomic():
            before = _newest(kind)
            new, known = IMPORTS[kind](lines=lines, persona=persona or None)
            made = _model(kind).objects.filter(pk__gt=before).order_by("pk")
            rows = list(made[:SHOWN_ROWS])
            flagged = made.filter(flags__isnull=False).distinct().count() if kind == PREFERENCE else 0
            transaction.set_rollback(True)
    except FileRefused as refusal:
        return {"refusal": refusal.message}
    except RowsRefused as refusal:
        return {"errors": refusal.errors[:SHOWN_ERRORS], "error_count": len(refusal.errors)}
    return {"new": new, "known": known, "flagged": flagged, "rows": rows}


def _model(kind: str) -> Any:
    return {PREFERENCE: PreferencePair, SFT: SftRow}[kind]


def _newest(kind: str) -> int:
    return _model(kind).objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def uploads() -> Path:
    """Where a file waits between its preview and its confirmation."""
    return settings.VAR_DIR / "imports"


def upload_keep(name: str, content: bytes) -> Path:
    """Put a file aside under its hash; what nobody confirmed for a day goes."""
    uploads().mkdir(parents=True, exist_ok=True)
    for old in uploads().iterdir():
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    suffix = name.rsplit(".", 1)[-1].lower()[:10]
    upload = uploads() / f"{hashlib.sha256(content).hexdigest()[:32]}.{suffix}"
    upload.write_bytes(content)
    return upload


def export_file(request: HttpRequest, name: str, kind: str, rows: list[dict[str, Any]]) -> HttpResponse | None:
    """The rows as a download; None, with a message, where this server cannot write that kind."""
    try:
        content = json_lines(rows) if kind == JSON_LINES else parquet(rows)
    except FileRefused as refusal:
        messages.error(request, refusal.message)
        return None
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=disposition)
