"""The writing end of a reply's Redis Stream.

Deltas are collected and sent about every 50 ms, the first at once. The script below does one flush in one round trip:
it refuses an attempt that a later one has overtaken, notices when Redis lost the stream, and brings back the visitor's
wish to stop.
"""

import time

import redis

from inference_worker.contracts import (
    ALIVE_TTL_SECONDS,
    FLUSH_SECONDS,
    STREAM_MAX_ENTRIES,
    STREAM_TTL_SECONDS,
    EndStatus,
    StreamEntry,
    alive_key,
    attempt_key,
    stop_key,
    stream_key,
)

# An entry's id is made of its attempt and of where its text ends (`StreamEntry.id`), never of Redis's clock. That may
# stand back, and two entries of one millisecond may lie on either side of a flush: a reader would believe that it has
# read what it has not. What was written already (its answer was lost on the way) is not written twice.
#
# KEYS: stream, attempt, alive, stop. ARGV: attempt, offset, text, end, stream ttl, alive ttl, max entries, id.
_FLUSH = """
local newest = tonumber(redis.call('GET', KEYS[2]) or '0')
local attempt = tonumber(ARGV[1])
if attempt < newest then return 'overtaken' end
if tonumber(ARGV[2]) > 0 and (newest == 0 or redis.call('EXISTS', KEYS[1]) == 0) then return 'lost' end
redis.call('SET', KEYS[2], attempt, 'EX', ARGV[5])
redis.call('SET', KEYS[3], '1', 'EX', ARGV[6])
if ARGV[3] ~= '' or ARGV[4] ~= '' then
  local added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[7], ARGV[8],
                            'attempt', ARGV[1], 'offset', ARGV[2], 'text', ARGV[3], 'end', ARGV[4])
  if type(added) == 'table' and added.err and not string.find(added.err, 'equal or smaller') then return added end
  redis.call('EXPIRE', KEYS[1], ARGV[5])
end
if ARGV[4] ~= '' then redis.call('DEL', KEYS[3]) end
if redis.call('EXISTS', KEYS[4]) == 1 then return 'stop' end
return 'ok'
"""


class ReplyOvertaken(Exception):
    """A later attempt writes this reply now; this one must end without a word."""


class ReplyLog:
    """Collects one attempt's text and writes it to the reply's stream. Used by one thread."""

    def __init__(self, client: redis.Redis, reply_id: str, attempt: int) -> None:
        self._flush_script = client.register_script(_FLUSH)
        self._keys = [stream_key(reply_id), attempt_key(reply_id), alive_key(reply_id), stop_key(reply_id)]
        self.attempt = attempt
        self._text = ""  # everything this attempt has produced
        self._written = 0  # characters of it that Redis has
        self._flushed_at = float("-inf")
        self.stop_wanted = False

    @property
    def text(self) -> str:
        """Everything this attempt has produced so far."""
        return self._text

    def seconds_to_flush(self) -> float:
        """How long the writer may wait for more text before it should flush: not at all for the first words."""
        if self._text and not self._written:
            return 0.0
        return max(0.0, self._flushed_at + FLUSH_SECONDS - time.monotonic())

    def add(self, text: str) -> None:
        """Take a delta; it leaves with the next flush."""
        self._text += text

    def flush_if_due(self) -> None:
        """Write what has come since the last flush, if it is time; also asks whether to stop. Raises ReplyOvertaken.

        A Redis that does not answer loses nothing: the text stays here and goes with a later flush.
        """
        if self.seconds_to_flush() > 0:
            return
        self._flushed_at = time.monotonic()
        try:
            self._write(end=None)
        except redis.RedisError:
            # Its server may come back empty or not at all; the database gets the text in any case.
            return

    def close(self, end: EndStatus) -> None:
        """Write what is left and the end mark; the text must be in the database by now. Raises ReplyOvertaken."""
        try:
            self._write(end=end)
        except redis.RedisError:
            return  # readers find the finished reply in the database

    def _write(self, end: EndStatus | None) -> None:
        answer = self._send(end)
        if answer == "lost":  # Redis came back empty: tell the whole text again
            self._written = 0
            answer = self._send(end)
        if answer == "overtaken":
            raise ReplyOvertaken
        self._written = len(self._text)
        self.stop_wanted = self.stop_wanted or answer == "stop"

    def _send(self, end: EndStatus | None) -> str:
        """The script's answer: ok, stop, overtaken or lost."""
        entry = StreamEntry(self.attempt, self._written, self._text[self._written :], end)
        fields = entry.to_fields()
        entry_arguments = [fields["attempt"], fields["offset"], fields["text"], fields["end"]]
        limits = [STREAM_TTL_SECONDS, ALIVE_TTL_SECONDS, STREAM_MAX_ENTRIES]
        answer = self._flush_script(keys=self._keys, args=[*entry_arguments, *limits, entry.id])
        return answer.decode() if isinstance(answer, bytes) else answer
