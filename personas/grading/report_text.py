"""A round's report as plain English text, for a terminal and for files."""

from personas.curation.agreement import Agreement
from personas.grading.report import RoundReport, Share, TwoReaders, VersionGrades

COLUMNS = "{:<32}{:>10}{:>19}{:>19}{:>19}{:>19}"


def report_text(report: RoundReport) -> str:
    """The report, a table of versions first."""
    lines = [
        f"Round {report.round.name}: {_state(report)}",
        "",
        COLUMNS.format("version", "replies", "good", "partly", "miss", "in style"),
        *map(_version, report.versions),
        "Shares are per cent with Wilson's 95 % interval; a reply counts once, however many graded it.",
    ]
    if not report.has_control:
        lines.append("There is no control: no written replies were mixed in.")
    lines += ["", *map(_agreement, report.agreements)]
    if not report.agreements:
        lines.append("No two readers graded the same reply, so nothing is known of their agreement.")
    readers = ", ".join(f"{one.reader} {one.graded} of {report.items}" for one in report.readers)
    return "\n".join([*lines, f"Who graded: {readers or 'nobody yet'}."])


def _state(report: RoundReport) -> str:
    if report.round.closed_at:
        return f"closed {report.round.closed_at:%Y-%m-%d %H:%M} UTC."
    return "still open, grades may change. Show this to nobody who is still reading."


def _version(one: VersionGrades) -> str:
    name = f"{one.name} (control)" if one.is_control else one.name
    shares = map(_share, (one.good, one.partly, one.miss, one.in_style))
    return COLUMNS.format(name, f"{one.replies} of {one.items}", *shares)


def _share(share: Share | None) -> str:
    return f"{100 * share.value:.1f} ({100 * share.low:.1f}-{100 * share.high:.1f})" if share else "-"


def _agreement(two: TwoReaders) -> str:
    one, other = two.grade.people
    return (
        f"{one} and {other}: {two.grade.judged} replies both, the same grade {two.grade.percent} %, "
        f"Cohen's kappa {_kappa(two.grade)}; the same on style {two.style.percent} %, kappa {_kappa(two.style)}."
    )


def _kappa(agreement: Agreement) -> str:
    if agreement.kappa is None:
        return "undefined (both said the same always)"
    return f"{agreement.kappa:.2f} (95 % {agreement.low:.2f} to {agreement.high:.2f})"
