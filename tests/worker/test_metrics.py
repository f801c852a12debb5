"""The worker's `/metrics`, over real HTTP: what it says of replies that went well, stopped, failed or were refused."""

import logging
import threading
import time
import urllib.request
import uuid
from types import SimpleNamespace

import pytest
from celery import Celery
from prometheus_client.parser import text_string_to_metric_families

from config.serving.embedded_redis import free_port
from inference_worker import reply_metrics, resident, tasks
from inference_worker.contracts import Sampling, attempt_key, stop_key
from inference_worker.engine import Delta
from inference_worker.generation import Outcome, write_reply
from inference_worker.reply_engine import PinnedAdapter
from inference_worker.reply_log import ReplyLog, ReplyOvertaken
from inference_worker.reply_metrics import MAX_LABELLED, ReplyMeter

GREEDY = Sampling(max_new_tokens=24, temperature=0.0, top_p=1.0, repetition_penalty=1.0)
ENGINE_FIGURES = {
    "egenteto_engine_running_replies": "gauge",
    "egenteto_engine_waiting_replies": "gauge",
    "egenteto_engine_prefilled_tokens_total": "counter",
    "egenteto_engine_generated_tokens_total": "counter",
    "egenteto_engine_prefix_hits_total": "counter",
    "egenteto_engine_prefix_misses_total": "counter",
    "egenteto_engine_reused_tokens_total": "counter",
}
REPLY_FIGURES = {
    "egenteto_time_to_first_token_seconds": "histogram",
    "egenteto_inter_token_latency_seconds": "histogram",
    "egenteto_ended_replies_total": "counter",
}
SOON = 20  # seconds; a test that waits this long has failed


class Page:
    """A worker's metrics page, read anew for every figure."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/metrics"

    def text(self) -> str:
        with urllib.request.urlopen(self._url, timeout=SOON) as response:
            return response.read().decode()

    def kinds(self) -> dict[str, str]:
        """The metrics' names and types, as Prometheus reads them; `_created` time stamps left out."""
        types = (line.split()[2:] for line in self.text().splitlines() if line.startswith("# TYPE"))
        return {name: kind for name, kind in types if not name.endswith("_created")}

    def figure(self, name: str, *labels: str) -> float | None:
        """A sample's value by its name and its labels' values, in the order of the page."""
        for family in text_string_to_metric_families(self.text()):
            for sample in family.samples:
                if sample.name == name and tuple(sample.labels.values()) == labels:
                    return sample.value
        return None

    def first_words(self, *labels: str) -> float | None:
        return self.figure("egenteto_time_to_first_token_seconds_count", *labels)

    def gaps(self, *labels: str) -> float | None:
        return self.figure("egenteto_inter_token_latency_seconds_count", *labels)

    def ended(self, persona: str, version: str, end: str) -> float | None:
        """The page sorts labels by name."""
        return self.figure("egenteto_ended_replies_total", end, persona, version)

    def busy(self) -> tuple[float | None, float | None]:
        """Running and waiting replies."""
        return self.figure("egenteto_engine_running_replies"), self.figure("egenteto_engine_waiting_replies")


@pytest.fixture(autouse=True)
def nothing_measured_yet() -> None:
    for metric in reply_metrics.REPLY_METRICS:
        metric.clear()
    reply_metrics._remembered.clear()


@pytest.fixture
def port(settings) -> int:
    settings.WORKER_METRICS_PORT = free_port()
    return settings.WORKER_METRICS_PORT


@pytest.fixture
def page_before_the_engine(port, monkeypatch):
    monkeypatch.setattr(resident, "_resident", None)
    server = tasks.serve_own_metrics()
    yield Page(port)
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(page_before_the_engine, engine, monkeypatch) -> Page:
    monkeypatch.setattr(resident, "_resident", engine)
    return page_before_the_engine


@pytest.fixture
def write(engine, redis_client, tiny_adapters):
    """Writes a reply by `egen@v1`, by a blend, or by nobody's adapter."""

    def write(*names: str, text: str = "안녕?", sampling: Sampling = GREEDY, reply_id: str = "") -> Outcome:
        log = ReplyLog(redis_client, reply_id or str(uuid.uuid4()), attempt=1)
        weight = 1 / max(len(names), 1)
        pins = [PinnedAdapter(name, tiny_adapters[name.partition("@")[0]], weight) for name in names]
        return write_reply(engine, log, [{"role": "user", "content": text}], pins, sampling)

    return write


def test_the_names_of_all_figures(page, write):
    """Dashboards and alerts of operators hang on them."""
    write("egen@v1")
    assert page.kinds() == ENGINE_FIGURES | REPLY_FIGURES


def test_replies_of_two_personas_are_told_apart(page, write):
    egen, teto = [write("egen@v1"), write("egen@v1")], write("teto@v3")
    assert page.first_words("egen", "v1") == page.ended("egen", "v1", "done") == 2
    assert page.first_words("teto", "v3") == page.ended("teto", "v3", "done") == 1
    assert 0 < page.gaps("teto", "v3") < teto.tokens
    tokens = sum(reply.tokens for reply in (*egen, teto))
    assert page.figure("egenteto_engine_generated_tokens_total") == tokens
    assert page.figure("egenteto_engine_prefilled_tokens_total") > 3
    assert page.busy() == (0, 0)


def test_two_versions_of_a_persona_are_told_apart(page, write):
    write("egen@v1")
    write("egen@v2")
    assert page.first_words("egen", "v1") == page.first_words("egen", "v2") == 1


def test_blends_share_a_label_and_the_base_has_its_own(page, write):
    write("egen@v1", "teto@v1")
    write("teto@v1", "egen@v1")
    write()
    assert page.ended("blend", "", "done") == 2
    assert page.ended("base", "", "done") == 1
    assert page.ended("egen", "v1", "done") is None


def test_the_times_of_a_reply_add_up_to_no_more_than_it_took(page, write):
    asked_at = time.monotonic()
    write("egen@v1")
    took = time.monotonic() - asked_at
    waited = page.figure("egenteto_time_to_first_token_seconds_sum", "egen", "v1")
    between = page.figure("egenteto_inter_token_latency_seconds_sum", "egen", "v1")
    assert waited > 0 and between > 0
    assert waited + between <= took


def test_a_running_reply_is_seen_while_a_step_hangs(page, write, engine, monkeypatch):
    go_on, hangs = threading.Event(), threading.Event()
    runner = engine.thread._engine._runner
    decode = runner.decode

    def hang(*args):
        hangs.set()
        go_on.wait(SOON)
        return decode(*args)

    monkeypatch.setattr(runner, "decode", hang)
    writer = threading.Thread(target=write, args=["egen@v1"])
    writer.start()
    assert hangs.wait(SOON)
    assert page.busy() == (1, 0)
    go_on.set()
    writer.join(SOON)
    assert page.busy() == (0, 0)


def test_a_failed_reply_is_counted_by_what_went_wrong_and_none_is_left_running(page, write, engine, monkeypatch):
    monkeypatch.setattr(engine.thread._engine._runner, "decode", lambda *args: 1 / 0)
    assert write("egen@v1").status == "failed"
    assert page.ended("egen", "v1", "engine") == 1
    assert page.ended("egen", "v1", "done") is None
    assert page.figure("egenteto_engine_generated_tokens_total") == 1
    assert page.busy() == (0, 0)


def test_a_stopped_reply_is_counted_and_none_is_left_running(page, write, redis_client):
    reply_id = str(uuid.uuid4())
    redis_client.set(stop_key(reply_id), "1")
    stopped = write("egen@v1", sampling=Sampling(max_new_tokens=1500, temperature=1.0), reply_id=reply_id)
    assert stopped.tokens < 1500
    assert page.ended("egen", "v1", "stopped") == 1
    assert page.figure("egenteto_engine_generated_tokens_total") == stopped.tokens
    assert page.busy() == (0, 0)


def test_a_refused_reply_is_counted_and_had_no_first_word(page, write):
    assert write("egen@v1", text="🫠" * 3000).error == "too_long"
    assert page.ended("egen", "v1", "too_long") == 1
    assert page.first_words("egen", "v1") is None
    assert page.figure("egenteto_engine_generated_tokens_total") == 0


def test_an_overtaken_attempt_leaves_the_count_to_the_one_that_overtook(page, write, redis_client):
    reply_id = str(uuid.uuid4())
    redis_client.set(attempt_key(reply_id), 2)
    with pytest.raises(ReplyOvertaken):
        write("egen@v1", reply_id=reply_id)
    assert "egenteto_ended_replies_total{" not in page.text()


def test_before_the_engine_is_loaded_its_figures_are_absent(page_before_the_engine):
    assert page_before_the_engine.kinds() == REPLY_FIGURES


def test_tokens_that_show_together_share_their_time(page):
    meter = ReplyMeter(["egen@v1"])
    meter.saw(Delta("안", tokens=3))  # three bytes of one character: nothing is known of the times between them
    meter.saw(Delta("녕", tokens=6))
    meter.saw(Delta("", tokens=7, finish="stop"))
    assert (page.first_words("egen", "v1"), page.gaps("egen", "v1")) == (1, 4)


def test_a_reply_that_never_showed_a_word_has_no_times(page):
    meter = ReplyMeter(["egen@v1"])
    meter.saw(Delta("", tokens=2, finish="cancelled"))
    assert (page.first_words("egen", "v1"), page.gaps("egen", "v1")) == (None, None)


def test_versions_long_unused_leave_the_page(page):
    for night in range(MAX_LABELLED + 3):
        for name in ("teto@v1", f"egen@v{night}"):  # teto is asked for every night and stays
            meter = ReplyMeter([name])
            meter.saw(Delta("안", tokens=1))
            meter.saw(Delta("녕", tokens=2, finish="length"))
            meter.ended("done")
    labelled = [sample.labels for family in text_string_to_metric_families(page.text()) for sample in family.samples]
    versions = {(labels["persona"], labels["version"]) for labels in labelled if "persona" in labels}
    assert versions == {("teto", "v1")} | {("egen", f"v{night}") for night in range(4, MAX_LABELLED + 3)}


def test_replies_that_are_measured_at_once_are_all_counted(page):
    def measure() -> None:
        for round_ in range(100):
            meter = ReplyMeter([f"egen@v{round_ % 5}"])
            meter.saw(Delta("안", tokens=1))
            meter.ended("done")

    threads = [threading.Thread(target=measure) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [page.first_words("egen", f"v{number}") for number in range(5)] == [160] * 5
    assert [page.ended("egen", f"v{number}", "done") for number in range(5)] == [160] * 5


def test_a_taken_port_is_named_with_its_remedy_and_the_first_worker_keeps_it(page, port, caplog):
    with caplog.at_level(logging.WARNING):
        assert tasks.serve_own_metrics() is None
    assert f"127.0.0.1:{port} cannot be used" in caplog.text
    assert "WORKER_METRICS_PORT" in caplog.text
    assert page.busy() == (0, 0)


def test_an_address_of_another_machine_is_named_too(port, settings, caplog):
    settings.ENV = {**settings.ENV, "BIND": "192.0.2.1"}
    with caplog.at_level(logging.WARNING):
        assert tasks.serve_own_metrics() is None
    assert f"192.0.2.1:{port} cannot be used" in caplog.text


def test_port_0_turns_the_page_off(settings):
    settings.WORKER_METRICS_PORT = 0
    before = threading.active_count()
    assert tasks.serve_own_metrics() is None
    assert threading.active_count() == before


@pytest.mark.parametrize(("queues", "opens"), [(["generate", "housekeeping"], True), (["train"], False)])
def test_a_worker_that_writes_replies_opens_its_page_at_the_start_and_a_trainer_opens_none(queues, opens, monkeypatch):
    opened = threading.Event()
    monkeypatch.setattr(tasks, "_load_engine", opened.set)
    worker = Celery("of the test", set_as_current=False)  # the site stays the process's application
    worker.select_queues(queues)
    tasks.load_engine_early(SimpleNamespace(app=worker))
    assert opened.wait(SOON if opens else 0.5) is opens
