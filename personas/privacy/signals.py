"""What the other apps may want to know of a visitor's decisions: this one knows none of them."""

from django.dispatch import Signal

consent_withdrawn = Signal()  # visitor: whoever no longer allows that their votes and texts train the personas
