"""One story: votes come in, a night trains, visitors compare the candidate, it is promoted, a visitor sees what their
vote changed and takes their consent back, the next night learns without it, and the operator rolls back."""

import json
import shutil
from pathlib import Path

import pytest
from django.urls import reverse

from inference_worker import tasks
from inference_worker.adapter_files import read_manifest
from personas.chat.models import Reply
from personas.chat.services import conversation_start, turn_send
from personas.curation.models import PreferencePair
from personas.curation.services import pairs_import
from personas.effects.models import VoteEffect
from personas.privacy.services import consent_give, consent_withdraw
from personas.ratings.canary import canary_tally
from personas.registry import shipped
from personas.registry.run_charts import charts_of
from personas.registry.selectors import alias_of, champion_for
from personas.retraining import CandidateOutcome, CandidateRequest, retrain
from personas.voting.models import Comparison, Vote
from tests.worker.conftest import crown

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_of_the_tasks", "engine"),
]

CONFIRMED = {"_form_submitted": "on"}


@pytest.fixture
def champion(egen, tiny_adapters, tmp_path):
    """egen speaks with its first version; a candidate will be compared in every fifth comparison."""
    egen.sampling, egen.canary_percent = {"max_new_tokens": 8, "temperature": 0.0}, 20
    egen.save()
    shutil.copytree(tiny_adapters["egen"], shipped.SHIPPED / "egen" / "sft")
    return crown(egen, Path(shutil.copytree(tiny_adapters["egen"], tmp_path / "v1")))


@pytest.fixture
def train(tiny_adapters):
    """A trainer of few words, whose candidate has other weights."""

    def train(request: CandidateRequest) -> CandidateOutcome:
        for step in (1, 2, 3):
            request.progress({"stage": "dpo", "step": step, "steps": 3, "loss": 0.7 / step, "reward_margin": step / 10})
        shutil.copytree(tiny_adapters["egen2"], request.output)
        return CandidateOutcome(request.output, read_manifest(request.output), {}, {"passed": True, "checks": []})

    return train


def rows_of(run) -> set[int]:
    return {json.loads(line)["pair"] for line in run.snapshot.file.read_text().splitlines()}


def test_a_vote_reaches_a_version_is_seen_withdrawn_and_unlearnt(
    client, admin_user, visit, owner, egen, champion, train, settings, tmp_path
):
    settings.MIN_TRAINING_PAIRS = 50
    # Sixty imported pairs, and one that a consenting visitor's vote made.
    lines = [
        json.dumps({"prompt": f"물음 {n}", "chosen": f"좋은 답 {n}", "rejected": f"나쁜 답 {n}"}) for n in range(60)
    ]
    pairs_import(lines=lines, persona="egen", status="approved")
    consent_give(visitor=owner)
    mine = PreferencePair.objects.create(
        persona=egen,
        visitor=owner,
        prompt=[{"role": "user", "content": "오늘 힘들었어"}],
        chosen="토닥토닥",
        rejected="그래.",
        source="vote",
        status="approved",
    )

    # The night: watched by its charts, judged, and set beside the champion.
    run = retrain(persona_slug="egen", trigger="nightly", train=train)
    assert (run.status, run.snapshot.rows, run.snapshot.sources) == ("candidate", 61, {"import": 60, "vote": 1})
    assert [chart.last for chart in charts_of(run.events.all())] == ["0.2333", "0.3"]
    assert mine.pk in rows_of(run) and champion_for(egen) == champion
    candidate = run.candidate

    # Visitors like the candidate better, and the operator promotes it.
    egen.refresh_from_db()
    for number in range(10):
        turn = turn_send(conversation=conversation_start(visitor=owner, persona=egen), text=f"안녕 {number}")
        Reply.objects.filter(turn=turn).update(status="done", text="응")
        old = Reply.objects.get(turn=turn)
        new = Reply.objects.create(turn=turn, number=2, status="done", text="그래", adapters=[[candidate.pk, 1.0]])
        comparison = Comparison.objects.create(turn=turn, reply_a=new, reply_b=old)
        Vote.objects.create(comparison=comparison, visitor=owner, choice="a")
    assert canary_tally(egen).verdict == "better"
    client.force_login(admin_user)
    client.post(reverse("admin:registry_adapterversion_promote", args=[candidate.pk]), CONFIRMED)
    tasks.greet_champion(egen.champion_moves.first().pk)
    assert champion_for(egen) == candidate and egen.champion_moves.first().seconds_to_reply > 0

    # The visitor comes back and sees what their vote changed.
    assert "내 투표 1개로 배웠어요" in visit(owner).get("/my-votes/").content.decode()
    visit(owner).post(f"/my-votes/{mine.pk}/")
    tasks.write_vote_effect(VoteEffect.objects.get().pk)
    effect = VoteEffect.objects.get()
    assert effect.before and effect.after and effect.before != effect.after
    # Two random adapters speak in scraps of the tiny vocabulary, so the page is asked for the heading alone.
    assert "전과 후 보기" not in visit(owner).get("/my-votes/").content.decode()

    # They take their consent back: nothing is shown, the operator is told, and the next night learns without it.
    consent_withdraw(visitor=owner)
    assert "오늘 힘들었어" not in visit(owner).get("/my-votes/").content.decode()
    assert "동의를 거둔 행 1개로 배웠습니다" in client.get("/admin/").content.decode()
    again = retrain(persona_slug="egen", trigger="nightly", train=train)
    assert again.snapshot.rows == 60 and mine.pk not in rows_of(again)
    assert again.status == "promoted", "nobody compares first where the champion learned from withdrawn rows"

    # The operator rolls back, past the version that had learned from them, and the next reply is the first one's.
    for _ in range(2):
        client.post(reverse("admin:registry_persona_roll_back", args=[egen.pk]), CONFIRMED)
    egen.refresh_from_db()
    reply = turn_send(conversation=conversation_start(visitor=owner, persona=egen), text="안녕?").replies.get()
    tasks.generate_reply(str(reply.pk), 1)
    reply.refresh_from_db()
    assert (reply.status, reply.adapters) == ("done", [[champion.pk, 1.0]])
    champion.persona = egen
    assert alias_of(champion) == "champion"
