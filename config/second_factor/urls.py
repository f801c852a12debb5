from django.urls import path

from config.second_factor import views

app_name = "second-factor"
urlpatterns = [
    path("", views.second_factor, name="own"),
    path("check/", views.second_factor_check, name="check"),
]
