"""What the web side and the worker agree on: task names, Redis keys, and the shape of a reply's stream.

Standard library only: the web process imports this file and never torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# Task names. The web sends them by name; inference_worker.tasks defines them.
GENERATE_REPLY = "generate.reply"  # (reply_id: str, attempt: int)
CANARY = "generate.canary"  # (nonce: str): answers on canary_key(nonce)
GREET_CHAMPION = "generate.greet_champion"  # (move_id: int): loads a new champion and notes when it has spoken
SIDE_BY_SIDE = "generate.side_by_side"  # (side_by_side_id: int)
VOTE_EFFECT = "generate.vote_effect"  # (effect_id: int)
RETRY_STALLED_REPLIES = "housekeeping.retry_stalled_replies"  # ()
FORGET_CARE = "housekeeping.forget_care"  # ()
FLAG_DANGERS = "housekeeping.flag_dangers"  # ()
RETRAIN = "train.retrain"  # (persona_slug: str, trigger: str, night: str = ""): an ISO date where the schedule asks
RETRAIN_ALL = "train.retrain_all"  # (): asks for tonight's run of every active persona
RESUME_RUN = "train.resume"  # (run_id: int, attempt: int)
RESUME_LOST_RUNS = "housekeeping.resume_lost_runs"  # ()
FORGET_EXEMPLARS = "housekeeping.forget_exemplars"  # (sources: list[str] | None = None): those of the desk; None: all

STREAM_TTL_SECONDS = 3600  # a finished reply's stream; the database has the text for good
STREAM_MAX_ENTRIES = 4000
ALIVE_TTL_SECONDS = 10  # a running reply whose worker says nothing for this long has lost its worker
FLUSH_SECONDS = 0.05  # deltas within this time travel together; the first goes at once

EndStatus = Literal["done", "stopped", "failed"]


def stream_key(reply_id: str) -> str:
    """Redis Stream of a reply's deltas."""
    return f"reply:{reply_id}:stream"


def attempt_key(reply_id: str) -> str:
    """Highest attempt number that has written; lower ones are refused."""
    return f"reply:{reply_id}:attempt"


def alive_key(reply_id: str) -> str:
    """Exists while a worker is busy with the reply."""
    return f"reply:{reply_id}:alive"


def stop_key(reply_id: str) -> str:
    """Set by the visitor's stop button; the worker looks at every flush."""
    return f"reply:{reply_id}:stop"


def canary_key(nonce: str) -> str:
    """List on which the worker answers a readiness check."""
    return f"canary:{nonce}"


@dataclass(frozen=True)
class StreamEntry:
    """One entry of a reply's stream.

    `offset` is the sequence number: how many characters of this attempt's text come before `text`. A reader that has
    seen n characters appends `text[n - offset:]`; an entry of a higher attempt replaces everything seen so far.
    `end` closes the stream: the full text is already in the database.
    """

    attempt: int
    offset: int
    text: str
    end: EndStatus | None = None

    @property
    def id(self) -> str:
        """The entry's place in the stream: later attempts after earlier ones, more text after less, the end last."""
        ends_at = self.offset + len(self.text)
        return f"{self.attempt}-{2 * ends_at + (self.end is not None)}"

    def to_fields(self) -> dict[str, str]:
        """Fields for XADD."""
        return {"attempt": str(self.attempt), "offset": str(self.offset), "text": self.text, "end": self.end or ""}

    @classmethod
    def from_fields(cls, fields: Mapping[str, str]) -> "StreamEntry":
        """Read an entry's (decoded) fields back. Raises KeyError or ValueError for a foreign entry."""
        end = fields["end"]
        if end not in ("", "done", "stopped", "failed"):
            raise ValueError(f"unknown end mark {end!r}")
        return cls(int(fields["attempt"]), int(fields["offset"]), fields["text"], end or None)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Sampling:
    """How a reply's tokens are drawn. Temperature 0 is greedy; `seed` makes a reply repeatable."""

    max_new_tokens: int = 160
    temperature: float = 0.7
    top_p: float = 0.9
    top_k: int = 0
    repetition_penalty: float = 1.1
    seed: int = 0

    @classmethod
    def from_dict(cls, values: Mapping[str, float]) -> "Sampling":
        """From the JSON kept with a persona or a reply. Raises TypeError for an unknown name."""
        return cls(**values)  # type: ignore[arg-type]
