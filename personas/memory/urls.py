from django.urls import path

from personas.memory import views

urlpatterns = [
    path("privacy/facts/erase/", views.erase_all, name="facts-erase"),
    path("privacy/facts/<int:fact_id>/erase/", views.erase_one, name="fact-erase"),
]
