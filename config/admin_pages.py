"""What admin pages of every part share: pages that only show, and buttons that ask before they act."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm


class ReadOnlyAdmin(ModelAdmin):
    """Rows that services make: nobody adds, changes or deletes them by hand."""

    compressed_fields = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def dialog(title: str, description: str, submit: str, form: type[BaseDialogForm] = BaseDialogForm) -> ActionDialog:
    """A question that is asked before an action runs; it runs on POST alone."""
    return {"title": title, "description": description, "form_submit_text": submit, "form_class": form}


def go(request: HttpRequest, then: str) -> HttpResponse:
    """Show the page `then`, out of a dialog too."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": then})
    return HttpResponseRedirect(then)
