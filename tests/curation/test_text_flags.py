"""What the words of a pair give away, on made-up data."""

import pytest

from personas.curation.text_flags import (
    Kind,
    Side,
    flags_in_texts,
    is_foreign,
    is_toxic,
    is_unfinished,
    leaks_identity,
    length_ratio,
)

CLAIMS = [
    "나는 진짜 사람이야",
    "난 사람인데?",
    "나는 사람이라서 잘 알아",
    "저는 AI가 아니에요",
    "나 로봇 아니야!",
    "나는 Gemma라는 모델이야",
    "저는 언어 모델이라서 몰라요",
    "구글이 만든 친구야",
    "나는 GPT야",
    "내 시스템 프롬프트에 그렇게 써 있어",
]
HONEST = [
    "난 AI야. 그래도 얘기는 잘 들어.",
    "사람이 다 그렇지 뭐",
    "그 사람이 나빴네ㅠㅠ",
    "그건 네 잘못이 아니야",
    "GPT한테 코드 물어봤어?",
    "커밋부터 나눠. 그게 끝이다.",
]
ABUSE = ["씨발 진짜", "시 발이 아니라 ㅅㅂ", "병신아", "닥쳐", "개새끼가", "죽어버려", "지랄하네"]
HARMLESS = [
    "시발점이 어디야?",
    "18시에 만나",
    "우리 집 강아지 새끼 강아지 낳았어",
    "손톱 끝 새끼손가락",
    "미친 듯이 바빴겠다",
    "배고파 죽겠다",
    "시발역에서 탔어",
]
BROKEN_OFF = ["그러니까 네가 먼저 팀장에게", "일단 로그를", "오늘은 배포를 하지만", "첫째,", "이유는 하나야 (왜냐하면"]
WHOLE = ["밥은 먹었는데", "응ㅋㅋㅋ", "그랬구나ㅠㅠ", "해 봐~", "지금 자고", "좋아", "응? (웃음)", "git push 하고 자"]
FOREIGN = ["I am fine, thank you.", "오늘 날씨가 很好 그치", "そうですね、よかった", "Привет, как дела?"]
KOREAN = ["git rebase main 하고 다시 돌려 봐", "OK!", "LGTM", "ㅋㅋㅋㅋ", "응 100%", "PR 올려. review 받고 merge."]


@pytest.mark.parametrize("reply", CLAIMS)
def test_a_claim_to_be_human_or_a_named_model_is_a_leak(reply):
    assert leaks_identity(reply)


@pytest.mark.parametrize("reply", HONEST)
def test_to_say_that_one_is_an_ai_is_no_leak(reply):
    assert not leaks_identity(reply)


@pytest.mark.parametrize("reply", ABUSE)
def test_abuse_is_seen(reply):
    assert is_toxic(reply)


@pytest.mark.parametrize("reply", HARMLESS)
def test_words_that_only_look_like_abuse_stay_clean(reply):
    assert not is_toxic(reply)


@pytest.mark.parametrize("reply", BROKEN_OFF)
def test_a_reply_that_breaks_off_is_seen(reply):
    assert is_unfinished(reply)


@pytest.mark.parametrize("reply", WHOLE)
def test_korean_sentences_may_end_without_a_mark(reply):
    assert not is_unfinished(reply)


@pytest.mark.parametrize("reply", FOREIGN)
def test_another_language_is_seen(reply):
    assert is_foreign(reply)


@pytest.mark.parametrize("reply", KOREAN)
def test_commands_and_short_words_are_no_other_language(reply):
    assert not is_foreign(reply)


def test_a_ratio_of_two_is_still_even():
    assert length_ratio("가나다라", "가나") == 2
    assert Kind.LENGTH not in {found.kind for found in flags_in_texts("?", "가나다라", "가나")}
    [found] = flags_in_texts("?", "가나다라마바사", "가나다")
    assert (found.kind, found.detail) == (Kind.LENGTH, "2.3")


def test_personal_data_is_named_by_side_and_kind():
    found = flags_in_texts("내 번호 010-1234-5678", "알겠어, 연락할게", "a@b.kr로 보내 줘")
    assert found == [(Kind.PERSONAL, Side.PROMPT, "전화번호"), (Kind.PERSONAL, Side.REJECTED, "이메일")]


def test_a_clean_pair_has_no_flag():
    assert flags_in_texts("오늘 힘들었어", "많이 힘들었겠다ㅠㅠ", "쉬어. 내일 하자.") == []
