"""Which exchanges a message meets: near ones, in the voice of who speaks, with what is known filled in."""

from datetime import datetime

import pytest

from inference_worker.exemplars.composer import Asked, parts_of, queries
from inference_worker.exemplars.exchanges import Exchange

NIGHT = datetime(2026, 11, 28, 23, 40)


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def test_the_nearest_exchange_is_shown_in_the_voice_of_who_speaks(composer):
    made = composer.compose([user("배고파")], Asked(("teto",)))
    assert made.exemplars[0].id == "food-1" and made.exemplars[0].reply in ("먹어.", "라면.")
    assert made.exemplar_ids[0] == "food-1"


def test_where_nothing_is_near_nothing_is_shown(composer):
    talk = [user("양자역학 설명 부탁드립니다")]
    assert composer.compose(talk, Asked(("egen",))).messages == talk


def test_a_hidden_wording_is_not_found_but_its_intent_is(composer):
    said = "배고파서 죽겠네 진짜"
    made = composer.compose([user(said)], Asked(("egen",)), hidden={said})
    assert [exemplar.said for exemplar in made.exemplars] == ["배고파서 죽겠다 진짜"]


def test_the_seed_decides_which_reply_is_shown_and_all_of_them_come(composer):
    shown = {composer.compose([user("배고파")], Asked(("egen",), seed=seed)).exemplars[0].reply for seed in range(20)}
    assert shown == {"뭐 먹을까?", "밥 차리자~"}
    same = [composer.compose([user("배고파")], Asked(("egen",), seed=3)).messages for _ in range(2)]
    assert same[0] == same[1]


@pytest.mark.parametrize(("facts", "reply"), (({"이름": "지민"}, "지민!"), ({}, "아직 몰라~")))
def test_what_is_known_decides_which_twin_is_shown(composer, facts, reply):
    made = composer.compose([user("내 이름 뭐게?")], Asked(("egen",), facts))
    assert made.exemplars[0].reply == reply


def test_the_hour_stands_in_the_prompt_where_it_is_asked_for_and_only_there(composer):
    asked = composer.compose([user("지금 몇 시야")], Asked(("egen",), now=NIGHT))
    assert asked.exemplars[0].reply == "오후 11시 40분~" and "23시 40분" in asked.messages[-1]["content"]
    assert "23시" not in composer.compose([user("배고파")], Asked(("egen",), now=NIGHT)).messages[-1]["content"]


def test_a_follow_up_is_looked_up_with_the_message_before_it():
    talk = [user("면접 떨어졌어"), {"role": "assistant", "content": "아쉽다."}, user("그럼 뭐라고 말해?")]
    assert [wanted for wanted, _least in queries(talk)][:2] == [
        ["그럼 뭐라고 말해?"],
        ["면접 떨어졌어 그럼 뭐라고 말해?"],
    ]


def test_a_message_that_says_two_things_is_found_by_one_of_them(composer):
    made = composer.compose([user("벌써 금요일 저녁이네 퇴사하고 싶어")], Asked(("egen",)))
    assert made.exemplar_ids == ["work-1"] and made.messages[-1]["content"].endswith("퇴사하고 싶어")


def test_the_parts_of_the_longest_message_are_few():
    assert len(parts_of("말이 많은 사람이 " * 300)) <= 12


def test_in_a_blend_the_personas_take_turns(composer):
    made = composer.compose([user("회사 그만둘래 배고파")], Asked(("teto", "egen")))
    assert [exemplar.persona for exemplar in made.exemplars] == ["teto", "egen"][: len(made.exemplars)]


def test_an_index_with_changes_finds_the_new_and_loses_the_gone(composer):
    old = composer.index
    new = Exchange("desk-1", ("우산 없어",), {"egen": ("비 그칠 때까지 있자.",)})
    composer.index = old.with_changes([new], {"food-1"}, composer.encoder)
    assert composer.compose([user("우산 없어")], Asked(("egen",))).exemplar_ids[0] == "desk-1"
    assert "food-1" not in composer.compose([user("배고파")], Asked(("egen",))).exemplar_ids
    assert len(old) == 5  # a reply that began with it still has it


def test_a_reader_of_one_persona_never_meets_the_others_words(composer):
    alone = Exchange("desk-2", ("나만의 말",), {"teto": ("응.",)})
    composer.index = composer.index.with_changes([alone], (), composer.encoder)
    assert "desk-2" not in composer.compose([user("나만의 말")], Asked(("egen",))).exemplar_ids


def test_a_small_base_reads_the_talk_only_where_no_exemplar_stands(composer):
    talk = [user("안녕"), {"role": "assistant", "content": "왔어?"}, user("배고파")]
    assert composer.compose(talk, Asked(("egen",))).messages[:2] == talk[:2]
    composer.reads_talk = False
    [alone] = composer.compose(talk, Asked(("egen",))).messages
    assert alone["content"].endswith("말: 배고파")
    far = [*talk[:2], user("양자역학 설명 부탁드립니다")]
    assert composer.compose(far, Asked(("egen",))).messages == far


def test_another_visitors_words_are_looked_up_with_and_never_shown(composer):
    secret = Exchange(
        "pair-7-abc123", ("집 현관문 비밀번호 4417이라고 적어 뒀어",), {"egen": ("잘 숨겨 둬.",)}, is_private=True
    )
    composer.index = composer.index.with_changes([secret], (), composer.encoder)
    made = composer.compose([user("집 현관문 비밀번호 이라고 적어 뒀어")], Asked(("egen",)))
    assert made.exemplar_ids == ["pair-7-abc123"] and "4417" not in made.messages[-1]["content"]
    assert made.exemplars[0].said == "집 현관문 비밀번호 이라고 적어 뒀어" and made.exemplars[0].reply == "잘 숨겨 둬."
