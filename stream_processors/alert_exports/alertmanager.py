"""A configuration for Alertmanager: routes by kind and quiet hours, and what silence inhibits.

Its labels are those of the alerts that Wuguan sends to Alertmanager, and of the rules for
Prometheus. Receivers have names only: where each leads, the bureau says.
"""

from collections.abc import Sequence
from typing import Any

from wuguan.domain.alerting.rule import AlertRule

Json = dict[str, Any]
_SERVER = "wuguan-operators"


def configuration(rules: Sequence[AlertRule]) -> Json:
    """The content of `alertmanager.yml`."""
    quiet = dict.fromkeys((one.quiet_from, one.quiet_until) for one in rules)
    kinds = dict.fromkeys(one.kind for one in rules)
    receivers = [_SERVER, *(_receiver(kind) for kind in kinds)]
    return {
        "route": _route(rules),
        "receivers": [{"name": name} for name in receivers],
        "inhibit_rules": _inhibition(rules),
        "time_intervals": [_interval(begin, end) for begin, end in quiet],
    }


def _route(rules: Sequence[AlertRule]) -> Json:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for one in rules:
        groups.setdefault((one.kind, one.quiet_from, one.quiet_until), []).append(one.rule_id)
    kinds = [kind for kind, _, _ in groups]
    return {
        "receiver": _SERVER,
        "group_by": ["unit_id", "kind"],
        "group_wait": "1m",
        "group_interval": "30m",
        # An open alert is told again a day later; meanwhile it is told further up by Wuguan.
        "repeat_interval": "1d",
        "routes": [
            {
                "receiver": _receiver(kind),
                # Which rules need be said only where a kind has quiet hours of several sorts.
                "matchers": [f'kind="{kind}"', *(_names(names) if kinds.count(kind) > 1 else [])],
                "mute_time_intervals": [_named(begin, end)],
            }
            for (kind, begin, end), names in groups.items()
        ],
    }


def _inhibition(rules: Sequence[AlertRule]) -> list[Json]:
    """A silent school's alerts of what it does are not told: nobody can know."""
    silent = [one.rule_id for one in rules if one.statistic == "silent" and not one.by_system]
    if not silent:
        return []
    return [
        {
            "source_matchers": _names(silent),
            "target_matchers": ['kind="compliance"'],
            "equal": ["unit_id", "management"],
        }
    ]


def _interval(begin: str, end: str) -> Json:
    if begin < end:
        times = [{"start_time": begin, "end_time": end}]
    else:
        until_midnight = {"start_time": begin, "end_time": "24:00"}
        times = [until_midnight, {"start_time": "00:00", "end_time": end}]
    # A span of no length is refused.
    times = [one for one in times if one["start_time"] != one["end_time"]]
    shown = [{"times": times, "location": "Asia/Shanghai"}]
    return {"name": _named(begin, end), "time_intervals": shown}


def _named(begin: str, end: str) -> str:
    return f"quiet-{begin}-{end}".replace(":", "")


def _receiver(kind: str) -> str:
    return f"wuguan-{kind}"


def _names(rule_ids: Sequence[str]) -> list[str]:
    # Of the signs that an id may have, only the dot means something else in a pattern.
    pattern = "|".join(one.replace(".", "[.]") for one in rule_ids)
    return [f'alertname=~"{pattern}"']
