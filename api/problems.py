"""Every answer that is no success: application/problem+json (RFC 9457), in two languages."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from starlette.responses import Response

from wuguan.domain.errors import Fault

ProblemName = Literal[
    "unauthorized",
    "forbidden",
    "not-found",
    "method-not-allowed",
    "unsupported-media-type",
    "too-large",
    "bad-request",
    "bad-query",
    "conflict",
    "alert-state",
    "last-admin-key",
    "invalid-document",
    "idempotency-mismatch",
    "too-many-requests",
    "internal-error",
    "unavailable",
]


class Kind(NamedTuple):
    """What all problems of one name share."""

    status: int
    title: str
    title_zh: str


KINDS: Mapping[ProblemName, Kind] = {
    "unauthorized": Kind(401, "No valid key", "没有有效的密钥"),
    "forbidden": Kind(403, "Not with this key", "此密钥无权进行该操作"),
    "not-found": Kind(404, "Nothing here", "没有这个地址或对象"),
    "method-not-allowed": Kind(405, "Not this method", "该地址不支持此方法"),
    "unsupported-media-type": Kind(415, "Another media type is needed", "内容类型不受支持"),
    "too-large": Kind(413, "Too large", "请求过大"),
    "bad-request": Kind(400, "The request cannot be read", "请求无法解析"),
    "bad-query": Kind(400, "The query is not valid", "查询参数有误"),
    "conflict": Kind(409, "The same request is in work", "相同请求正在处理"),
    "alert-state": Kind(409, "Not in this state of the alert", "预警目前的状态不接受此操作"),
    "last-admin-key": Kind(409, "The last admin key stays", "不能删除最后一把管理密钥"),
    "invalid-document": Kind(422, "The document is not valid", "文档内容有误"),
    "idempotency-mismatch": Kind(
        422, "Idempotency-Key used with another body", "Idempotency-Key 已用于其他内容"
    ),
    "too-many-requests": Kind(429, "Too many requests", "请求过于频繁"),
    "internal-error": Kind(500, "A fault of the server", "服务器内部错误"),
    "unavailable": Kind(503, "Not available for the moment", "服务暂时不可用"),
}


class Problem(Exception):
    """Ends a request with an answer that says what is wrong and how to mend it."""

    def __init__(
        self,
        name: ProblemName,
        detail: str,
        detail_zh: str,
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.status = KINDS[name].status
        self.detail, self.detail_zh = detail, detail_zh
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def answer(self) -> Response:
        """The problem as it is sent."""
        kind = KINDS[self.name]
        body: dict[str, object] = {
            "type": f"/docs#problem-{self.name}",
            "title": kind.title,
            "title_zh": kind.title_zh,
            "status": kind.status,
            "detail": self.detail,
            "detail_zh": self.detail_zh,
        }
        if self.errors:
            body["errors"] = self.errors
        return Response(
            msgspec.json.encode(body), kind.status, self.headers, "application/problem+json"
        )


def unauthorized() -> Problem:
    """401: no key, or none that is in force."""
    return Problem(
        "unauthorized",
        "send a key that is in force as `Authorization: Bearer <key>`",
        "请在请求头 Authorization: Bearer <密钥> 中填写有效的密钥",
        headers={"WWW-Authenticate": 'Bearer realm="wuguan"'},
    )


def forbidden(needed: str, needed_zh: str) -> Problem:
    """403: the key is in force, but not for this."""
    return Problem("forbidden", f"this needs {needed}", f"该操作需要{needed_zh}")


def not_found() -> Problem:
    """404: nothing under this address."""
    return Problem(
        "not-found",
        "there is nothing at this address; see /docs for what there is",
        "该地址不存在,可用的接口见 /docs",
    )


def method_not_allowed(allowed: str) -> Problem:
    """405: something is here, but not for this method."""
    return Problem(
        "method-not-allowed",
        f"use one of: {allowed}",
        f"请改用:{allowed}",
        headers={"Allow": allowed},
    )


def unsupported_media_type(detail: str, detail_zh: str) -> Problem:
    """415: the body says that it is something else."""
    return Problem("unsupported-media-type", detail, detail_zh)


def too_large(detail: str, detail_zh: str) -> Problem:
    """413: more bytes or events than one request may carry."""
    return Problem("too-large", detail, detail_zh)


def bad_request(detail: str, detail_zh: str) -> Problem:
    """400: the body cannot be read."""
    return Problem("bad-request", detail, detail_zh)


def bad_query(errors: Sequence[Fault]) -> Problem:
    """400: the parameters, with every fault found."""
    return Problem(
        "bad-query",
        "mend the parameters listed in `errors`",
        "请按 errors 中所列逐项改正参数",
        errors=errors,
    )


def invalid_document(errors: Sequence[Fault]) -> Problem:
    """422: a document that is refused whole, with every fault found."""
    return Problem(
        "invalid-document",
        "nothing was changed; mend what `errors` lists and send the whole document again",
        "未作任何更改;请按 errors 中所列逐项改正后重新提交整份文档",
        errors=errors,
    )


def too_many_requests(retry_after_seconds: int) -> Problem:
    """429: above the limit of the key."""
    return Problem(
        "too-many-requests",
        f"send the same request again after {retry_after_seconds} s; put more events into one",
        f"请在 {retry_after_seconds} 秒后重发同一请求;可将多条事件合并到一次请求中",
        headers={"Retry-After": str(retry_after_seconds)},
    )


def unavailable(retry_after_seconds: int) -> Problem:
    """503: not confirmed; the same request may be sent again."""
    return Problem(
        "unavailable",
        f"nothing is confirmed; send the same request again after {retry_after_seconds} s,"
        " which is harmless",
        f"本次请求未获确认;请在 {retry_after_seconds} 秒后原样重发,重复发送没有影响",
        headers={"Retry-After": str(retry_after_seconds)},
    )


def internal_error() -> Problem:
    """500: ours to mend; what happened is in the log, not in the answer."""
    return Problem(
        "internal-error",
        "the fault is on the server's side and was logged; send the request again later",
        "服务器内部出错,已记入日志;请稍后重试",
    )
