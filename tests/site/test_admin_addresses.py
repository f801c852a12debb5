"""Addresses of the admin that lead nowhere."""

import pytest
from django.contrib import admin
from django.urls import reverse

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_an_address_with_a_word_for_a_number_leads_back_to_the_dashboard(admin_client, model):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=["nonsense"])

    assert admin_client.get(address).status_code in (302, 404)
