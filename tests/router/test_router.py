"""The router: what it learned from is clean, what is shipped is what the command makes, and it does not flicker."""

import json
import math
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from personas.router import scoring, training
from personas.router.choosing import SURE, choose
from personas.router.data import MESSAGES_FILE, dialogues_read, messages_read
from personas.router.features import PLACES, features_of
from personas.router.management.commands import train_router
from personas.router.scoring import StyleModel, probability, shipped_model

COMFORT = "오늘 너무 속상해서 혼자 울었어ㅠㅠ"
PUSH = "내일까지 끝내야 하는데 뭐부터 해야 돼? 순서 정해 줘"


def letters(text: str) -> set[str]:
    joined = "".join(text.split())
    return {joined[start : start + 2] for start in range(len(joined) - 1)} or {joined}


def test_a_message_of_comfort_gets_egen_and_one_for_a_push_gets_teto():
    assert choose([COMFORT], None, shipped_model()) == "egen"
    assert choose([PUSH], None, shipped_model()) == "teto"


@pytest.mark.parametrize("speaker", ["egen", "teto"])
def test_a_clear_message_changes_the_speaker_whoever_it_was(speaker):
    assert choose([PUSH, "고마워", "ㅎㅎ", COMFORT], speaker, shipped_model()) == "egen"
    assert choose([COMFORT, "응", "ㅋㅋ", PUSH], speaker, shipped_model()) == "teto"


@pytest.mark.parametrize("said", ["ㅋㅋ", "응", "그래", "", "   ", "🙂", "12345", "ok"])
@pytest.mark.parametrize("speaker", ["egen", "teto"])
def test_words_that_call_for_neither_change_nobody(said, speaker):
    assert choose([said], speaker, shipped_model()) == speaker


def test_between_sure_and_unsure_the_speaker_stays():
    score = math.log(SURE / (1 - SURE))
    for nearly, chosen in ((score - 0.01, "egen"), (score + 0.01, "teto")):
        assert choose(["가"], "egen", StyleModel(nearly, {})) == chosen
        assert choose(["가"], "teto", StyleModel(-nearly, {})) == ("egen" if chosen == "teto" else "teto")


def test_what_was_said_before_counts_on_and_fades():
    always_teto = StyleModel(1.0, {})
    assert [choose(["가"] * said, "egen", always_teto) for said in (1, 3)] == ["teto", "teto"]
    slightly_teto = StyleModel(0.6, {})
    assert [choose(["가"] * said, "egen", slightly_teto) for said in (1, 3)] == ["egen", "teto"]


@given(st.text(max_size=1000))
def test_no_message_breaks_it(text):
    features = features_of(text)
    assert all(0 <= place < PLACES for place in features)
    assert not features or sum(value**2 for value in features.values()) == pytest.approx(1)
    assert 0 <= probability(shipped_model().score(text)) <= 1


@pytest.mark.parametrize("score", [-1e6, -800, 0, 800, 1e6])
def test_a_probability_is_one_however_far_the_score(score):
    assert 0 <= probability(score) <= 1


def test_a_letter_repeated_says_what_two_of_it_say():
    assert features_of("힘들어ㅠㅠㅠㅠㅠㅠ") == features_of("힘들어ㅠㅠ")


# What it learned from


def test_there_are_at_least_three_hundred_messages_and_no_two_are_the_same():
    messages = messages_read()
    assert len({said.text for said in messages}) == len(messages) >= 300
    kinds = {(said.suits, said.split) for said in messages}
    assert kinds == {(suits, split) for suits in ("egen", "teto", "either") for split in ("train", "heldout")}


def test_nothing_measured_on_is_nearly_the_same_as_something_learned_from():
    messages = messages_read()
    learned = [(said.text, letters(said.text)) for said in messages if said.split == "train"]
    for said in messages:
        if said.split == "heldout":
            mine = letters(said.text)
            near = [text for text, theirs in learned if len(mine & theirs) >= 0.4 * len(mine | theirs)]
            assert near == [], said.text


def test_nothing_measured_on_stands_in_the_dialogues_that_it_is_calmed_by():
    said_in_dialogues = {text for messages in dialogues_read() for text in messages}
    assert not {said.text for said in messages_read()} & said_in_dialogues


def test_the_shipped_weights_are_what_the_command_makes(tmp_path, monkeypatch):
    made = tmp_path / "weights.json"
    monkeypatch.setattr(train_router, "WEIGHTS_FILE", made)
    said = StringIO()
    call_command("train_router", stdout=said)
    assert json.loads(made.read_text()) == json.loads(scoring.WEIGHTS_FILE.read_text()), "run: manage.py train_router"
    assert "accuracy, held out" in said.getvalue()


def test_checking_writes_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(train_router, "WEIGHTS_FILE", tmp_path / "weights.json")
    call_command("train_router", "--check", stdout=StringIO())
    assert not list(tmp_path.iterdir())


def test_it_is_right_far_more_often_than_a_coin_on_messages_it_never_saw():
    heldout = [said for said in messages_read() if said.split == "heldout"]
    low, _high = training.accuracy(shipped_model(), heldout).interval
    assert low > 0.85
    low, _high = training.held_back(shipped_model(), heldout).interval
    assert low > 0.5


def test_it_changes_the_speaker_less_often_than_by_each_message_alone():
    calm, nervous = (training.changes_per_dialogue(shipped_model(), dialogues_read(), calm=calm) for calm in (1, 0))
    assert calm < nervous / 2


def test_labels_turned_round_are_learned_as_well():
    """What is learned comes from the labels, not from the code."""
    train = [said for said in messages_read(MESSAGES_FILE) if said.split == "train"]
    turned = {"egen": "teto", "teto": "egen", "either": "either"}
    model = training.train([type(said)(said.text, turned[said.suits], said.split) for said in train])
    assert model.score(COMFORT) > 0 > model.score(PUSH)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (50, 100, 0.404, 0.596)]
)
def test_the_interval_is_wilsons(hits, of, low, high):
    assert training.Share(of, hits).interval == pytest.approx((low, high), abs=0.001)
