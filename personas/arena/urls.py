from django.urls import path

from personas.arena import views

urlpatterns = [
    path("arena/<uuid:turn_id>/", views.picture_page, name="arena-picture"),
    path("arena/<uuid:turn_id>/picture.png", views.picture, name="arena-png"),
]
