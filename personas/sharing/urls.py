from django.urls import path

from personas.sharing import views

urlpatterns = [
    path("chats/<uuid:conversation_id>/share/", views.share, name="share"),
    path("chats/<uuid:conversation_id>/share/revoke/", views.revoke, name="share-revoke"),
    path("s/<str:token>/", views.shared, name="shared"),
]
