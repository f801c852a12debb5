"""Requests taken in to their last byte before a thread is asked for: who sends slowly keeps a socket, and no thread."""

import tempfile

IN_MEMORY = 1_000_000  # bytes; what is longer waits in a file
PIECE = 64_000


def with_whole_requests(application):
    """The ASGI application, asked once all of a request is there. It is not asked where the sender leaves before."""

    async def answer(scope, receive, send) -> None:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            if await _is_taken_in(body, receive):
                whole = {**scope, "headers": _with_length(scope["headers"], body.tell())}
                body.seek(0)
                await application(whole, _given_again(body), send)

    return answer


async def _is_taken_in(body, receive) -> bool:
    while (message := await receive())["type"] == "http.request":
        body.write(message.get("body", b""))
        if not message.get("more_body", False):
            return True
    return False


def _with_length(headers, length: int) -> list:
    """Django's synchronous handler reads as much as they say; a request that came in chunks says nothing."""
    return [*(header for header in headers if header[0] != b"content-length"), (b"content-length", b"%d" % length)]


def _given_again(body):
    async def receive() -> dict:
        piece = body.read(PIECE)
        return {"type": "http.request", "body": piece, "more_body": len(piece) == PIECE}

    return receive
