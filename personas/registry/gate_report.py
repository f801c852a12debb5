"""A gate report in words and rows, for the admin and for a terminal.

    {"passed": bool,
     "checks": [{"name", "passed", "candidate", "champion", "limit", "reason_ko", "reason_en"}, ...]}

Figures and reasons may be missing; nothing is said in their place.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from personas.registry.shown_words import figure, figure_name

Report = Mapping[str, Any]


def failed_reasons(report: Report) -> str:
    """Why the gate refused, one sentence a line."""
    failed = [check for check in report["checks"] if not check["passed"]]
    return "\n".join(_reason(check, "ko") or check["name"] for check in failed)


def terminal_lines(report: Report) -> list[str]:
    """The report for a terminal, one check a line."""
    lines = [f"gate: {'passed' if report['passed'] else 'refused'}"]
    for check in report["checks"]:
        figures = [f"{name} {figure(check[name])}" for name in ("candidate", "champion", "limit") if name in check]
        mark = "ok  " if check["passed"] else "FAIL"
        lines.append(f"  {mark} {check['name']}: {_reason(check, 'en') or ', '.join(figures)}")
    return lines


def table_rows(report: Report) -> list[dict[str, Any]]:
    """The report for a page: a row per check, figures as text, the reason in the reader's language."""
    language = "en" if (get_language() or "ko").startswith("en") else "ko"
    return [
        {
            "name": figure_name(check["name"]),
            "passed": check["passed"],
            "figures": [figure(check.get(name)) for name in ("candidate", "champion", "limit")],
            "reason": _reason(check, language),
        }
        for check in report.get("checks", [])
    ]


def _reason(check: Mapping[str, Any], language: str) -> str:
    return check.get(f"reason_{language}", "")
