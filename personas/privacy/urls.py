from django.urls import path

from personas.privacy import views

urlpatterns = [
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/consent/", views.consent, name="privacy-consent"),
    path("privacy/download/", views.download, name="privacy-download"),
    path("privacy/delete/", views.delete, name="privacy-delete"),
]
