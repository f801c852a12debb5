"""A test (its questions, answers and result types) and one visitor's walk through it."""

import secrets

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quiz.scoring import Kind
from quiz.wording import shown


class Quiz(models.Model):
    """A test. Its content is loaded from `content/*.json` and then edited in the admin."""

    slug = models.SlugField(_("주소 이름"), unique=True)
    title = models.CharField(_("제목"), max_length=80)
    title_en = models.CharField(_("제목 (영어)"), max_length=160, blank=True, default="")
    tagline = models.CharField(_("한 줄 소개"), max_length=160)
    tagline_en = models.CharField(_("한 줄 소개 (영어)"), max_length=320, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("순서"), default=0)
    is_published = models.BooleanField(_("공개"), default=True)
    shown_title = shown("title")
    shown_tagline = shown("tagline")

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("테스트")
        verbose_name_plural = _("테스트")

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """One screen of a test. Retired ones stay for the walks that were given them."""

    quiz = models.ForeignKey(Quiz, verbose_name=_("테스트"), on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(_("이름표"), help_text=_("파일에서 다시 읽을 때 이 이름표로 같은 질문을 찾습니다."))
    scene = models.CharField(_("상황"), max_length=160)
    scene_en = models.CharField(_("상황 (영어)"), max_length=320, blank=True, default="")
    text = models.CharField(_("질문"), max_length=160)
    text_en = models.CharField(_("질문 (영어)"), max_length=320, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("순서"), default=0)
    is_active = models.BooleanField(_("사용"), default=True)
    shown_scene = shown("scene")
    shown_text = shown("text")

    class Meta:
        ordering = ["quiz", "position"]
        constraints = [models.UniqueConstraint(fields=["quiz", "key"], name="one_question_per_key")]
        verbose_name = _("질문")
        verbose_name_plural = _("질문")

    def __str__(self) -> str:
        return self.scene


class WordingTrial(models.Model):
    """A second wording of a question, given to every other visitor until curators know which one is better.

    Once it has begun neither wording changes; `first` is what the question itself said then, field by field.
    `figures` is what `trials.report.build_trial_report` returns.
    """

    class Stage(models.TextChoices):
        DRAFT = "draft", _("준비 중")
        RUNNING = "running", _("시험 중")
        ENDED = "ended", _("끝남")
        TAKEN_OVER = "taken-over", _("바꿔 넣음")

    question = models.ForeignKey(Question, verbose_name=_("질문"), on_delete=models.CASCADE, related_name="trials")
    scene = models.CharField(_("상황"), max_length=160)
    scene_en = models.CharField(_("상황 (영어)"), max_length=320, blank=True, default="")
    text = models.CharField(_("질문"), max_length=160)
    text_en = models.CharField(_("질문 (영어)"), max_length=320, blank=True, default="")
    planned_takers = models.PositiveIntegerField(
        _("판단에 쓸 사람 수"),
        default=400,
        validators=[MinValueValidator(100), MaxValueValidator(4000)],
        help_text=_(
            "두 문구를 받은 사람을 더한 수입니다. 좋아 보이는 순간에 멈추지 않도록, 이만큼 답한 뒤에만 판단합니다."
        ),
    )
    first = models.JSONField(_("첫째 문구"), default=dict, editable=False)
    started_at = models.DateTimeField(_("켠 때"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("끈 때"), null=True, blank=True, editable=False)
    is_taken_over = models.BooleanField(_("바꿔 넣음"), default=False, editable=False)
    figures = models.JSONField(_("수치"), default=dict, editable=False)
    counted_at = models.DateTimeField(_("센 때"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(started_at__isnull=False, ended_at=None),
                name="one_running_trial_per_question",
            )
        ]
        verbose_name = _("문구 시험")
        verbose_name_plural = _("문구 시험")

    def __str__(self) -> str:
        return self.scene

    @property
    def stage(self) -> Stage:
        """Where it is between being written and being decided."""
        if self.is_taken_over:
            return self.Stage("taken-over")
        if self.started_at is None:
            return self.Stage("draft")
        return self.Stage("running" if self.ended_at is None else "ended")


class Answer(models.Model):
    """One way to answer a question, with what it adds to each axis."""

    question = models.ForeignKey(Question, verbose_name=_("질문"), on_delete=models.CASCADE, related_name="answers")
    key = models.SlugField(_("이름표"))
    text = models.CharField(_("답"), max_length=160)
    text_en = models.CharField(_("답 (영어)"), max_length=320, blank=True, default="")
    egen = models.PositiveSmallIntegerField(_("에겐 점수"), default=0)
    teto = models.PositiveSmallIntegerField(_("테토 점수"), default=0)
    position = models.PositiveSmallIntegerField(_("순서"), default=0)
    is_active = models.BooleanField(_("사용"), default=True)
    shown_text = shown("text")

    class Meta:
        ordering = ["question", "position"]
        constraints = [models.UniqueConstraint(fields=["question", "key"], name="one_answer_per_key")]
        verbose_name = _("답")
        verbose_name_plural = _("답")

    def __str__(self) -> str:
        return self.text


# The fields of a type that hold one item a line.
LISTS = ("strengths", "blind_spots", "how_they_talk", "how_to_talk", "lines")


class ResultType(models.Model):
    """What a test says about one of the five kinds. Lists are text with one item a line, for easy editing."""

    quiz = models.ForeignKey(Quiz, verbose_name=_("테스트"), on_delete=models.CASCADE, related_name="types")
    kind = models.CharField(_("갈래"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("이름"), max_length=40)
    name_en = models.CharField(_("이름 (영어)"), max_length=60, blank=True, default="")
    headline = models.CharField(_("한마디"), max_length=120)
    headline_en = models.CharField(_("한마디 (영어)"), max_length=240, blank=True, default="")
    description = models.TextField(_("설명"))
    description_en = models.TextField(_("설명 (영어)"), blank=True, default="")
    strengths = models.TextField(_("강점"), help_text=_("한 줄에 하나씩"))
    strengths_en = models.TextField(_("강점 (영어)"), blank=True, default="")
    blind_spots = models.TextField(_("사각지대"), help_text=_("한 줄에 하나씩"))
    blind_spots_en = models.TextField(_("사각지대 (영어)"), blank=True, default="")
    how_they_talk = models.TextField(_("말버릇"), help_text=_("한 줄에 하나씩"))
    how_they_talk_en = models.TextField(_("말버릇 (영어)"), blank=True, default="")
    how_to_talk = models.TextField(_("대화법"), blank=True, default="", help_text=_("한 줄에 하나씩"))
    how_to_talk_en = models.TextField(_("대화법 (영어)"), blank=True, default="")
    lines = models.TextField(_("이런 사람"), blank=True, default="", help_text=_("한 줄에 하나씩"))
    lines_en = models.TextField(_("이런 사람 (영어)"), blank=True, default="")
    best_match = models.CharField(_("잘 맞는 갈래"), max_length=12, choices=Kind.choices)
    best_match_reason = models.CharField(_("잘 맞는 까닭"), max_length=200)
    best_match_reason_en = models.CharField(_("잘 맞는 까닭 (영어)"), max_length=400, blank=True, default="")
    worst_match = models.CharField(_("부딪히는 갈래"), max_length=12, choices=Kind.choices, blank=True, default="")
    worst_match_reason = models.CharField(_("부딪히는 까닭"), max_length=200, blank=True, default="")
    worst_match_reason_en = models.CharField(_("부딪히는 까닭 (영어)"), max_length=400, blank=True, default="")
    shown_name = shown("name")
    shown_headline = shown("headline")
    shown_description = shown("description")
    shown_strengths = shown("strengths")
    shown_blind_spots = shown("blind_spots")
    shown_how_they_talk = shown("how_they_talk")
    shown_how_to_talk = shown("how_to_talk")
    shown_lines = shown("lines")
    shown_best_match_reason = shown("best_match_reason")
    shown_worst_match_reason = shown("worst_match_reason")

    class Meta:
        ordering = ["quiz", "id"]
        constraints = [models.UniqueConstraint(fields=["quiz", "kind"], name="one_type_per_kind")]
        verbose_name = _("결과 유형")
        verbose_name_plural = _("결과 유형")

    def __str__(self) -> str:
        return self.name


class TypePair(models.Model):
    """What a test says about two people of these kinds; the kind nearer to egen comes first."""

    quiz = models.ForeignKey(Quiz, verbose_name=_("테스트"), on_delete=models.CASCADE, related_name="pairs")
    first = models.CharField(_("갈래"), max_length=12, choices=Kind.choices)
    second = models.CharField(_("다른 갈래"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("제목"), max_length=80)
    title_en = models.CharField(_("제목 (영어)"), max_length=160, blank=True, default="")
    analysis = models.TextField(_("풀이"))
    analysis_en = models.TextField(_("풀이 (영어)"), blank=True, default="")
    shines = models.CharField(_("둘이 함께면"), max_length=200)
    shines_en = models.CharField(_("둘이 함께면 (영어)"), max_length=400, blank=True, default="")
    promise = models.CharField(_("약속 하나"), max_length=200)
    promise_en = models.CharField(_("약속 하나 (영어)"), max_length=400, blank=True, default="")
    shown_title = shown("title")
    shown_analysis = shown("analysis")
    shown_shines = shown("shines")
    shown_promise = shown("promise")

    class Meta:
        ordering = ["quiz", "id"]
        constraints = [models.UniqueConstraint(fields=["quiz", "first", "second"], name="one_text_per_pair_of_kinds")]
        verbose_name = _("궁합 풀이")
        verbose_name_plural = _("궁합 풀이")

    def __str__(self) -> str:
        return self.title


class Attempt(models.Model):
    """One visitor's walk through a test, from the start button to the result.

    `order` is what this visitor was given, shuffled once and kept: `[[question id, [answer id, ...]], ...]`.
    `wordings` keeps the words themselves where two wordings are tried:
    `{question id: {"trial": id, "second": bool, "words": {"scene", "scene_en", "text", "text_en"}}}`.
    """

    quiz = models.ForeignKey(Quiz, verbose_name=_("테스트"), on_delete=models.CASCADE, related_name="attempts")
    visitor_id = models.UUIDField(_("방문자"))
    order = models.JSONField(_("차례"))
    wordings = models.JSONField(_("문구"), default=dict, blank=True)
    started_at = models.DateTimeField(_("시작"), auto_now_add=True)
    invited_by = models.ForeignKey(
        "Result", verbose_name=_("초대한 결과"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(
        "Team", verbose_name=_("초대한 모임"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("끝"), null=True, blank=True, help_text=_("결과가 나왔거나 처음부터 다시 한 때"))

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["visitor_id", "quiz"], name="attempts_of_a_visitor")]
        # Two taps on the start button find one open walk: the database refuses the second.
        constraints = [
            models.UniqueConstraint(fields=["visitor_id", "quiz"], condition=Q(ended_at=None), name="one_open_attempt")
        ]
        verbose_name = _("응시")
        verbose_name_plural = _("응시")

    def __str__(self) -> str:
        return f"{self.quiz_id}/{str(self.visitor_id)[:8]}"


class Choice(models.Model):
    """The answer a visitor stands by for one question; a second tap replaces the first."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="choices")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")
    first_chosen_at = models.DateTimeField(auto_now_add=True)
    chosen_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "question"], name="one_choice_per_question")]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.answer_id}"


def new_token() -> str:
    """96 random bits: a link to a result is found only by those who were given it."""
    return secrets.token_urlsafe(12)


class Result(models.Model):
    """What one walk came to, fixed when it ended: later edits of the test leave it as it was."""

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    attempt = models.OneToOneField(Attempt, verbose_name=_("응시"), on_delete=models.CASCADE)
    type = models.ForeignKey(ResultType, verbose_name=_("유형"), on_delete=models.PROTECT, related_name="results")
    egen_points = models.PositiveSmallIntegerField(_("에겐 점수"))
    teto_points = models.PositiveSmallIntegerField(_("테토 점수"))
    egen_percent = models.PositiveSmallIntegerField(_("에겐 %"))
    is_counted = models.BooleanField(
        _("통계에 포함"), default=True, help_text=_("사람이 읽을 수 없는 속도로 끝난 응시는 통계에서 빠집니다.")
    )
    created_at = models.DateTimeField(_("나온 때"), auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        # For the counts of all time and of today, which read the index alone.
        indexes = [
            models.Index(fields=["is_counted", "type"], name="results_by_type"),
            models.Index(fields=["is_counted", "created_at", "type"], name="results_by_day"),
        ]
        verbose_name = _("결과")
        verbose_name_plural = _("결과")

    def __str__(self) -> str:
        return f"{self.type} {self.egen_percent}%"

    @property
    def teto_percent(self) -> int:
        """The other share; the two sum to 100."""
        return 100 - self.egen_percent


class Match(models.Model):
    """Two people's results side by side, behind a link of their own. It goes when either result does."""

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    earlier = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="matches_with_later")
    later = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="matches_with_earlier")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        # Whoever opens whose link: two results have one match.
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="one_match_per_two_results"),
            models.CheckConstraint(condition=Q(earlier__lt=models.F("later")), name="the_earlier_result_first"),
        ]

    def __str__(self) -> str:
        return f"match {self.pk}"


class Team(models.Model):
    """People who look at their places on one map, behind a link. It goes with the result of whoever made it."""

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=24)
    made_by = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="teams_made")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"team {self.pk}"


class Member(models.Model):
    """One visitor's place in a team, under a nickname that is known there alone."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="+")
    visitor_id = models.UUIDField()
    nickname = models.CharField(max_length=12)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "visitor_id"], name="one_place_per_visitor"),
            models.UniqueConstraint(fields=["team", "nickname"], name="one_member_per_nickname"),
        ]

    def __str__(self) -> str:
        return f"member {self.pk}"


class ItemReport(models.Model):
    """How the questions of a test measure, counted anew by a housekeeping task: pages only look it up.

    `figures` is what `item_report.build_report` returns.
    """

    quiz = models.OneToOneField(Quiz, verbose_name=_("테스트"), on_delete=models.CASCADE, related_name="item_report")
    figures = models.JSONField(_("수치"))
    made_at = models.DateTimeField(_("센 때"), auto_now=True)

    class Meta:
        ordering = ["quiz__position", "quiz__slug"]
        verbose_name = _("문항 통계")
        verbose_name_plural = _("문항 통계")

    def __str__(self) -> str:
        return str(self.quiz)
