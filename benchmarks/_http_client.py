"""A small HTTP/1.1 client that keeps its connection: a library's would need more of the core than the server does."""

import asyncio
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Browser:
    """One visitor: a connection and cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, **headers: str) -> Answer:
        return await self._ask("GET", path, b"", headers)

    async def post(self, path: str, data: dict[str, str], **headers: str) -> Answer:
        form = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.cookies.get("csrftoken", "")}
        return await self._ask("POST", path, urlencode(data).encode(), form | headers)

    def close(self) -> None:
        if self._writer:
            self._writer.close()

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        lines += [f"Cookie: {cookie}"] if cookie else []
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return await self._read()

    async def _read(self) -> Answer:
        assert self._reader
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(head.split(" ", 2)[1])
        pairs = re.findall(r"^([\w-]+): (.*?)\r$", head, re.MULTILINE)
        headers = {name.lower(): value for name, value in pairs}
        for name, value in pairs:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        if headers.get("transfer-encoding") == "chunked":
            return Answer(status, headers, await self._read_chunks())
        return Answer(status, headers, await self._reader.readexactly(int(headers.get("content-length", 0))))

    async def _read_chunks(self) -> bytes:
        assert self._reader
        body = b""
        while size := int((await self._reader.readline()).strip(), 16):
            body += await self._reader.readexactly(size)
            await self._reader.readline()
        await self._reader.readline()
        return body
