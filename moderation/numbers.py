"""Whom one can call in Korea, and which of them a danger needs. Operators change the numbers in the admin; these are
what a site begins with, as of November 2025.
"""

from dataclasses import dataclass

from moderation.kinds import Danger, Kind


@dataclass(frozen=True)
class Line:
    """A number that can be dialled, with whom it reaches, in Korean and English."""

    number: str
    name: str
    name_en: str


LINES = {
    "suicide": Line("109", "자살예방상담전화", "Suicide prevention, 24 hours"),
    "emergency": Line("119", "구급·소방", "Ambulance and fire"),
    "police": Line("112", "경찰", "Police"),
    # Since April 2025 for digital sex crimes too.
    "women": Line("1366", "여성긴급전화", "Violence and digital sex crimes, 24 hours"),
    "youth": Line("1388", "청소년상담전화", "Youth counselling, 24 hours"),
    "school": Line("117", "학교폭력 신고센터", "School violence"),
}

KNOWN_TO_ALL = ("emergency", "police")  # said without their names

# The first is the one to call first. A text of that kind names at least one of these (`named_for`).
_RIGHT: dict[Kind, tuple[str, ...]] = {
    "suicide": ("suicide", "youth"),
    "self_harm": ("suicide", "youth"),
    "overdose": ("emergency", "suicide"),
    "domestic_violence": ("women", "police"),
    "sexual_violence": ("women", "police"),
    "stalking": ("women", "police"),
    "bullying": ("school", "youth"),
    "medical": ("emergency",),
    "eating_disorder": ("youth", "suicide"),
    "harm_others": ("suicide",),
    "minors": ("women", "youth"),
}
# What comes first where it happens now.
_RIGHT_NOW: dict[Kind, tuple[str, ...]] = {
    "suicide": ("emergency", "suicide"),
    "self_harm": ("emergency", "suicide"),
    "overdose": ("emergency",),
    "domestic_violence": ("police", "women"),
    "sexual_violence": ("police", "women"),
    "stalking": ("police", "women"),
    "bullying": ("police", "school", "youth"),
    "medical": ("emergency",),
    "eating_disorder": ("emergency", "suicide", "youth"),
    "harm_others": ("police", "suicide", "emergency"),
    "minors": ("police", "women", "youth"),
}


def said(key: str, number: str, name: str) -> str:
    """A line as a written answer says it: 109(자살예방상담전화), 119."""
    return number if key in KNOWN_TO_ALL else f"{number}({name})"


def right_for(danger: Danger) -> tuple[str, ...]:
    """The lines that help in this danger, the first to call first."""
    now = _RIGHT_NOW.get(danger.kind, ()) if danger.acute == "now" else ()
    return now or _RIGHT[danger.kind]
