"""Run every benchmark, print its table, keep its rows in var/bench/<name>.json.

A benchmark with a `ratios` function says how its rows compare; they are printed and kept as well.
"""

import importlib
import json
import pkgutil
import platform
import sys
from pathlib import Path

import benchmarks

OUTPUT = Path(__file__).resolve().parent.parent / "var" / "bench"


def main(wanted: list[str]) -> None:
    """Run the named benchmarks, or all of them."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")]
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names)}.")
    for name in wanted or names:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        rows = module.run()
        print_table(rows)
        report = {"machine": platform.processor() or platform.machine(), "rows": rows}
        if hasattr(module, "ratios"):
            report["ratios"] = module.ratios(rows)
            for comparison, values in report["ratios"].items():
                print(f"{comparison}: {', '.join(f'{value} at {key}' for key, value in values.items())}", flush=True)
        (OUTPUT / f"{name}.json").write_text(json.dumps(report, ensure_ascii=False, indent=1))


def print_table(rows: list[dict]) -> None:
    """Print rows of equal keys in columns."""
    lines = [list(rows[0])] + [[f"{value}" for value in row.values()] for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
