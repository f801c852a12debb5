"""OpenAI's protocol as a dozen servers speak it: what it lets be is passed over, what is broken says so."""

import json

import pytest

from inference_worker.contracts import Sampling
from tests.worker.openai_servers import Connection, ScriptedServer, engine_at

SOON = 20
CHAT = [{"role": "user", "content": "안녕?"}]
SAID = "안녕, 반가워."


@pytest.fixture
def server():
    server = ScriptedServer()
    yield server
    server.stop()


@pytest.fixture
def engine(server, tiny_base):
    with engine_at(server.url, tiny_base) as engine:
        yield engine


def chunk(text: str = "", finish: str | None = None, **more) -> str:
    delta = {"content": text} if text else {}
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': delta, 'finish_reason': finish}], **more})}\n\n"


WORDS = chunk("안녕") + chunk(", 반가워.")
DONE = "data: [DONE]\n\n"
PARTS = json.dumps({"choices": [{"delta": {"content": [{"type": "text", "text": ", 반가워."}]}}]})
STREAMS = {
    "comments": ": hello\n\n" + chunk("안녕") + ": PROCESSING\n\n: again\n\n" + chunk(", 반가워.", "stop") + DONE,
    "choices that are null": 'data: {"choices": null}\n\ndata: {"choices": [null]}\n\n' + WORDS + chunk("", "stop"),
    "lines as Windows ends them": (WORDS + chunk("", "stop") + DONE).replace("\n", "\r\n"),
    "the end called eos": WORDS + chunk("", "eos") + DONE,
    "the end called eos_token": WORDS + chunk("", "eos_token") + DONE,
    "an end nobody has heard of": WORDS + chunk("", "natural_end") + DONE,
    "no end but the stream's": WORDS + DONE,
    "no mark of the stream's end": WORDS + chunk("", "stop"),
    "words after the end": chunk("안녕") + chunk("", "stop") + chunk(", 반가워.") + DONE,
    "events of other kinds": "event: ping\ndata: still here\n\n" + WORDS + "event: usage\ndata: 7\n\n" + DONE,
    "events of nothing": "data:\n\nid: 7\n\nretry: 10\n\ndata: null\n\n" + WORDS + DONE,
    "an error that is none": chunk("안녕", error=None) + chunk(", 반가워.", "stop", error=None) + DONE,
    "content in parts": chunk("안녕") + f"data: {PARTS}\n\n" + DONE,
}


def streaming(stream: str):
    def answer(connection: Connection) -> None:
        connection.begin()
        connection.send(stream.encode())
        connection.end()

    return answer


@pytest.mark.parametrize("what", STREAMS)
def test_a_reply_arrives_whole_in_spite_of(server, engine, what):
    server.chat(streaming(STREAMS[what]))
    result = engine.submit(CHAT, [], Sampling()).result(SOON)
    assert (result.text, result.finish, result.error) == (SAID, "stop", None)


@pytest.mark.parametrize("reason", ["length", "max_tokens", "model_length"])
def test_the_mark_of_the_streams_end_does_not_hide_that_a_reply_was_cut(server, engine, reason):
    server.chat(streaming(WORDS + chunk("", reason) + DONE))
    assert engine.submit(CHAT, [], Sampling()).result(SOON).finish == "length"


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (WORDS, "before the reply's end"),
        (WORDS + chunk("", "content_filter") + DONE, "content_filter"),
        (WORDS + 'event: error\ndata: {"message": "engine is full"}\n\n' + DONE, "engine is full"),
        (WORDS + 'data: {"error": {"message": "engine is full"}}\n\n' + DONE, "engine is full"),
        (WORDS + 'data: {"choices": [{"delta": {"content": 7}}]}\n\n' + DONE, "no chunk"),
        (WORDS + f"data: {'[' * 100_000}\n\n", "no chunk"),
    ],
)
def test_what_is_really_broken_fails_with_its_reason(server, engine, stream, words):
    server.chat(streaming(stream))
    result = engine.submit(CHAT, [], Sampling()).result(SOON)
    assert (result.text, result.finish) == (SAID, "failed") and words in str(result.error)


def test_a_whole_answer_instead_of_a_stream_is_the_reply(server, engine):
    def answer(connection: Connection) -> None:
        whole = {"choices": [{"message": {"role": "assistant", "content": SAID}, "finish_reason": "stop"}]}
        content = json.dumps(whole).encode()
        connection.send_response(200)
        connection.send_header("content-type", "application/json")
        connection.send_header("content-length", str(len(content)))
        connection.end_headers()
        connection.wfile.write(content)

    server.chat(answer)
    result = engine.submit(CHAT, [], Sampling()).result(SOON)
    assert (result.text, result.finish) == (SAID, "stop")


def strict_about(*fields: str):
    """A server that refuses the first of these fields which a request has, as FastAPI says it."""

    def answer(connection: Connection) -> None:
        for field in fields:
            if field in connection.body:
                detail = [{"loc": ["body", field], "msg": "Extra inputs are not permitted", "input": connection.body}]
                return connection.refuse(422, {"object": "error", "message": {"detail": detail}})
        return streaming(WORDS + chunk("", "stop"))(connection)

    return answer


@pytest.mark.parametrize("fields", [("stream_options",), ("seed",), ("seed", "stream_options", "top_k")])
def test_an_optional_field_that_a_server_refuses_is_left_out_from_then_on(server, engine, fields):
    server.chat(strict_about(*fields))
    results = [engine.submit(CHAT, [], Sampling(top_k=20, seed=7)).result(SOON) for _ in range(2)]
    assert [(result.text, result.finish) for result in results] == [(SAID, "stop")] * 2
    first, *between, last = (body.keys() for _, body in server.asked)
    assert len(between) == len(fields)
    assert first - last == set(fields)


def test_a_field_whose_loss_does_not_help_is_sent_again(server, engine):
    server.chat(lambda connection: connection.refuse(400, {"error": {"message": "seed and all else is wrong"}}))
    assert "all else is wrong" in str(engine.submit(CHAT, [], Sampling(seed=7)).result(SOON).error)
    server.chat(streaming(WORDS + chunk("", "stop")))
    assert engine.submit(CHAT, [], Sampling(seed=7)).result(SOON).error is None
    assert server.asked[-1][1]["seed"] == 7


def test_a_field_that_every_server_must_know_is_never_left_out(server, engine):
    server.chat(strict_about("max_tokens"))
    assert engine.submit(CHAT, [], Sampling()).result(SOON).finish == "failed"
    assert len(server.asked) == 1
