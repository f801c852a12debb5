"""What looks personal is hidden before a conversation is shared, and before a row trains."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.privacy.masking import mask, personal_kinds

HIDDEN = {
    "010-1234-5678로 연락 줘": "[전화번호]로 연락 줘",
    "번호는 01012345678이야": "번호는 [전화번호]이야",
    "010.1234.5678 아니면 010 9876 5432": "[전화번호] 아니면 [전화번호]",
    "+82 10-1234-5678": "[전화번호]",
    "사무실은 02-123-4567, 집은 031-1234-5678": "사무실은 [전화번호], 집은 [전화번호]",
    "(02) 123-4567": "[전화번호]",
    "고객센터 1588-1234": "고객센터 [전화번호]",
    "미국 번호 +1 (212) 555-0123로 문자해": "미국 번호 [전화번호]로 문자해",
    "도쿄는 +81-3-1234-5678": "도쿄는 [전화번호]",
    "wa.me/ +442079460958 로": "wa.me/ [전화번호] 로",
    "０１０-１２３４-５６７８": "[전화번호]",
    "전화는 ０１０－９８７６－５４３２": "전화는 [전화번호]",
    "010 - 9876 - 5432 로 걸어": "[전화번호] 로 걸어",
    "010 . 9876 .5432": "[전화번호]",
    "010\u2212 9876\u2014 5432": "[전화번호]",
    "010\u200b-9876\u200b-5432": "[전화번호]",
    "0\u206010\ufeff98\u00ad765432로": "[전화번호]로",
    "٠١٠-٩٨٧٦-٥٤٣٢": "[전화번호]",
    "주민번호 900101 - 1234567": "주민번호 [주민등록번호]",
    "주민번호 ９００１０１－１２３４５６７": "주민번호 [주민등록번호]",
    "메일 haneul＠example.com": "메일 [이메일]",
    "메일 haneul @ example.com": "메일 [이메일]",
    "ｈａｎｅｕｌ＠ｅｘａｍｐｌｅ．ｃｏｍ로": "[이메일]로",
    unicodedata.normalize("NFD", "내 이름은 김하늘이고 서울특별시 가상구 없는동 12-3 살아"): (
        "내 이름은 [이름]이고 [주소] 살아"
    ),
    "minsu.kim+work@example.co.kr로 보내": "[이메일]로 보내",
    "900101-1234567": "[주민등록번호]",
    "주민번호 9001011234567 맞아?": "주민번호 [주민등록번호] 맞아?",
    "사업자번호 123-45-67890": "사업자번호 [사업자등록번호]",
    "2021년생 번호 210101-3999999": "2021년생 번호 [주민등록번호]",
    "4111-1111-1111-1111 긁었어": "[카드 번호] 긁었어",
    "4111 1111 1111 1111": "[카드 번호]",
    "국민 123456-01-123456으로 보내 줘": "국민 [계좌 번호]으로 보내 줘",
    "110-123-456789": "[계좌 번호]",
    "카카오 3333 01 1234567": "카카오 [계좌 번호]",
    "카톡 아이디는 minsu99예요": "카톡 아이디는 [아이디]예요",
    "인스타 minsu_kim이야": "인스타 [아이디]이야",
    "내 인스타 @minsu_kim.dev 팔로우해": "내 인스타 [아이디] 팔로우해",
    "서울특별시 강남구 역삼동 123-4 살아": "[주소] 살아",
    "서울 강남구 테헤란로 152, 3층": "[주소]",
    "강남구 테헤란로 152로 와": "[주소]로 와",
    "경기도 성남시 분당구 판교역로 235": "[주소]",
    "우리 집 101동 1203호": "우리 집 [주소]",
    "김민수 씨가 그랬어": "[이름] 씨가 그랬어",
    "박서연님한테 혼났어": "[이름]님한테 혼났어",
    "이지은 팀장이 또 불렀어": "[이름] 팀장이 또 불렀어",
    "내 이름은 김민수야": "내 이름은 [이름]야",
    "난 최유진이라고 해": "난 [이름]이라고 해",
}

LEFT = [
    "오늘 배포하다 장애 냈어",
    "연봉이 45,000,000원이래",
    "2026-11-21 04:00에 만나",
    "2026년 11월 21일, 30분 동안 3번",
    "500 에러가 1024번 났어",
    "버전으로 3을 골랐어. 앞으로 10분만",
    "친구랑 서로 2번씩 다시 해 봤어",
    "고객님이 이상한 팀장을 찾으셨어",
    "우리 선생님, 사장님, 이사님",
    "아저씨 날씨가 좋네요",
    "서울 가는 길에 밥 먹자",
    "커밋 해시는 3073f2f",
    "점수가 +3, 기온은 +12도",
    "1+1 행사, 2+1 행사",
    "a @ b",
    "１２시 ３０분에 봐",
    "3 - 5 시간, 2026 - 11 - 21",
    "👩\u200d👩\u200d👧 우리 가족",
    "0\u200b1",
]


WIDE = {ord(letter): ord(letter) + 0xFEE0 for letter in string.digits}


@pytest.mark.parametrize("text", HIDDEN)
def test_what_looks_personal_is_named_instead_of_told(text):
    assert mask(text) == HIDDEN[text]


@pytest.mark.parametrize("text", LEFT)
def test_harmless_words_and_numbers_stay(text):
    assert mask(text) == text


@given(st.text(max_size=30), st.from_regex(r"010[-. ]?[0-9]{4}[-. ]?[0-9]{4}", fullmatch=True), st.text(max_size=30))
def test_no_mobile_number_survives_wherever_it_stands(before, number, after):
    assert number not in mask(f"{before} {number} {after}")


@given(
    st.from_regex(r"010-[0-9]{4}-[0-9]{4}", fullmatch=True),
    st.lists(st.sampled_from(["", "\u200b", "\u2060", "\u00ad"]), min_size=13, max_size=13),
    st.booleans(),
    st.sampled_from(["-", " - ", "－", " \u2013", ". ", "\u200b-\u200b "]),
)
def test_no_spelling_of_a_mobile_number_survives(number, unseen, is_wide, separator):
    written = "".join(letter + hidden for letter, hidden in zip(number, unseen, strict=True))
    written = written.translate(WIDE) if is_wide else written
    shown = mask(f"번호는 {written.replace('-', separator)} 이야")
    assert shown.translate(dict.fromkeys(map(ord, "\u200b\u2060\u00ad"))) == "번호는 [전화번호] 이야"


@given(st.text(alphabet=string.ascii_letters + " ,.!?\n", max_size=100))
def test_words_without_digits_at_signs_and_korean_stay(text):
    assert mask(text) == text


@given(st.text(max_size=100))
def test_masking_twice_changes_nothing_more(text):
    assert mask(mask(text)) == mask(text)


def test_what_kinds_are_hidden_can_be_asked():
    assert personal_kinds("010-1234-5678 아니면 a@b.kr, 없으면 010 9876 5432") == ["이메일", "전화번호"]
    assert personal_kinds("오늘 배포하다 장애 냈어") == []
