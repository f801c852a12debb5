"""Addresses of the site (DESIGN, section 6)."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import health, languages, metrics, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.landing, name="landing"),
    path("about/", pages.about, name="about"),
    path("", include("quiz.urls")),
    path("", include("personas.chat.urls")),
    path("", include("personas.arena.urls")),
    path("", include("personas.voting.urls")),
    path("", include("personas.thumbs.urls")),
    path("", include("personas.sharing.urls")),
    path("", include("personas.privacy.urls")),
    path("", include("personas.memory.urls")),
    path("", include("personas.effects.urls")),
    path("i18n/setlang/", languages.language_choose, name="set_language"),
    path("admin/second-factor/", include("config.second_factor.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]
