"""Where curators edit the tests. Nothing that a finished walk rests on can be deleted, only switched off."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from quiz.models import Answer, Question, Quiz, Result, ResultType


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


@admin.register(ResultType)
class ResultTypeAdmin(KeptWhole, ModelAdmin):
    list_display = ["name", "kind", "quiz", "headline"]
    list_filter = ["quiz", "kind"]


@admin.register(Result)
class ResultAdmin(ModelAdmin):
    """Finished walks, to look at: what came out is never edited."""

    list_display = ["created_at", "type", "egen_percent", "teto_share", "is_counted"]
    list_filter = ["type__quiz", "type__kind", "is_counted", "created_at"]
    date_hierarchy = "created_at"

    @admin.display(description=_("테토 %"))
    def teto_share(self, result: Result) -> int:
        return result.teto_percent

    def get_queryset(self, request: HttpRequest) -> QuerySet[Result]:
        return super().get_queryset(request).select_related("type")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
