from django.urls import path

from personas.voting import views

urlpatterns = [
    path("vote/<int:comparison_id>/", views.vote, name="vote"),
    path("vote/<int:comparison_id>/reasons/", views.reasons, name="vote-reasons"),
]
