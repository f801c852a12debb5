"""Admin pages of the packages we build on, in the look of our own."""

from typing import Any

import cron_descriptor
import django_celery_beat.models as beat_models
from axes.models import AccessAttempt
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as PlainGroupAdmin
from django.contrib.auth.admin import UserAdmin as PlainUserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_celery_beat.admin import CrontabScheduleAdmin as PlainCrontabScheduleAdmin
from django_celery_beat.admin import PeriodicTaskAdmin as PlainPeriodicTaskAdmin
from django_celery_beat.admin import PeriodicTaskForm as PlainPeriodicTaskForm
from django_celery_beat.admin import TaskSelectWidget
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.crontabs import next_time
from config.second_factor.services import second_factor_remove
from config.staff_rights import groups_within, is_within, permissions_within

# Nothing here runs by the sun or once by the clock, and nobody needs to read another's second factor.
for model in (
    User,
    Group,
    PeriodicTask,
    CrontabSchedule,
    IntervalSchedule,
    ClockedSchedule,
    SolarSchedule,
    StaticDevice,
    TOTPDevice,
):
    admin.site.unregister(model)


def _is_in_reach(request: HttpRequest, user: User | None) -> bool:
    return user is None or is_within(account=user, of=request.user)


@admin.register(User)
class UserAdmin(PlainUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    actions = ["take_off_second_factor"]
    compressed_fields = False  # as below

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_in_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_in_reach(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "is_superuser")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        within = {"groups": groups_within, "user_permissions": permissions_within}[db_field.name]
        field.queryset = within(of=request.user)
        return field

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Of many chosen at once, those out of reach are named as protected, and none is deleted."""
        to_delete, counts, needed, protected = super().get_deleted_objects(objs, request)
        beyond = [str(user) for user in objs if not is_within(account=user, of=request.user)]
        return to_delete, counts, needed, [*protected, *beyond]

    @admin.action(description=_("두 번째 확인 끄기 (휴대폰을 잃어버렸을 때)"), permissions=["change"])
    def take_off_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = [user for user in queryset if is_within(account=user, of=request.user)]
        for user in users:
            second_factor_remove(user=user)
        names = ", ".join(user.username for user in users)
        messages.success(request, _("두 번째 확인을 껐습니다: {names}").format(names=names))


@admin.register(Group)
class GroupAdmin(PlainGroupAdmin, ModelAdmin):
    compressed_fields = False  # two lists beside each other take the whole width

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        in_reach = obj is None or groups_within(of=request.user).filter(pk=obj.pk).exists()
        return super().has_change_permission(request, obj) and in_reach

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self.has_change_permission(request, obj)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.queryset = permissions_within(of=request.user)
        return field


# The package has no Korean words for it.
AccessAttempt._meta.verbose_name = AccessAttempt._meta.verbose_name_plural = _("실패한 로그인")


@admin.register(AccessAttempt)
class AccessAttemptAdmin(ModelAdmin):
    """Logins that failed. Deleting a line lets its name and address try again at once."""

    list_display = ["attempt_time", "username", "ip_address", "failures_since_start"]
    search_fields = ["username", "ip_address"]
    exclude = ["get_data", "post_data"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessAttempt | None = None) -> bool:
        return False


def _schedule_in_words(expression: str) -> str:
    options = cron_descriptor.Options()
    options.locale_code = "ko_KR" if get_language() == "ko" else "en_US"
    options.use_24hour_time_format = True
    return cron_descriptor.get_description(expression, options)


# The package asks for a schedule in words without saying in which language, and has no Korean for this field.
beat_models.get_description = _schedule_in_words
PeriodicTask._meta.get_field("task").verbose_name = _("작업")


class _TaskSelectWidget(UnfoldAdminSelectWidget, TaskSelectWidget):
    pass


class CrontabScheduleForm(ModelForm):
    """A schedule that comes some day: the beat drops one that never does, without a word."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            _refuse_what_never_comes(CrontabSchedule(**given))
        return given


def _refuse_what_never_comes(crontab: CrontabSchedule) -> None:
    """Raises ValidationError."""
    if next_time(crontab, timezone.now()) is None:
        raise ValidationError(
            _("이 일정은 오지 않습니다: {month}월 {day}일이라는 날이 없습니다. 날이나 달을 고쳐 주세요.").format(
                month=crontab.month_of_year, day=crontab.day_of_month
            )
        )


class PeriodicTaskForm(PlainPeriodicTaskForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = _TaskSelectWidget()

    def clean_crontab(self) -> CrontabSchedule | None:
        """One that was saved before such schedules were refused isn't taken either."""
        crontab = self.cleaned_data["crontab"]
        if crontab is not None:
            _refuse_what_never_comes(crontab)
        return crontab


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(PlainPeriodicTaskAdmin, ModelAdmin):
    """When the night's run and the housekeeping come."""

    form = PeriodicTaskForm

    @admin.display(description=_("말로 하면"))
    def crontab_translation(self, task: PeriodicTask) -> str:
        return task.crontab.human_readable if task.crontab else ""


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(PlainCrontabScheduleAdmin, ModelAdmin):
    form = CrontabScheduleForm

    @admin.display(description=_("말로 하면"))
    def human_readable(self, schedule: CrontabSchedule) -> str:
        return schedule.human_readable


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(ModelAdmin):
    pass
