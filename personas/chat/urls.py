from django.urls import path

from personas.chat import views

urlpatterns = [path("chat/<slug:slug>/", views.chat, name="chat")]
