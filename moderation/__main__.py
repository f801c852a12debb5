"""How often the patterns are right, on the two written lists: `python -m moderation`."""

from moderation.measuring import LISTS, measure, read_examples


def main() -> None:
    """Print one line per list and kind, and every message that was read wrongly."""
    for path in LISTS:
        rates = measure(read_examples(path))
        print(f"{path.stem}: {rates.right} of {rates.total} read rightly")
        for kind, (caught, all_of_kind) in rates.caught.items():
            print(f"  {kind:<10} caught {caught:>3} of {all_of_kind:>3} ({caught / all_of_kind:.0%})")
        print(f"  {'harmless':<10} taken for danger {rates.false_alarms} of {rates.harmless}")
        for example, read_as in rates.wrong:
            print(f"    {example.kind or '-'} read as {read_as or '-'}: {example.text}")


if __name__ == "__main__":
    main()
