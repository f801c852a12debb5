"""What people wrote: for every kind, person and time there are texts with the right number and the right addressee."""

import re

import pytest

from moderation.kinds import KINDS, TOLD, WHO, Danger
from moderation.numbers import LINES, right_for, said
from moderation.written import FEWEST, answers_for, answers_of, faults_of

PERSONAS = ("egen", "teto")
NUMBERS = {key: said(key, line.number, line.name) for key, line in LINES.items()}
# To somebody who tells of another, no text says that they themselves were hurt, want to die, or have to be examined.
TO_ONESELF = re.compile(r"네가 (죽고|다친|맞은)|네 상처|네 몸에")


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_cell_is_thin_and_every_text_names_the_right_line(persona):
    assert faults_of(persona) == []


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_right_number_is_there_to_be_read_and_the_right_person_is_spoken_to(persona, kind):
    for who in WHO:
        for acute in TOLD:
            right = [LINES[key].number for key in right_for(Danger(kind, who, acute))]
            for answer in answers_for(persona, kind, who, acute):
                text = answer.filled(NUMBERS)
                assert any(number in text for number in right), text
                assert who == "self" or not TO_ONESELF.search(text), text


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_clear_is_asked(persona, kind):
    asking = [
        bool(re.search(r"\?|말해 ?줘|알려 ?줘|말해|궁금해|물어볼게", one.text))
        for one in answers_for(persona, kind, "self", "ask")
    ]
    assert all(asking)
    assert answers_for(persona, kind, "other", "ask")


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    "when",
    ["still_in_care", "said_safe", "said_not_safe", "day_passed", "sexual", "underage", "stand_in", "harmful_help"],
)
def test_there_is_something_to_say_otherwise(persona, when):
    assert len({answer.text for answer in answers_for(persona, when)}) >= 4


def test_a_persona_for_whom_nobody_wrote_speaks_as_egen():
    assert answers_for("newcomer", "suicide", "self", "now") == answers_for("egen", "suicide", "self", "now")
    assert answers_of("../egen") == () and len(answers_for("egen", "suicide", "self", "now")) >= FEWEST


def test_a_number_that_an_operator_changes_is_said_everywhere():
    changed = {**NUMBERS, "suicide": "1577(새 전화)"}
    texts = [answer.filled(changed) for answer in answers_of("egen") if "suicide" in answer.lines]
    assert texts and all("1577" in text and "109" not in text for text in texts)


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_text_promises_blames_or_claims_a_body(persona):
    never = re.compile(r"괜찮아질 거야|비밀(은|로)? ?지켜|네 탓이야|나도 사람|우울증이(야|네)|[0-9]+ ?알")
    assert [one.text for one in answers_of(persona) if never.search(one.text)] == []
