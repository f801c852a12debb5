"""Ratings in the admin: a chart and a table per group."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from config.admin_pages import ReadOnlyAdmin
from personas.ratings.chart import rating_rows, style_rows
from personas.ratings.models import RatingReport
from personas.registry.models import Persona


@admin.register(RatingReport)
class RatingReportAdmin(ReadOnlyAdmin):
    """How versions, and personas, stand in blind votes."""

    list_display = ["name", "best", "votes", "voters", "made_at"]
    list_display_links = ["name"]
    fieldsets = [(None, {"fields": [("name", "votes", "voters", "made_at")]}), (_("순위"), {"fields": ["table"]})]

    class Media:
        css = {"all": ["registry/admin.css", "ratings/ratings.css"]}

    @display(description=_("무엇의 순위"), ordering="group")
    def name(self, report: RatingReport) -> str:
        if report.group == RatingReport.PERSONAS:
            return _("페르소나끼리")
        persona = Persona.objects.filter(slug=report.group).first()
        return _("{persona}의 버전").format(persona=persona or report.group)

    @display(description=_("맨 앞"))
    def best(self, report: RatingReport) -> str:
        rows = rating_rows(report)
        return f"{rows[0].player} {rows[0].rating}" if rows else "–"

    @display(description=_("투표"))
    def votes(self, report: RatingReport) -> int:
        return report.figures["votes"]

    @display(description=_("사람"))
    def voters(self, report: RatingReport) -> int:
        return report.figures["voters"]

    @display(description=_("브래들리-테리 점수"))
    def table(self, report: RatingReport) -> SafeString:
        context = {"report": report, "rows": rating_rows(report), "style": style_rows(report)}
        return render_to_string("ratings/report.html", context)
