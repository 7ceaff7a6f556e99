"""Reads `receivers.toml`: who is told of alerts. Addresses stand in the environment, never in it.

As with rule packs every fault is told at once, and none repeats a value.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from pydantic import SecretStr

from wuguan.domain.alerting.receiver import Receiver
from wuguan.domain.errors import Misconfigured
from wuguan.domain.forms import IDENTIFIER, UNIT_ID, whole
from wuguan.toml_packs import Pack, Words, fault_line, fits, member_faults, parsed, unknown_members

RECEIVERS_FILE = "receivers.toml"

_ID = whole(IDENTIFIER)
_UNIT = whole(UNIT_ID)
_VARIABLE = whole(r"[A-Z][A-Z0-9_]{0,79}")
_FROM_ENVIRONMENT = ("url_from", "secret_from")
_FORMS: Mapping[str, Words] = MappingProxyType(
    {
        "receiver_id": (
            "须为 1–64 个字母、数字或 _ . : - ，不含空格。",
            "must be 1-64 letters, digits or _ . : - without blanks.",
        ),
        "channel": (
            "须为 apprise、wecom、dingtalk、feishu、alertmanager 或 webhook。",
            "must be apprise, wecom, dingtalk, feishu, alertmanager or webhook.",
        ),
        "roles": (
            "须为非空列表，取 school、inspector、district、city。",
            "must be a list, not empty, out of school, inspector, district, city.",
        ),
        "units": (
            '须为单位编号的列表，如 ["990101"]；省略即全部单位。',
            'must be a list of unit ids, as ["990101"]; leave it out for all units.',
        ),
        "kinds": (
            "须为非空列表，取 compliance、data；省略即两者。",
            "must be a list, not empty, out of compliance, data; leave it out for both.",
        ),
        "language": ('须为 "zh" 或 "en"。', 'must be "zh" or "en".'),
        "digest_minutes": (
            "须为 0–1440 的整数；0 即逐条发送。",
            "must be a whole number from 0 to 1440; 0: no digest.",
        ),
        "most_an_hour": (
            "须为 1–1000 的整数。",
            "must be a whole number from 1 to 1000.",
        ),
        "url_from": (
            "须为环境变量的名称（大写字母、数字、_）；地址本身不写在文件里。",
            "must name an environment variable (capitals, digits, _); the address itself must not"
            " stand in the file.",
        ),
        "secret_from": (
            "须为环境变量的名称（大写字母、数字、_）；密钥本身不写在文件里。",
            "must name an environment variable (capitals, digits, _); the secret itself must not"
            " stand in the file.",
        ),
    }
)


class _Entry(Receiver, frozen=True, kw_only=True):
    """A receiver as it stands in the file."""

    url_from: str
    secret_from: str | None = None


class Addressed(NamedTuple):
    """A receiver with its address, which neither logs nor messages show."""

    receiver: Receiver
    url: SecretStr
    secret: SecretStr | None


def read_receivers(folder: Path | None, environment: Mapping[str, str]) -> list[Addressed]:
    """The receivers of a folder; none where there is no file. Misconfigured with every fault."""
    path = folder / RECEIVERS_FILE if folder is not None else None
    if path is None or not path.exists():
        return []
    faults: list[str] = []
    found = _read(path, environment, faults)
    if faults:
        raise Misconfigured(faults)
    return found


def _read(path: Path, environment: Mapping[str, str], faults: list[str]) -> list[Addressed]:
    try:
        content = parsed(Pack(path.name, path.read_bytes(), local=True), faults)
    except OSError:
        zh, en = "文件无法读取；请检查权限。", "cannot be read; check its permissions."
        faults.append(fault_line(path.name, zh, en))
        return []
    if content is None:
        return []
    faults += unknown_members(f"{path.name} · ", content, {"receivers"})
    found = []
    for where, members in _tables(path.name, content, faults):
        one = _receiver(where, members, environment, faults)
        if one is not None:
            found.append(one)
    faults += _repeated(path.name, found)
    return found


def _tables(
    name: str, content: Mapping[str, Any], faults: list[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    tables = content.get("receivers", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        zh = "每个接收方以 [[receivers]] 开头。"
        en = "each receiver must begin with [[receivers]]."
        faults.append(fault_line(f"{name} · receivers", zh, en))
        return
    for number, table in enumerate(tables, start=1):
        receiver_id = table.get("receiver_id")
        named = isinstance(receiver_id, str) and _ID.match(receiver_id)
        yield f"{name} · {f'{receiver_id} ({number})' if named else f'({number})'}", table


def _receiver(
    where: str, members: dict[str, Any], environment: Mapping[str, str], faults: list[str]
) -> Addressed | None:
    before = len(faults)
    faults += member_faults(_Entry, where, members, _FORMS, is_well_formed=_is_well_formed)
    if len(faults) > before:
        return None
    entry = msgspec.convert(members, _Entry)
    url = _value_of(f"{where} · url_from", entry.url_from, environment, faults)
    secret = _value_of(f"{where} · secret_from", entry.secret_from, environment, faults)
    own = {name: value for name, value in members.items() if name not in _FROM_ENVIRONMENT}
    receiver = msgspec.convert(own, Receiver)
    faults += _address_faults(where, receiver, url, secret)
    return Addressed(receiver, SecretStr(url), SecretStr(secret) if secret else None)


def _is_well_formed(name: str, value: object, kind: Any) -> bool:
    if not fits(name, value, kind) or (name in ("roles", "kinds") and not value):
        return False
    if name == "receiver_id":
        return _ID.match(str(value)) is not None
    if name in _FROM_ENVIRONMENT:
        # What is not the name of a variable may be the address itself, put in the wrong place.
        return _VARIABLE.match(str(value)) is not None
    if name == "units":
        return isinstance(value, list) and all(_UNIT.match(str(one)) for one in value)
    return True


def _value_of(
    place: str, variable: str | None, environment: Mapping[str, str], faults: list[str]
) -> str:
    """What a variable holds; a fault, and nothing, where it is named and not set."""
    value = environment.get(variable, "").strip() if variable else ""
    if variable and not value:
        zh = f"环境变量 {variable} 未设置；请在运行环境中设置后重启。"
        en = f"the environment variable {variable} is not set; set it where the program runs."
        faults.append(fault_line(place, zh, en))
    return value


def _address_faults(where: str, receiver: Receiver, url: str, secret: str) -> Iterator[str]:
    if url and receiver.channel != "apprise" and not url.startswith(("https://", "http://")):
        zh = "所指变量须为 https:// 或 http:// 开头的地址。"
        en = "the variable it names must hold an address that begins with https:// or http://."
        yield fault_line(f"{where} · url_from", zh, en)
    if secret and receiver.channel in ("apprise", "wecom"):
        zh = f"{receiver.channel} 不用密钥；请删去此项。"
        en = f"{receiver.channel} takes no secret; leave this out."
        yield fault_line(f"{where} · secret_from", zh, en)


def _repeated(name: str, found: Sequence[Addressed]) -> Iterator[str]:
    ids = [one.receiver.receiver_id for one in found]
    for receiver_id in sorted({one for one in ids if ids.count(one) > 1}):
        zh, en = "此编号出现多次；每个接收方一个。", "is used more than once; give each its own."
        yield fault_line(f"{name} · {receiver_id}", zh, en)
