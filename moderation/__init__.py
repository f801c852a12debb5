"""What may not simply be answered by a small model: words of danger, and words that are meant to hurt somebody.

Patterns decide, not a model: what is caught can be read in `words.py`, and `python -m moderation` says how often they
are right. Plain functions on text, standard library only: the web refuses by them, the worker answers by them. To use
another detector, replace `danger_in`.
"""

from moderation.danger import Danger, danger_in
from moderation.names import is_unfit_name

__all__ = ["Danger", "danger_in", "is_unfit_name"]
