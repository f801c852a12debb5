"""Addresses of the test and its results."""

from django.urls import path

from quiz import views
from quiz.cards.shapes import Shape

app_name = "quiz"
urlpatterns = [
    path("quiz/<slug:slug>/", views.start, name="start"),
    path("quiz/<slug:slug>/begin/", views.begin, name="begin"),
    path("quiz/<slug:slug>/<int:number>/", views.step, name="step"),
    path("r/<str:token>/", views.result, name="result"),
    path("r/<str:token>/card.png", views.picture, {"shape": Shape.CARD}, name="card"),
    path("r/<str:token>/story.png", views.picture, {"shape": Shape.STORY}, name="story"),
]
