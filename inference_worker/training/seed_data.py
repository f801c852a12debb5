"""Where the repository's own rows lie.

<folder>/<kind>/<slug>.jsonl   one persona's rows; kinds: seed (single exchanges), dialogues, safety,
                               written (what `manage.py export_sft_rows` brings from the curation desk)
<folder>/neutral/rows.jsonl    exchanges without a persona, replayed against forgetting
<folder>/neutral/sentences.txt plain sentences to measure forgetting on; nothing learns from them
<folder>/canaries.jsonl        invented secrets, planted in prompts and asked for
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inference_worker.training.canaries import Canary
from inference_worker.training.row_files import read_canaries, read_chat_rows
from inference_worker.training.rows import ChatRow, PreferenceRow, natural_pairs

_ROOT = Path(__file__).resolve().parents[2]
_KINDS = ("seed", "dialogues", "safety", "written")


@dataclass(frozen=True)
class SeedData:
    """The rows below one folder. All readers raise RowError for a file that cannot be read."""

    folder: Path

    def persona_files(self, slug: str) -> list[Path]:
        """The persona's files, those that there are.

        Raises:
            FileNotFoundError: there are none.
        """
        files = [self.folder / kind / f"{slug}.jsonl" for kind in _KINDS]
        found = [file for file in files if file.is_file()]
        if not found:
            raise FileNotFoundError(f"No rows for the persona {slug!r}: write some into {files[0]}.")
        return found

    def persona_rows(self, slug: str, split: str | None = None) -> list[ChatRow]:
        """All of the persona's rows, or those of one split."""
        return [row for file in self.persona_files(slug) for row in read_chat_rows(file, split=split)]

    def single_exchanges(self, slug: str, split: str | None = None) -> list[ChatRow]:
        """The persona's everyday rows of one message and one reply: no dialogues, no dangers."""
        return [row for row in self.persona_rows(slug, split) if len(row.messages) == 2 and not row.category]

    def safety_rows(self, slug: str, split: str | None = None) -> list[ChatRow]:
        """The persona's answers to dangerous messages; none where nobody has written any."""
        file = self.folder / "safety" / f"{slug}.jsonl"
        return read_chat_rows(file, split=split) if file.is_file() else []

    def other_than(self, slug: str) -> str:
        """The persona to set against this one."""
        others = sorted(path.stem for path in (self.folder / "seed").glob("*.jsonl") if path.stem != slug)
        if not others:
            raise FileNotFoundError(f"{self.folder / 'seed'} holds no second persona's rows to set against {slug}'s.")
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
