"""How the list of thumbs can be narrowed down."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from personas.curation.pair_filters import FlagFilter
from personas.curation.text_flags import SINGLE_REPLY_KINDS
from personas.thumbs.selectors import CONSENTED, NOBODYS, versions_with_thumbs


class VersionFilter(DropdownFilter):
    title = _("버전")
    parameter_name = "version"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(str(version.pk), version.label) for version in versions_with_thumbs()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        version = self.value()
        return queryset.filter(version=version) if version and version.isdecimal() else queryset


class ThumbFlagFilter(FlagFilter):
    """Those flags that a single reply can have."""

    kinds = SINGLE_REPLY_KINDS


class TrainableFilter(DropdownFilter):
    """Whether a thumb may teach at all: its visitor consents, and one persona alone wrote the reply."""

    title = _("학습에 쓸 수 있음")
    parameter_name = "trainable"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("yes", _("네")), ("no", _("아니요"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        teaching = CONSENTED & ~NOBODYS
        match self.value():
            case "yes":
                return queryset.filter(teaching)
            case "no":
                return queryset.exclude(teaching)
        return queryset
