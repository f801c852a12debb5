"""From rows of text to adapters: warm-up, SFT, DPO, evaluation and the gate.

Plain functions on files. Nothing here knows Django, Celery or Redis; who trains what and when is decided elsewhere.
"""
