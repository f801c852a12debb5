from django.urls import path

from personas.effects import views

urlpatterns = [
    path("my-votes/", views.my_votes, name="my-votes"),
    path("my-votes/<int:pair_id>/", views.effect, name="vote-effect"),
]
