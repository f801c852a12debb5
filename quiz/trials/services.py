"""Everything that writes trials of wordings: switching one on and off, and keeping the better wording."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quiz.errors import TrialRefused
from quiz.models import Question, Quiz, WordingTrial
from quiz.trials.selectors import running_trials, words_of


@transaction.atomic
def trial_start(*, trial: WordingTrial) -> None:
    """Give the second wording to every other visitor from now on; one that was switched off goes on.

    Raises TrialRefused where there is nothing to tell apart: the wordings are alike, another trial of the question
    runs, or a wording is no longer what it was when the trial began.
    """
    locked = WordingTrial.objects.select_for_update().select_related("question").get(pk=trial.pk)
    first = words_of(locked.question)
    if locked.is_taken_over:
        raise TrialRefused(_("이미 질문에 바꿔 넣은 문구입니다. 새 문구를 적어 새로 시험하세요."))
    if first == words_of(locked):
        raise TrialRefused(_("두 문구가 똑같습니다. 둘째 문구를 다르게 적으세요."))
    if locked.started_at and locked.first != first:
        raise TrialRefused(_("시험하는 동안 질문의 문구가 바뀌었습니다. 앞의 답과 섞이지 않도록 새로 시험하세요."))
    locked.first, locked.started_at, locked.ended_at = first, locked.started_at or timezone.now(), None
    try:
        with transaction.atomic():
            locked.save(update_fields=["first", "started_at", "ended_at"])
    except IntegrityError as error:
        raise TrialRefused(_("이 질문은 다른 문구를 시험하고 있습니다. 그 시험을 먼저 끄세요.")) from error


def trial_end(*, trial: WordingTrial) -> None:
    """Give everybody the question's own wording again. Walks already begun keep theirs. Raises TrialRefused."""
    if not running_trials().filter(pk=trial.pk).update(ended_at=timezone.now()):
        raise TrialRefused(_("켜져 있지 않은 시험입니다."))


def trials_end(*, quiz: Quiz) -> None:
    """End whatever is tried in this test, since its wordings are about to change."""
    running_trials().filter(question__quiz=quiz).update(ended_at=timezone.now())


@transaction.atomic
def trial_take_over(*, trial: WordingTrial) -> None:
    """Make the second wording the question's own; the first stays with the trial.

    Raises TrialRefused while it runs, and where it was never tried.
    """
    locked = WordingTrial.objects.select_for_update().get(pk=trial.pk)
    if locked.stage != WordingTrial.Stage.ENDED:
        raise TrialRefused(_("켰다가 끈 시험의 문구만 바꿔 넣을 수 있습니다."))
    Question.objects.filter(pk=locked.question_id).update(**words_of(locked))
    locked.is_taken_over = True
    locked.save(update_fields=["is_taken_over"])
