"""Sockets of the test's live pages."""

from django.urls import path

from quiz.live.consumers import LiveConsumer
from quiz.teams.consumers import TeamConsumer

websocket_urlpatterns = [
    path("ws/group/<str:token>/", TeamConsumer.as_asgi()),
    path("ws/live/", LiveConsumer.as_asgi()),
]
