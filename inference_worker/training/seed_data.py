"""Where the repository's own rows lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class SeedData:
    """`<folder>/<slug>.jsonl` holds one persona's instruction rows, `neutral` plain sentences to measure forgetting."""

    folder: Path
    neutral: Path

    def rows_file(self, slug: str) -> Path:
        """The persona's instruction rows."""
        return self.folder / f"{slug}.jsonl"

    def other_than(self, slug: str) -> Path:
        """The rows of the persona to set against this one."""
        others = sorted(path for path in self.folder.glob("*.jsonl") if path.stem != slug)
        if not others:
            raise FileNotFoundError(f"{self.folder} holds no second persona's rows to set against {slug}'s.")
        return others[0]


SEED_DATA = SeedData(_ROOT / "personas" / "data" / "seed", _ROOT / "personas" / "data" / "neutral.txt")
SHIPPED = _ROOT / "personas" / "shipped"
