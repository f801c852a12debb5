from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "config"
    default = True


class LoginLimitsConfig(AxesConfig):
    """django-axes, under a name that staff understand."""

    verbose_name = _("로그인 제한")
