"""What personas, figures and stages are called depends on who reads."""

from django.utils import translation

from personas.registry.shown_words import figure, figure_name, stage_name


def test_a_persona_is_shown_in_the_readers_language(egen):
    assert (egen.shown_name, egen.shown_tagline) == ("에겐이", "마음부터 들어 주는 말랑한 친구")
    with translation.override("en"):
        assert (egen.shown_name, egen.shown_tagline) == ("Egen", "A soft-hearted friend who hears how you feel first")


def test_figures_and_stages_are_named_and_unknown_ones_shown_as_they_are():
    assert (figure_name("reward_margin"), figure_name("new_figure")) == ("보상 차이", "new_figure")
    assert (stage_name("dpo"), stage_name("evaluate candidate: replies")) == ("선호 학습 (DPO)", "후보: 답 써 보기")
    assert (figure(0.123456), figure(True), figure(None)) == ("0.1235", "예", "–")
    assert figure(-0.0) == "0"
