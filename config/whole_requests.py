"""Requests taken in to their last byte before a thread is asked for: who sends slowly keeps a socket, and no thread.

How much may come, and for how long, is bounded by what a page can need: nobody fills the disk with a body without end.
"""

import asyncio
import tempfile

IN_MEMORY = 1_000_000  # bytes; what is longer waits in a file
PIECE = 64_000
KB, MB = 1024, 1024 * 1024
# Bytes that a request may bring, by the beginning of its path; the first that fits counts.
LARGEST_BODIES = (
    ("/admin/curation/preferencepair/import/", 21 * MB),  # a file of 20 MB, and the form around it
    ("/admin/", 2 * MB),  # a list's thousands of ticks
    ("/", 64 * KB),
)
BODY_SECONDS = 60.0

_TOO_LARGE = "보낸 내용이 너무 큽니다. 나누어서 보내 주세요. / That is too much at once; send it in parts.\n"
_TOO_SLOW = "보내는 데 너무 오래 걸렸습니다. 다시 보내 주세요. / That took too long; send it again.\n"


class BodyTooLarge(Exception):
    """More came than this path takes."""


def with_whole_requests(application):
    """The ASGI application, asked once all of a request is there. It is not asked where the sender leaves before."""

    async def answer(scope, receive, send) -> None:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    is_whole = await _is_taken_in(body, receive, largest_body(scope["path"]))
            except BodyTooLarge:
                await _refuse(send, 413, _TOO_LARGE)
            except TimeoutError:
                await _refuse(send, 408, _TOO_SLOW)
            else:
                if is_whole:
                    whole = {**scope, "headers": _with_length(scope["headers"], body.tell())}
                    body.seek(0)
                    await application(whole, _given_again(body), send)

    return answer


def largest_body(path: str) -> int:
    """How many bytes a request to this path may bring."""
    return next((most for beginning, most in LARGEST_BODIES if path.startswith(beginning)), 0)


async def _is_taken_in(body, receive, most: int) -> bool:
    while (message := await receive())["type"] == "http.request":
        body.write(message.get("body", b""))
        if body.tell() > most:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return True
    return False


async def _refuse(send, status: int, words: str) -> None:
    """Say why, and end the connection: the rest of the body is on its way and nobody will read it."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})


def _with_length(headers, length: int) -> list:
    """Django's synchronous handler reads as much as they say; a request that came in chunks says nothing."""
    return [*(header for header in headers if header[0] != b"content-length"), (b"content-length", b"%d" % length)]


def _given_again(body):
    async def receive() -> dict:
        piece = body.read(PIECE)
        return {"type": "http.request", "body": piece, "more_body": len(piece) == PIECE}

    return receive
