"""Rows from files and into files: first a preview with every bad line, then a worker takes them in."""

import hashlib
import time
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from unfold.views import UnfoldModelAdminViewMixin
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from personas.curation.flagging import pairs_look
from personas.curation.imports import import_begin
from personas.curation.models import ImportRun, PreferencePair, SftRow
from personas.curation.row_files import JSON_LINES, FileRefused, file_lines, json_lines, parquet
from personas.curation.services import examples_unknown, pairs_of_rows, pairs_unknown
from personas.curation.sft_rows import Example, examples_read
from personas.curation.trl_rows import RowsRefused, rows_read
from personas.in_pieces import in_pieces
from personas.registry.models import Persona

LARGEST_FILE = 20 * 1024 * 1024
KEPT_SECONDS = 24 * 3600
LOOKED_AT_ONCE = 200  # rows whose flags a preview counts
SHOWN_IMPORTS = 5
SHOWN_ROWS, SHOWN_ERRORS = 5, 50

SFT = ImportRun.Rows.SFT


class ImportForm(forms.Form):
    """A file, what its rows are, and whose they are where they don't say."""

    file = forms.FileField(label=_("파일 (.jsonl, .parquet)"), widget=UnfoldAdminFileFieldWidget)
    kind = forms.ChoiceField(
        label=_("행의 종류"),
        choices=ImportRun.Rows.choices,
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
    """First the preview: what would be new, and every bad line. Confirmed, a worker takes the same file in."""

    title = _("가져오기")
    permission_required = "curation.exchange_preferencepair"
    template_name = "curation/import.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.pop("model_admin", None)
        return super().get_context_data(
            **{"form": ImportForm(), "imports": ImportRun.objects.all()[:SHOWN_IMPORTS], **kwargs}
        )

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
        if kind not in ImportRun.Rows.values:
            raise PermissionDenied
        if upload.is_file():
            import_begin(upload=upload.name, rows=kind, persona=request.POST.get("persona", ""), by=request.user)
        else:
            messages.error(request, _("올린 파일이 지워졌습니다. 다시 골라 주세요."))
        return HttpResponseRedirect(reverse("admin:curation_import"))


def import_preview(upload: Path, kind: str, persona: str) -> dict[str, Any]:
    """What importing this file would do. Everything is read, nothing written."""
    known = set(Persona.objects.values_list("slug", flat=True))
    try:
        lines = file_lines(upload.name, upload.read_bytes())
        if kind == SFT:
            return _preview_of_examples(examples_read(lines, known=known, persona=persona or None))
        return _preview_of_pairs(pairs_of_rows(rows_read(lines, known=known, persona=persona or None)))
    except FileRefused as refusal:
        return {"refusal": refusal.message}
    except RowsRefused as refusal:
        return {"errors": refusal.errors[:SHOWN_ERRORS], "error_count": len(refusal.errors)}


def _preview_of_pairs(pairs: list[PreferencePair]) -> dict[str, Any]:
    new = [pair for piece in in_pieces(pairs, LOOKED_AT_ONCE) for pair in pairs_unknown(pairs=piece)]
    looks = pairs_look(pairs=new[:LOOKED_AT_ONCE])
    counts = {"new": len(new), "known": len(pairs) - len(new)}
    return {**counts, "flagged": sum(look.is_flagged for look in looks), "looked": len(looks), "rows": new[:SHOWN_ROWS]}


def _preview_of_examples(examples: list[Example]) -> dict[str, Any]:
    personas = {persona.slug: persona for persona in Persona.objects.all()}
    rows = [SftRow(persona=personas[one.persona], messages=one.messages) for one in examples[:SHOWN_ROWS]]
    new = examples_unknown(examples=examples)
    return {"new": new, "known": len(examples) - new, "rows": rows}


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
