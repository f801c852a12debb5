from django.urls import path

from personas.chat import blend_views, views

urlpatterns = [
    path("arena/", views.arena, name="arena"),
    path("chat/auto/", views.auto, name="auto"),
    path("chat/blend/", blend_views.blend, name="blend"),
    path("chat/<slug:slug>/", views.chat, name="chat"),
    path("chats/", views.conversations, name="conversations"),
    path("chats/<uuid:conversation_id>/", views.conversation, name="conversation"),
    path("chats/<uuid:conversation_id>/blend/", blend_views.blend_change, name="blend-change"),
    path("chats/<uuid:conversation_id>/rename/", views.rename, name="conversation-rename"),
    path("chats/<uuid:conversation_id>/delete/", views.delete, name="conversation-delete"),
]
