"""Addresses of the test and its results."""

from django.urls import path

from quiz import views
from quiz.cards.shapes import Shape
from quiz.matches import views as matches
from quiz.teams import views as teams

app_name = "quiz"
urlpatterns = [
    path("quiz/<slug:slug>/", views.start, name="start"),
    path("quiz/<slug:slug>/types/", views.types, name="types"),
    path("quiz/<slug:slug>/begin/", views.begin, name="begin"),
    path("quiz/<slug:slug>/<int:number>/", views.step, name="step"),
    path("r/<str:token>/", views.result, name="result"),
    path("r/<str:token>/card.png", views.picture, {"shape": Shape.CARD}, name="card"),
    path("r/<str:token>/story.png", views.picture, {"shape": Shape.STORY}, name="story"),
    path("r/<str:token>/match/", matches.make, name="match-make"),
    path("match/<str:token>/", matches.match, name="match"),
    path("match/<str:token>/card.png", matches.picture, name="match-card"),
    path("match/<str:token>/delete/", matches.delete, name="match-delete"),
    path("r/<str:token>/group/", teams.make, name="team-make"),
    path("group/<str:token>/", teams.team, name="team"),
    path("group/<str:token>/card.png", teams.picture, name="team-card"),
    path("group/<str:token>/join/", teams.join, name="team-join"),
    path("group/<str:token>/remove/", teams.remove, name="team-remove"),
    path("group/<str:token>/delete/", teams.delete, name="team-delete"),
]
