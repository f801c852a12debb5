from django.urls import path

from personas.chat import views

urlpatterns = [
    path("chat/<slug:slug>/", views.chat, name="chat"),
    path("chats/", views.conversations, name="conversations"),
    path("chats/<uuid:conversation_id>/", views.conversation, name="conversation"),
    path("chats/<uuid:conversation_id>/rename/", views.rename, name="conversation-rename"),
    path("chats/<uuid:conversation_id>/delete/", views.delete, name="conversation-delete"),
]
