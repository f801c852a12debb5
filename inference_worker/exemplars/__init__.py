"""Exemplars: written exchanges that the model reads before a message, the most similar ones first.

Read in this order: `exchanges.py` (what was written), `encoder.py` (a message as a vector), `index.py` (the nearest
exchanges), `prompt_form.py` (how they stand in a prompt), `composer.py` (all of it for one reply).
Knows no Django and no Redis: training and serving call the same functions, so that what is learned is what is asked.
"""
