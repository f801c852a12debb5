"""What every system of `engine` is asked, and the base and adapters it is asked with."""

from collections.abc import Callable, Iterator
from pathlib import Path

PERSONAS = ("egen", "teto")
REPLY_TOKENS = 48
MESSAGES = (
    "오늘 회사에서 발표를 망쳤어. 다들 나를 이상하게 보는 것 같아서 너무 속상해.",
    "주말에 친구랑 제주도에 가기로 했는데 어디를 먼저 가면 좋을지 모르겠어.",
    "코드 리뷰에서 댓글이 서른 개나 달렸어. 내가 개발자에 안 맞는 걸까?",
    "요즘 잠이 안 와서 새벽까지 휴대폰만 보고 있어. 어떻게 하면 좋을까?",
)
ROOT = Path(__file__).resolve().parent.parent

Times = list[list[float]]  # for each stream, when each token of its reply was there, in seconds from the start
Round = Callable[[int], Times]  # streams -> their times


def prompts(streams: int, tokenizer) -> Iterator[tuple[int, ...]]:
    """Token ids of each stream's prompt."""
    from inference_worker.chat_format import render

    for stream in range(streams):
        message = MESSAGES[stream % len(MESSAGES)]
        yield tuple(render([{"role": "user", "content": message}], tokenizer))


def persona_of(stream: int) -> str:
    """The personas alternate."""
    return PERSONAS[stream % len(PERSONAS)]


def resolve_base():
    """The default base, made on the first use."""
    from inference_worker.base_model import resolve_base_model

    return resolve_base_model(cache=ROOT / "var" / "base")


def load_base():
    """What names the default base, the model in fp32, and the tokenizer."""
    from inference_worker.base_model import load_model, load_tokenizer

    base = resolve_base()
    return base, load_model(base, device="cpu"), load_tokenizer(base)


def adapter_folder(persona: str) -> Path:
    """Where a persona's shipped adapter lies."""
    return ROOT / "personas" / "shipped" / persona / "v1"
