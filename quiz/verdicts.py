"""What the figures of a test mean, in words: thresholds and advice in one place."""

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# Corrected item-total correlation: below it a question measures something else than the others do.
WEAK_BELOW = 0.2
# Further below 0 than chance brings a question that measures nothing.
BACKWARDS_BELOW = -0.1
# Root mean square distance from the fitted curve, in chances; a question that fits stays under a third of it.
MISFIT_ABOVE = 0.1
# Of all who answered, in percent.
UNUSED_BELOW = 5
CROWDED_ABOVE = 80
# Times the median of all questions of the test.
SLOW_TIMES = 2
LEAVING_TIMES = 2
# So few leave that twice the usual is chance.
LEAVING_PEOPLE = 10
# A trial of wordings looks at five things at once, and each may be right by chance: Bonferroni's share of 5 %.
CHANCE_BELOW = 0.05 / 5


class Reliability(TextChoices):
    """What Cronbach's alpha promises, judged by the low end of its interval."""

    STEADY = "steady", _("꽤 한결같아요")
    PLAYFUL = "playful", _("재미로 보기엔 괜찮아요")
    SHAKY = "shaky", _("아직 들쭉날쭉해요")

    @classmethod
    def of(cls, low: float) -> "Reliability":
        """0.7 is what research asks of a short scale; under 0.5 chance has more of a say than the questions."""
        return list(cls)[sum(low < least for least in (0.7, 0.5))]


class Weakness(TextChoices):
    """What is wrong with a question, and what to do about it."""

    BACKWARDS = "backwards", _("다른 질문과 거꾸로 갑니다. 답의 점수가 뒤바뀌지 않았는지 확인하세요.")
    WEAK = "weak", _("다른 질문과 따로 놉니다. 성향 말고 직무나 취향을 묻고 있지 않은지 보고, 고쳐 쓰거나 빼세요.")
    MISFIT = "misfit", _("성향이 짙어져도 답이 점수 순서대로 옮겨 가지 않습니다. 답의 점수를 다시 매겨 보세요.")
    UNUSED = "unused", _("거의 아무도 고르지 않는 답이 있습니다. 덜 극단적으로 고쳐 쓰거나 빼세요.")
    CROWDED = "crowded", _("거의 모두 같은 답을 고릅니다. 다른 답도 끌리게 고쳐 쓰세요.")
    SLOW = "slow", _("답하는 데 유독 오래 걸립니다. 상황과 답을 줄이세요.")
    LEAVING = "leaving", _("여기서 유독 많이 떠납니다. 불편하거나 알아듣기 어려운 말이 없는지 보세요.")


class Comparison(TextChoices):
    """What can be said of a difference between two wordings."""

    WAITING = "waiting", _("미리 정한 사람 수가 찰 때까지 판단하지 않습니다.")
    TOLD_APART = "told-apart", _("우연으로 보기 어려운 차이입니다.")
    CHANCE = "chance", _("우연과 가릴 수 없습니다.")
    NOTHING = "nothing", _("견줄 것이 없습니다.")

    @classmethod
    def of(cls, p: float | None, is_due: bool) -> "Comparison":
        """`p` is None where there was nothing to compare; before a trial is due nothing is judged."""
        if p is None:
            return cls(cls.NOTHING)
        if not is_due:
            return cls(cls.WAITING)
        return cls(cls.TOLD_APART if p < CHANCE_BELOW else cls.CHANCE)


def weaknesses(question: Mapping[str, Any], usual: Mapping[str, float]) -> list[Weakness]:
    """What to mend in a question; `question` and `usual` (medians of the whole test) as in `item_report.py`."""
    axes = question["axes"].values()
    correlations = [axis["item_total"] for axis in axes if axis["item_total"] is not None]
    misfits = [axis["misfit"] for axis in axes if axis["misfit"] is not None]
    percents = [answer["percent"] for answer in question["answers"]]
    lowest = min(correlations, default=1.0)
    applies: dict[object, bool] = {
        Weakness.BACKWARDS: lowest < BACKWARDS_BELOW,
        Weakness.WEAK: BACKWARDS_BELOW <= lowest < WEAK_BELOW,
        Weakness.MISFIT: max(misfits, default=0.0) > MISFIT_ABOVE,
        Weakness.UNUSED: min(percents) < UNUSED_BELOW,
        Weakness.CROWDED: max(percents) > CROWDED_ABOVE,
        Weakness.SLOW: question["seconds"] > SLOW_TIMES * usual["seconds"],
        Weakness.LEAVING: question["left"] >= LEAVING_PEOPLE
        and question["left_percent"] > LEAVING_TIMES * usual["left_percent"],
    }
    return [Weakness(weakness) for weakness, shows in applies.items() if shows]
