"""What an operator may want to know of a running engine, as plain numbers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """An engine's figures at one moment. Tokens are counted since its start."""

    running: int  # replies that hold a row
    waiting: int  # replies that wait for a row
    prefilled_tokens: int  # of prompts, those that were run
    generated_tokens: int  # of replies, however they ended
    prefix_hits: int  # prompts that begin as an earlier one
    prefix_misses: int
    reused_tokens: int  # of prompts, those that were not run again
