"""`/v1/keys`: issuing keys, listing them, ending them. A key is shown once and kept as a hash."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.authentication import Authentication, digest_of
from api.dependencies import Clock
from api.documents import read_document
from api.problems import Problem, invalid_document, not_found
from wuguan.domain import faults
from wuguan.domain.errors import Fault
from wuguan.domain.forms import SCHOOL_ID, UNIT_ID, whole
from wuguan.domain.instants import china_datetime
from wuguan.ports import ApiKey, Keys, Scope

LIMIT_BYTES = 64 * 1024
LONGEST_LABEL = 200
_SCOPES: tuple[Scope, ...] = get_args(Scope)
_OF: dict[Scope, tuple[str, str] | None] = {
    "ingest": ("school_id", SCHOOL_ID),
    "read": ("unit_id", UNIT_ID),
    "follow": ("unit_id", UNIT_ID),
    "admin": None,
}


@dataclass(frozen=True)
class IssuedKeys:
    """The keys of one store."""

    keys: Keys
    authentication: Authentication
    clock: Clock

    async def issue_or_show(self, request: Request) -> Response:
        """`POST` or `GET`: one route, so that 405 names both."""
        return await (self.issue(request) if request.method == "POST" else self.show_all(request))

    async def issue(self, request: Request) -> Response:
        """`POST`: makes a key and shows it this once."""
        await self.authentication.allow(request, "admin")
        document = await read_document(request, LIMIT_BYTES)
        scope, unit_id, label = _wanted(document)
        key, secret = new_key(scope, unit_id, label, self.clock())
        digest = digest_of(secret)
        await to_thread.run_sync(self.keys.add, key, digest)
        self.authentication.forget_unknown(digest)
        return Response(
            msgspec.json.encode({"key_id": key.key_id, "key": secret}),
            201,
            {"Cache-Control": "no-store"},
            "application/json",
        )

    async def show_all(self, request: Request) -> Response:
        """`GET`: all keys in force, without their secrets."""
        await self.authentication.allow(request, "admin")
        keys = await to_thread.run_sync(self.keys.list)
        page = {"rows": [_shown(key) for key in keys], "next": None}
        return Response(msgspec.json.encode(page), media_type="application/json")

    async def end(self, request: Request) -> Response:
        """`DELETE`: the key is refused from now on."""
        await self.authentication.allow(request, "admin")
        key_id: str = request.path_params["key_id"]
        await to_thread.run_sync(self._delete, key_id)
        self.authentication.forget(key_id)
        return Response(status_code=204)

    def _delete(self, key_id: str) -> None:
        keys = self.keys.list()
        if not any(key.key_id == key_id for key in keys):
            raise not_found()
        if [key.key_id for key in keys if key.scope == "admin"] == [key_id]:
            raise Problem(
                "last-admin-key",
                "without it nobody could issue another: issue a second admin key first",
                "删除后将无人能再发放密钥,请先发放另一把管理密钥",
            )
        self.keys.delete(key_id)


def new_key(scope: Scope, unit_id: str | None, label: str, now_us: int) -> tuple[ApiKey, str]:
    """A key, and the secret that is shown once."""
    key_id = secrets.token_hex(8)
    secret = f"wg_{key_id}_{secrets.token_urlsafe(32)}"
    return ApiKey(key_id, scope, unit_id, label, now_us), secret


def _wanted(document: Any) -> tuple[Scope, str | None, str]:
    """What key to make, or 422 with every fault."""
    if not isinstance(document, dict):
        raise invalid_document([_object_wanted()])
    found: list[Fault] = []
    scope = next((scope for scope in _SCOPES if scope == document.get("scope")), None)
    if "scope" not in document:
        found.append(faults.missing("/scope"))
    elif scope is None:
        found.append(faults.out_of_words("/scope", _SCOPES))
    of = _OF[scope] if scope else None
    unit_id = _unit_id(document, of, found)
    label = _label(document, found)
    if scope is not None:
        found += _unknown(document, ["scope", "label", *([of[0]] if of else [])])
    if found:
        raise invalid_document(found)
    assert scope is not None, "a fault ends the request"
    return scope, unit_id, label


def _unit_id(
    document: dict[str, Any], of: tuple[str, str] | None, found: list[Fault]
) -> str | None:
    if of is None:
        return None
    name, form = of
    value = document.get(name)
    if value is None:
        found.append(faults.missing(f"/{name}"))
    elif not isinstance(value, str):
        found.append(faults.wrong_type(f"/{name}", "a string", "字符串"))
    elif whole(form).match(value) is None:
        found.append(faults.out_of_form(f"/{name}", form))
    else:
        return value
    return None


def _label(document: dict[str, Any], found: list[Fault]) -> str:
    value = document.get("label")
    if value is None:
        found.append(faults.missing("/label"))
    elif not isinstance(value, str):
        found.append(faults.wrong_type("/label", "a string", "字符串"))
    elif not 1 <= len(value) <= LONGEST_LABEL or not value.isprintable():
        # Neither U+0000 nor a lone surrogate is printable.
        found.append(faults.out_of_form("/label", f"1–{LONGEST_LABEL} printable characters"))
    else:
        return value
    return ""


def _unknown(document: dict[str, Any], known: Sequence[str]) -> list[Fault]:
    extra = sorted(document.keys() - set(known))
    shown = whole("[A-Za-z_]{1,40}")
    return [
        Fault(
            f"/{name}" if shown.match(name) else "",
            "unknown_field",
            f"a key of this scope has only: {', '.join(known)}",
            f"此类密钥只有以下各项:{', '.join(known)}",
        )
        for name in extra
    ]


def _object_wanted() -> Fault:
    return Fault(
        "", "wrong_type", "send a JSON object: scope, label and whom the key is for",
        "应为 JSON 对象,含 scope、label 以及密钥的所属学校或单位",
    )  # fmt: skip


def _shown(key: ApiKey) -> dict[str, Any]:
    members: dict[str, Any] = {"key_id": key.key_id, "scope": key.scope}
    of = _OF[key.scope]
    if of is not None:
        members[of[0]] = key.unit_id
    created = china_datetime(key.created_us).isoformat(timespec="seconds")
    return {**members, "label": key.label, "created_at": created}
