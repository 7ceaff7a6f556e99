"""`Idempotency-Key`: a request that was answered with 202 is answered the same way again."""

from anyio import CancelScope, to_thread
from starlette.requests import Request

from api.problems import Problem, bad_request
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.ports import Requests

LONGEST_NAME = 128


def name_of(request: Request) -> str | None:
    """The `Idempotency-Key` of a request, or 400 where it is no usable one."""
    sent = request.headers.get("idempotency-key")
    if not sent:
        return None
    # HTTP libraries hand headers over as latin-1; characters are counted in what was meant.
    name = sent.encode("latin-1").decode("utf-8", "replace")
    if len(name) > LONGEST_NAME or "\x00" in name:
        raise bad_request(
            f"an Idempotency-Key has at most {LONGEST_NAME} characters",
            f"Idempotency-Key 不得超过 {LONGEST_NAME} 个字符",
        )
    return name


class Idempotency:
    """The requests of one store."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    async def begin(self, key_id: str, name: str, digest: bytes, now_us: int) -> bytes | None:
        """The first answer where the same was answered; None where it is to be done now."""
        earlier = await to_thread.run_sync(self._requests.begin, key_id, name, digest, now_us)
        if earlier is None:
            return None
        if earlier.answer is None:
            raise _in_work()
        if earlier.digest != digest:
            raise _other_body()
        return earlier.answer

    async def finish(self, key_id: str, name: str, answer: bytes) -> None:
        """Keeps the answer. If that fails, so does the request: a repeat must find it."""
        await to_thread.run_sync(self._requests.finish, key_id, name, answer)

    async def abandon(self, key_id: str, name: str) -> None:
        """Forgets a request that is not answered with 202, as well as can be."""
        with CancelScope(shield=True):
            try:
                await to_thread.run_sync(self._requests.abandon, key_id, name)
            except TemporarilyUnavailable:
                # It is taken over after 30 s.
                return


def _in_work() -> Problem:
    return Problem(
        "conflict",
        "a request with this Idempotency-Key is in work: send it again in a moment",
        "同一 Idempotency-Key 的请求正在处理,请稍后重发",
        headers={"Retry-After": "1"},
    )


def _other_body() -> Problem:
    return Problem(
        "idempotency-mismatch",
        "this Idempotency-Key was used with another body; use a new one for new content",
        "该 Idempotency-Key 已用于不同的内容,新的内容请换用新的值",
    )
