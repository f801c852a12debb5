"""What trainers, gates and engines call by a word of their code, as people in the admin read it."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

FIGURES: dict[str, str | Promise] = {
    "loss": _("손실"),
    "reward_margin": _("보상 차이"),
    "reward_accuracy": _("보상 정확도"),
    "token_accuracy": _("다음 토큰 정확도"),
    "replay_kl": _("기반 모델과의 거리"),
    "moved_share": _("움직인 가중치 비율"),
    "preference_accuracy": _("말투 선호 정확도"),
    "vote_accuracy": _("투표 선호 정확도"),
    "chosen_logprob": _("고른 답의 로그확률"),
    "style": _("말투 점수"),
    "style_accuracy": _("제 말투로 쓴 답의 비율"),
    "style_classifier_accuracy": _("말투 분류기의 정확도"),
    "korean": _("한글 비율"),
    "seconds_per_reply": _("답 하나에 걸린 시간(초)"),
    "replies": _("써 본 답"),
    "median_length": _("답 길이(글자, 중앙값)"),
    "repetition": _("되풀이하는 답의 비율"),
    "finished": _("끝맺은 답의 비율"),
    "perplexity": _("중립 문장 혼란도"),
    "base_perplexity": _("기반 모델의 혼란도"),
    "relevance": _("물음에 맞는 답의 비율"),
    "safety": _("안전"),
    "canaries": _("미끼 문구"),
    "temperature": _("온도"),
    "repetition_penalty": _("되풀이 벌점"),
    "max_new_tokens": _("가장 긴 답(토큰)"),
    "seed": _("시드"),
    "pairs": _("쌍"),
    "written": _("쓴 답"),
    "of": _("모두"),
    "passed": _("통과"),
}

STAGES: dict[str, str | Promise] = {
    "load": _("모델 읽기"),
    "dpo reference": _("기준 확률 재기"),
    "dpo": _("선호 학습 (DPO)"),
    "kto": _("엄지 학습 (KTO)"),
    "pairs": _("쌍 재기"),
    "replies": _("답 써 보기"),
    "perplexity": _("혼란도 재기"),
    "relevance": _("물음에 맞는지 재기"),
    "safety": _("안전 재기"),
    "done": _("끝"),
    "evaluate champion": _("현재 버전"),
    "evaluate candidate": _("후보"),
}


def figure_name(code: str) -> str:
    """A figure's name; what has none is shown as it is."""
    return str(FIGURES.get(code, code))


def stage_name(code: str) -> str:
    """A stage's name, as in `후보: 답 써 보기` of `evaluate candidate: replies`."""
    return ": ".join(str(STAGES.get(part, part)) for part in code.split(": "))


def figure(value: Any) -> str:
    """A measured value as text: four digits that matter, and no minus before a zero."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("예") if value else gettext("아니요")
    return f"{value + 0.0:.4g}" if isinstance(value, float) else str(value)
