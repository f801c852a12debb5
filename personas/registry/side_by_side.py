"""Two versions answer the same prompts: asked for in the admin, written by the worker."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from config.celery import app as celery
from inference_worker import contracts
from moderation.composing import composed
from personas.registry.models import AdapterVersion, SideBySide
from personas.registry.services import ChampionRefused

MAX_PROMPTS = 20
MAX_CHARACTERS = 1000


@transaction.atomic
def side_by_side_request(
    *, first: AdapterVersion, second: AdapterVersion, prompts: Iterable[str], by: User | None = None
) -> SideBySide:
    """Have two versions answer these prompts, in the worker.

    Raises ChampionRefused where they are for different bases, or the prompts are none or too many. Raises kombu's
    OperationalError, and keeps nothing, where Redis is away.
    """
    asked = [composed(text).strip()[:MAX_CHARACTERS] for text in prompts if text.strip()]
    if not 0 < len(asked) <= MAX_PROMPTS:
        raise ChampionRefused(_("물음을 한 줄에 하나씩, 1개에서 {most}개까지 적어 주세요.").format(most=MAX_PROMPTS))
    if first.base_hash != second.base_hash:
        raise ChampionRefused(_("기반 모델이 서로 다른 버전은 함께 답할 수 없습니다."))
    made = SideBySide.objects.create(first=first, second=second, prompts=asked, by=by)
    transaction.on_commit(lambda: celery.send_task(contracts.SIDE_BY_SIDE, args=[made.pk], retry=False))
    return made


def side_by_side_waiting(*, pk: int) -> SideBySide | None:
    """For the worker: what is still to be answered. None where another worker was quicker."""
    waiting = SideBySide.objects.select_related("first__persona", "second__persona")
    return waiting.filter(pk=pk, status=SideBySide.Status.QUEUED).first()


def side_by_side_answer(*, side_by_side: SideBySide, replies: tuple[str, str]) -> None:
    """Keep the next prompt's two replies; with the last ones it is done."""
    side_by_side.replies.append(list(replies))
    if len(side_by_side.replies) == len(side_by_side.prompts):
        side_by_side.status = SideBySide.Status.DONE
    side_by_side.save(update_fields=["replies", "status"])


def side_by_side_fail(*, side_by_side: SideBySide, error: str) -> None:
    """It could not be written; the error says why."""
    side_by_side.status, side_by_side.error = SideBySide.Status.FAILED, error
    side_by_side.save(update_fields=["status", "error"])
