"""`python -m moderation` prints how often messages are read rightly, on rows that nobody tuned on.

`python -m moderation --classify` reads a message a line and writes {"text", "kind", "who", "acute"} a line; all but the
text are null where a model may answer.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

from moderation.danger import danger_of
from moderation.everyday import everyday_messages
from moderation.measuring import LISTS, Share, examples_right, false_alarms, kinds_right, read_examples, recalls
from moderation.rows import TEST, rows_of

NOTHING = {"kind": None, "who": None, "acute": None}


def main(arguments: list[str] | None = None) -> None:
    """Classify what comes in, or report."""
    parser = argparse.ArgumentParser(prog="python -m moderation", description=__doc__)
    parser.add_argument("--classify", action="store_true", help="read messages on stdin, a line each")
    if parser.parse_args(arguments).classify:
        classify(sys.stdin)
    else:
        report()


def classify(lines: Iterable[str]) -> None:
    """Write what each line is read as."""
    for line in lines:
        text = line.rstrip("\n")
        danger = danger_of(text)
        print(json.dumps({"text": text, **(asdict(danger) if danger else NOTHING)}, ensure_ascii=False), flush=True)


def report() -> None:
    """Print one line per kind and list, and under it every message that was read wrongly."""
    rows = rows_of(*TEST)
    print("test rows; heard means answered by what people wrote, a question counts unless it happens now")
    for kind, share in recalls(rows).items():
        _print(f"heard, {kind}", share)
    if any(row.danger for row in rows):
        _print("of those heard, kind and person right", kinds_right(rows))
    _print("let alone, look-alikes", false_alarms(row.text for row in rows if row.danger is None))
    _print("let alone, the personas' own rows", false_alarms(everyday_messages()))
    for path in LISTS:
        _print(f"read rightly, {path.stem}", examples_right(read_examples(path)))


def _print(what: str, share: Share) -> None:
    if share.of:
        print(f"{what}: {share}")
        for text in share.missed:
            print(f"    {text}")


if __name__ == "__main__":
    main()
