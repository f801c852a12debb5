"""Thumbs as TRL knows them: unpaired preference rows, with an explicit prompt and in the conversational shape.

{"prompt": [{"role": "user", "content": ...}], "completion": [{"role": "assistant", "content": ...}], "label": true}

with "exemplars" beside the prompt, as pairs have them (personas.curation.trl_rows).
"""

from collections.abc import Sequence

from personas.chat.selectors import messages_for_model
from personas.curation.trl_rows import Exemplar, exemplars_data, line_of, masked
from personas.privacy.masking import mask
from personas.thumbs.models import Thumb


def row_write(thumb: Thumb, exemplars: Sequence[Exemplar] = ()) -> str:
    """One line, the same text for the same thumb always. Personal data is hidden, whatever a curator let through.

    `exemplars`: those of the reply's that are not taken back (personas.curation.exemplars.exemplars_standing).
    """
    row = {
        "prompt": masked(messages_for_model(thumb.reply.turn)),
        **exemplars_data(exemplars),
        "completion": [{"role": "assistant", "content": mask(thumb.reply.text.strip())}],
        "label": thumb.is_up,
        "thumb": thumb.pk,
    }
    return line_of(row)
