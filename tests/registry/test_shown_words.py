"""What a persona is called depends on who reads."""

from django.utils import translation


def test_a_persona_is_shown_in_the_readers_language(egen):
    assert (egen.shown_name, egen.shown_tagline) == ("에겐이", "마음부터 들어 주는 말랑한 친구")
    with translation.override("en"):
        assert (egen.shown_name, egen.shown_tagline) == ("Egen", "A soft-hearted friend who hears how you feel first")
