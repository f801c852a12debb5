"""How the list of pairs can be narrowed down."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.utils import parse_date_str
from unfold.views import ChangeList

from personas.curation.flagging import pairs_similar
from personas.curation.models import PreferencePair
from personas.curation.text_flags import Kind
from personas.registry.models import AdapterVersion

NO_FLAG = "none"
LENGTHS = {"short": (0, 40), "middle": (40, 120), "long": (120, 1_000_000)}


class FlagFilter(DropdownFilter):
    title = _("표시")
    parameter_name = "flag"
    kinds: tuple[Any, ...] = tuple(Kind)

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(NO_FLAG, _("표시 없음")), *((str(kind), kind.label) for kind in self.kinds)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == NO_FLAG:
            return queryset.filter(flags=None)
        return queryset.filter(flags__kind=self.value()).distinct() if self.value() in self.kinds else queryset


class VoteKindFilter(DropdownFilter):
    """Two draws of one version say what is good; two versions say which is better."""

    title = _("투표 종류")
    parameter_name = "vote_kind"
    KINDS = {
        "one_version": Q(source="vote", chosen_version=F("rejected_version")),
        "two_versions": Q(source="vote") & ~Q(chosen_version=F("rejected_version")),
        "import": Q(source="import"),
    }

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        words = (_("투표: 같은 버전의 두 답"), _("투표: 서로 다른 버전"), _("가져온 쌍"))
        return list(zip(self.KINDS, words, strict=True))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(self.KINDS[self.value()]) if self.value() in self.KINDS else queryset


class VersionFilter(DropdownFilter):
    title = _("버전")
    parameter_name = "version"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        versions = AdapterVersion.objects.select_related("persona")
        return [(str(version.pk), version.label) for version in versions]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        version = self.value()
        if not version or not version.isdecimal():
            return queryset
        return queryset.filter(Q(chosen_version=version) | Q(rejected_version=version))


class LengthFilter(DropdownFilter):
    title = _("고른 답의 길이")
    parameter_name = "length"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(zip(LENGTHS, (_("40자 미만"), _("40–119자"), _("120자 이상")), strict=True))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in LENGTHS:
            return queryset
        least, below = LENGTHS[self.value()]
        return queryset.alias(characters=Length("chosen")).filter(characters__gte=least, characters__lt=below)


class DayFilter(RangeDateFilter):
    """From the first day to the last, both included; unfold's own ends at the last day's midnight."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        for end, lookup in (("from", "date__gte"), ("to", "date__lte")):
            day = parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{end}") or "")
            if day is not None:
                queryset = queryset.filter(**{f"{self.parameter_name}__{lookup}": day})
        return queryset


class SimilarFilter(admin.SimpleListFilter):
    """Shown only on the way from a pair to those like it. Each gets its `similarity`, the pair itself a whole one."""

    title = _("비슷한 쌍")
    parameter_name = "similar_to"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(self.value(), f"#{self.value()}")] if self.value() else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        pair = PreferencePair.objects.filter(pk=self.value()).first() if (self.value() or "").isdecimal() else None
        if pair is None:
            return queryset.none() if self.value() else queryset
        shares = {pair.pk: 1.0, **{other.pk: share for other, share in pairs_similar(pair=pair)}}
        each = (When(pk=pk, then=Value(share)) for pk, share in shares.items())
        return queryset.filter(pk__in=shares).annotate(similarity=Case(*each, output_field=FloatField()))


class SimilarFirst(ChangeList):
    """The list of pairs; those like another stand in the order of their similarity, unless a column is clicked."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet) -> list[Any]:
        is_sorted_by_hand = ORDER_VAR in self.params
        if "similarity" in queryset.query.annotations and not is_sorted_by_hand:
            return ["-similarity", "pk"]
        return super().get_ordering(request, queryset)
