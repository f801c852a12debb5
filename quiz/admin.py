"""Where curators edit the tests. Nothing that a finished walk rests on can be deleted, only switched off."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from quiz.models import Answer, ItemReport, Question, Quiz, Result, ResultType, TypePair
from quiz.report_rows import axis_lines, question_rows
from quiz.trials.admin import WordingTrialAdmin
from quiz.trials.rows import trial_view
from quiz.trials.selectors import WORDS, running_trials, trials_of, trials_to_show, words_of

__all__ = ["WordingTrialAdmin"]  # registered with the others: Django looks for an app's admin here


class KeptWhole:
    """Rows are switched off with their own checkbox; deleting one would tear holes in walks that were given it."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AnswerInline(KeptWhole, TabularInline):
    model = Answer
    fields = ["position", "key", "text", "egen", "teto", "is_active"]
    extra = 0
    min_num, max_num = 2, 4


@admin.register(Quiz)
class QuizAdmin(KeptWhole, ModelAdmin):
    list_display = ["title", "slug", "position", "is_published"]
    prepopulated_fields = {"slug": ["title"]}


@admin.register(Question)
class QuestionAdmin(KeptWhole, ModelAdmin):
    list_display = ["scene", "text", "quiz", "position", "is_active"]
    list_filter = ["quiz", "is_active"]
    search_fields = ["scene", "text", "answers__text"]
    inlines = [AnswerInline]
    fields = [("quiz", "key"), ("scene", "scene_en"), ("text", "text_en"), ("position", "is_active"), "trials"]
    readonly_fields = ["trials"]
    compressed_fields = False

    class Media:
        css = {"all": ["quiz/admin.css"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        """While two wordings are tried neither is edited, or their figures would be of no wording at all."""
        is_tried = obj is not None and running_trials().filter(question=obj).exists()
        return [*self.readonly_fields, *WORDS] if is_tried else self.readonly_fields

    @admin.display(description=_("문구 시험"))
    def trials(self, question: Question) -> SafeString | str:
        if question.pk is None:
            return "–"
        prefilled = {"question": question.pk, **words_of(question)}
        context = {"trials": trials_of(question), "prefilled": urlencode(prefilled)}
        return render_to_string("quiz/question_trials.html", context)


@admin.register(ResultType)
class ResultTypeAdmin(KeptWhole, ModelAdmin):
    list_display = ["name", "kind", "quiz", "headline"]
    list_filter = ["quiz", "kind"]


@admin.register(TypePair)
class TypePairAdmin(KeptWhole, ModelAdmin):
    list_display = ["title", "first", "second", "quiz"]
    list_filter = ["quiz", "first", "second"]
    search_fields = ["title", "analysis"]


class OnlyShown:
    """Rows that the site makes: nobody adds or changes them by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Result)
class ResultAdmin(OnlyShown, ModelAdmin):
    """Finished walks, to look at: what came out is never edited."""

    list_display = ["created_at", "type", "egen_percent", "teto_share", "is_counted"]
    list_filter = ["type__quiz", "type__kind", "is_counted", "created_at"]
    date_hierarchy = "created_at"

    @admin.display(description=_("테토 %"))
    def teto_share(self, result: Result) -> int:
        return result.teto_percent

    def get_queryset(self, request: HttpRequest) -> QuerySet[Result]:
        return super().get_queryset(request).select_related("type")


@admin.register(ItemReport)
class ItemReportAdmin(OnlyShown, ModelAdmin):
    """How well the questions of each test measure, and which of them to mend."""

    list_display = ["quiz", "alphas", "walks", "to_mend", "made_at"]
    list_select_related = ["quiz"]
    fields = [("quiz", "made_at"), "report"]
    readonly_fields = ["report"]
    compressed_fields = False

    class Media:
        css = {"all": ["quiz/admin.css"]}

    @admin.display(description=_("크론바흐 알파"))
    def alphas(self, report: ItemReport) -> str:
        return " · ".join(f"{line.name} {line.alpha}" for line in axis_lines(report)) or "–"

    @admin.display(description=_("응시"))
    def walks(self, report: ItemReport) -> int:
        return report.figures["walks"]

    @admin.display(description=_("손볼 질문"))
    def to_mend(self, report: ItemReport) -> int:
        return sum(bool(question["weaknesses"]) for question in report.figures["questions"])

    @admin.display(description=_("문항 통계"))
    def report(self, report: ItemReport) -> SafeString:
        views = [trial_view(trial) for trial in trials_to_show(report.quiz)]
        context = {"report": report, "axes": axis_lines(report), "rows": question_rows(report), "trials": views}
        return render_to_string("quiz/item_report.html", context)
