"""Every setting and every connection, tried without changing anything: all faults at once."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from stream_processors.alerting_setup import set_up_alerting
from wuguan.adapters.kafka.administration import differences
from wuguan.adapters.postgres.looking import look_at
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.policy_packs import policy_book
from wuguan.settings import Settings


class Checked(NamedTuple):
    """One thing that was tried: what was found, or what is wrong with it."""

    what: str
    found: str
    faults: Sequence[str] = ()


def check(settings: Settings) -> Iterator[Checked]:
    """Tries one thing after another; none keeps the next from being tried."""
    yield _tried("规则 policy", lambda: _policy(settings))
    yield _tried("告警 alerts", lambda: _alerts(settings))
    yield _tried("数据库 database", lambda: _database(settings))
    if settings.kafka is not None:
        yield _tried("消息流 Kafka", lambda: _kafka(settings))


def _tried(what: str, trial: Callable[[], Checked]) -> Checked:
    try:
        return trial()
    except Misconfigured as error:
        return Checked(what, "", error.faults)
    except TemporarilyUnavailable as error:
        return Checked(what, "", [f"{error};请检查地址、网络和服务是否已启动"
                                  " / is it started, is the address right?"])  # fmt: skip


def _policy(settings: Settings) -> Checked:
    try:
        rules = policy_book(settings.policy).rules
    except Misconfigured as error:
        raise Misconfigured([f"WUGUAN_POLICY: {fault}" for fault in error.faults]) from None
    return Checked("规则 policy", f"{len(rules)} 条 rules")


def _alerts(settings: Settings) -> Checked:
    alerting, people = set_up_alerting(settings, os.environ)
    found = f"{len(alerting.rules)} 条 rules, {len(people.senders)} 个接收方 receivers"
    return Checked("告警 alerts", found)


def _database(settings: Settings) -> Checked:
    if settings.dsn is None:
        return Checked("数据库 database", f"内置 embedded, {settings.data}")
    seen = look_at(settings.dsn)
    faults = [] if seen.may_create else [_MAY_NOT_CREATE]
    if seen.plain_though_available:
        faults.append(_PLAIN)
    return Checked("数据库 database", seen.summary, faults)


def _kafka(settings: Settings) -> Checked:
    try:
        faults = differences(settings)
    except TemporarilyUnavailable as error:
        raise TemporarilyUnavailable(f"WUGUAN_KAFKA: {error}") from None
    return Checked("消息流 Kafka", f"{settings.kafka}", faults)


_MAY_NOT_CREATE = (
    "WUGUAN_DSN: 此用户不能建表,请授权:GRANT CREATE ON SCHEMA public TO 用户"
    " / this user may not make tables: GRANT CREATE ON SCHEMA public TO user"
)
_PLAIN = (
    "WUGUAN_DSN: 已安装 timescaledb 但未启用;请由超级用户在首次启动前执行 CREATE EXTENSION"
    " timescaledb / timescaledb is installed but not in use: let a superuser run CREATE EXTENSION"
    " timescaledb before the first start"
)
