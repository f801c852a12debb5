"""Sockets. An address that names no conversation reaches the consumer too, which closes it like a stranger's."""

from django.urls import path

from personas.chat.consumers import ChatConsumer

websocket_urlpatterns = [path("ws/chat/<str:conversation_id>/", ChatConsumer.as_asgi())]
