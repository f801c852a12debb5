"""Where the repository's own rows lie.

<folder>/intents/<field>.jsonl  exchanges: wordings of one thing that people say, and each persona's replies
<folder>/talks/<field>.jsonl    talks of several turns, each answered by every persona
<folder>/remembering.jsonl      exchanges whose replies have slots for what is known of the visitor
<folder>/fallback.jsonl         modest replies for messages that no exchange is near to
<folder>/<kind>/<slug>.jsonl    one persona's rows alone; kinds: seed (single exchanges), dialogues, safety,
                                written (what `manage.py export_sft_rows` brings from the curation desk)
<folder>/neutral/rows.jsonl    exchanges without a persona, replayed against forgetting
<folder>/neutral/sentences.txt plain sentences to measure forgetting on; nothing learns from them
<folder>/canaries.jsonl        invented secrets, planted in prompts and asked for
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inference_worker.exemplars.exchanges import Exchange, Talk, first_row, read_exchanges, read_talks
from inference_worker.exemplars.modest import ModestReplies, read_modest_replies
from inference_worker.training.canaries import Canary
from inference_worker.training.row_files import read_canaries, read_chat_rows
from inference_worker.training.rows import ChatRow, PreferenceRow, Split, natural_pairs

_ROOT = Path(__file__).resolve().parents[2]
_KINDS = ("seed", "dialogues", "safety", "written")


@dataclass(frozen=True)
class SeedData:
    """The rows below one folder. All readers raise RowError for a file that cannot be read."""

    folder: Path

    def persona_files(self, slug: str) -> list[Path]:
        """The files with rows of the persona, those that there are.

        Raises:
            FileNotFoundError: there are none.
        """
        self.persona_rows(slug)
        return [*self.shared_files, *self._own_files(slug)]

    @property
    def shared_files(self) -> list[Path]:
        """The files whose rows every persona answers."""
        files = [*self.intents_folder.glob("*.jsonl"), *self.talks_folder.glob("*.jsonl"), self._remembering_file]
        return sorted(file for file in files if file.is_file())

    @property
    def intents_folder(self) -> Path:
        """Single exchanges, a file for each field of life."""
        return self.folder / "intents"

    @property
    def talks_folder(self) -> Path:
        """Talks of several turns."""
        return self.folder / "talks"

    @property
    def _remembering_file(self) -> Path:
        return self.folder / "remembering.jsonl"

    def exchanges(self, *splits: Split) -> list[Exchange]:
        """What exemplars are made of: intents, exchanges with slots, and the later turns of talks; of these splits."""
        follow_ups = [exchange for talk in self.talks() for exchange in talk.follow_ups()]
        return self.intents(*splits) + [exchange for exchange in follow_ups if exchange.split in splits]

    def intents(self, *splits: Split) -> list[Exchange]:
        """Exchanges that stand alone: intents, and those with slots; of these splits."""
        written = self._intents()
        if self._remembering_file.is_file():
            written += read_exchanges(self._remembering_file)
        return [exchange for exchange in written if exchange.split in splits]

    def talks(self) -> list[Talk]:
        """The talks that every persona answers."""
        return read_talks(*self.talks_folder.glob("*.jsonl"))

    def persona_rows(self, slug: str, split: str | None = None) -> list[ChatRow]:
        """All of the persona's rows, or those of one split. An intent is one row: first wording, first reply.

        Raises:
            FileNotFoundError: there are none.
        """
        rows = self.own_rows(slug)
        rows += [first_row(intent, slug) for intent in self._intents() if slug in intent.replies]
        rows += [talk.row(slug) for talk in self.talks() if slug in talk.replies]
        if not rows:
            raise FileNotFoundError(f"No rows for the persona {slug!r}: write some into {self.folder / 'intents'}.")
        return [row for row in rows if split in (None, row.split)]

    def _intents(self) -> list[Exchange]:
        return read_exchanges(*self.intents_folder.glob("*.jsonl"))

    def modest_replies(self) -> ModestReplies:
        """What is answered where no exchange is near; nothing where nobody has written any."""
        file = self.folder / "fallback.jsonl"
        return read_modest_replies(file) if file.is_file() else ModestReplies({})

    def own_rows(self, slug: str, split: str | None = None) -> list[ChatRow]:
        """The rows that this persona alone has: its dialogues, dangers, and what curators wrote."""
        return [row for file in self._own_files(slug) for row in read_chat_rows(file, split=split)]

    def names(self) -> tuple[str, ...]:
        """Made-up visitors' names, for rows in which one is known; none where nobody has listed any."""
        file = self.folder / "names.txt"
        return tuple(file.read_text(encoding="utf-8").split()) if file.is_file() else ()

    def _own_files(self, slug: str) -> list[Path]:
        return [file for kind in _KINDS if (file := self.folder / kind / f"{slug}.jsonl").is_file()]

    def single_exchanges(self, slug: str, split: str | None = None) -> list[ChatRow]:
        """The persona's everyday rows of one message and one reply: no dialogues, no dangers."""
        return [row for row in self.persona_rows(slug, split) if len(row.messages) == 2 and not row.category]

    def safety_rows(self, slug: str, split: str | None = None) -> list[ChatRow]:
        """The persona's answers to dangerous messages; none where nobody has written any."""
        file = self.folder / "safety" / f"{slug}.jsonl"
        return read_chat_rows(file, split=split) if file.is_file() else []

    def other_than(self, slug: str) -> str:
        """The persona to set against this one."""
        named = {path.stem for path in (self.folder / "seed").glob("*.jsonl")}
        answered = {name for intent in self._intents() for name in intent.replies}
        others = sorted((named | answered) - {slug})
        if not others:
            raise FileNotFoundError(f"{self.folder} holds no second persona's rows to set against {slug}'s.")
        return others[0]

    def natural_pairs(self, slug: str, split: str) -> list[PreferenceRow]:
        """Pairs of the own style and the other persona's."""
        return natural_pairs(self.persona_rows(slug, split), self.persona_rows(self.other_than(slug), split))

    def canaries(self) -> list[Canary]:
        """The invented secrets; none where nobody has invented any."""
        file = self.folder / "canaries.jsonl"
        return read_canaries(file) if file.is_file() else []

    @property
    def neutral_rows_file(self) -> Path:
        """Exchanges without a persona."""
        return self.folder / "neutral" / "rows.jsonl"

    def neutral_rows(self) -> list[ChatRow]:
        """What is replayed against forgetting."""
        return read_chat_rows(self.neutral_rows_file)

    def neutral_sentences(self) -> list[str]:
        """Plain sentences that no training sees."""
        text = (self.folder / "neutral" / "sentences.txt").read_text(encoding="utf-8")
        return [line for line in text.splitlines() if line.strip()]


SEED_DATA = SeedData(_ROOT / "personas" / "data")
SHIPPED = _ROOT / "personas" / "shipped"
ENCODER = SHIPPED / "encoder"
