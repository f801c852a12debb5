"""What may not simply be answered by a model: somebody in danger, and words that are meant to hurt somebody.

`danger_of` asks a small classifier (`weights.json`, trained by `python -m moderation.train` from the rows in `rows/`)
and a list of certain phrases (`phrases.tsv`); insults are patterns (`words.py`). Plain functions on text, the standard
library alone: the web refuses and cares by them, the worker looks again. `python -m moderation` says how often they are
right. To use another detector, replace `danger_of`.
"""

from moderation.abuse import is_abuse
from moderation.danger import danger_of, danger_of_reply
from moderation.kinds import Danger
from moderation.names import is_unfit_name
from moderation.sexual import is_sexual

__all__ = ["Danger", "danger_of", "danger_of_reply", "is_abuse", "is_sexual", "is_unfit_name"]
