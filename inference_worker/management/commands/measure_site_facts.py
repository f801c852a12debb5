"""Are questions about the site found, and could the model itself answer them from facts that it reads?"""

import json
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from inference_worker import tasks
from inference_worker.contracts import Sampling
from inference_worker.management.batch_command import BatchCommand, persona_named
from personas.knowledge.facts import facts
from personas.knowledge.retrieval import fact_asked
from personas.ratings.intervals import wilson_interval

# Never looked at while the router's words were chosen.
QUESTIONS = settings.BASE_DIR / "personas" / "data" / "site_questions.jsonl"
SEED = settings.BASE_DIR / "personas" / "data" / "seed"

Row = dict[str, str]


class Command(BatchCommand):
    help = (
        "Measures the router of site questions on held-out messages; with --model also replies with and without facts."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--model", action="store_true", help="let the model answer as well (minutes)")

    def handle(self, *args, **options) -> None:
        rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
        self._measure_router(rows)
        if options["model"]:
            self._measure_model([row for row in rows if row["fact"]], options)

    def _measure_router(self, rows: list[Row]) -> None:
        found = [(row["fact"], match.key if (match := fact_asked(row["message"])) else "") for row in rows]
        asked = [pair for pair in found if pair[0]]
        others = [pair for pair in found if not pair[0]]
        right = sum(fact == key for fact, key in asked)
        low, high = wilson_interval(right, len(asked))
        self.emit(
            {
                "asked": len(asked),
                "right": right,
                "right_95": [round(low, 3), round(high, 3)],
                "wrong_fact": sum(key not in ("", fact) for fact, key in asked),
                "others": len(others),
                "false_alarms": sum(key != "" for _fact, key in others),
                **seed_messages_taken(SEED),
            }
        )

    def _measure_model(self, rows: list[Row], options: dict[str, Any]) -> None:
        from inference_worker.generation import finished_in_order

        persona = persona_named(options["persona"])
        adapters, engine = self.adapters(options), tasks.engine()
        sampling = Sampling.from_dict({**persona.sampling, "seed": 1})
        shares: dict[str, list[float]] = {"without": [], "with": []}
        begun = ((chat, engine.submit(chat[2], adapters, sampling)) for chat in chats(rows))
        try:
            for (name, text, messages), reply in finished_in_order(begun, window=engine.slots):
                shares[name].append(share_of_words(text, reply.text))
                self.emit({"facts": name, "message": messages[-1]["content"], "reply": reply.text})
        finally:
            engine.stop()
        means = {name: round(sum(values) / len(values), 3) for name, values in shares.items()}
        self.emit({"persona": persona.slug, "share_of_the_facts_words_in_the_reply": means, "questions": len(rows)})


def chats(rows: list[Row]) -> Iterator[tuple[str, str, list[dict[str, str]]]]:
    """Every question without and with its fact: which of the two, the fact, and the messages."""
    for row in rows:
        text = facts()[row["fact"]].wording.text
        message = {"role": "user", "content": row["message"]}
        yield "without", text, [message]
        yield "with", text, [{"role": "system", "content": text}, message]


def seed_messages_taken(folder: Path) -> dict[str, Any]:
    """How many of the messages that the personas learned from are taken for questions about the site, and which."""
    messages = sorted({message for file in folder.glob("*.jsonl") for message in _messages(file)})
    taken = [message for message in messages if fact_asked(message)]
    return {"seed_messages": len(messages), "seed_messages_taken": taken}


def _messages(file: Path) -> Iterator[str]:
    return (json.loads(line)["instruction"] for line in file.read_text(encoding="utf-8").splitlines())


def share_of_words(text: str, reply: str) -> float:
    """How many of a fact's words begin like a word of the reply: endings differ, stems don't."""
    stems = {word[:2] for word in re.findall(r"[0-9가-힣A-Za-z]{2,}", text)}
    said = {word[:2] for word in re.findall(r"[0-9가-힣A-Za-z]{2,}", reply)}
    return len(stems & said) / len(stems)
