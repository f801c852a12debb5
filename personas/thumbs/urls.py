from django.urls import path

from personas.thumbs import views

urlpatterns = [
    path("thumbs/<uuid:reply_id>/", views.thumb, name="thumb"),
    path("thumbs/<uuid:reply_id>/reasons/", views.reasons, name="thumb-reasons"),
]
