"""The tables of the documents, from the declarations that the code works with."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.inspect import (
    BoolType,
    DateType,
    Field,
    IntType,
    ListType,
    LiteralType,
    Metadata,
    StrType,
)

from api.openapi_events import fields_of
from api.problems import KINDS
from stream_processors.alert_exports.server_rules import SERVER_RULES
from stream_processors.alerts_command import described
from wuguan.alert_packs import shipped_alert_rules
from wuguan.domain.event import EventData, Withdrawn, key_field
from wuguan.domain.fields import SourceKind, Subject
from wuguan.domain.managements import MANAGEMENTS, METRICS
from wuguan.domain.schools_in_line import SHARED_METRICS
from wuguan.metric_names import METRIC_NAMES
from wuguan.policy_packs import shipped_rules
from wuguan.settings import PREFIX, Settings

_SUBJECTS = frozenset(Subject.__args__)  # type: ignore[attr-defined]  # typing says not that it has them
_MANY_WORDS = 12


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def subjects() -> str:
    """The words of *subject*."""
    return f"`{' '.join(Subject.__args__)}`"  # type: ignore[attr-defined]  # as above


def source_kinds() -> str:
    """The words of `sourcekind`."""
    return ", ".join(f"`{word}`" for word in SourceKind.__args__)  # type: ignore[attr-defined]  # as above


def event_tables() -> str:
    """A section for each management: its events, their fields and keys."""
    return "\n\n".join(
        f"### {one.name} {one.title_zh}\n"
        + table(
            ("type", "says", "fields after `class_id`, `day`", "key"),
            [_event_row(kind) for kind in one.events],
        )
        for one in MANAGEMENTS.values()
    )


def metric_table() -> str:
    """Every metric: what is counted, its bins, and the middles of a survey."""
    rows = [
        (
            f"`{metric.name}`",
            metric.title_zh,
            metric.counts,
            _edges(metric.edges, metric.closed),
            " ".join(map(str, metric.middles)) or "–",
        )
        for metric in METRICS.values()
    ]
    return table(("metric", "", "unit of count", "edges", "middles of a survey's bins"), rows)


def share_table() -> str:
    """The metrics that have a share of schools in line, and what tells their coverage."""
    rows = [
        (
            f"`{name}`",
            f"`{METRICS[name].management}.reporting`"
            if METRICS[name].coverage_by_reporting
            else "its own",
        )
        for name in SHARED_METRICS
    ]
    return table(("metric", "coverage"), rows)


def rule_table() -> str:
    """The rules that ship with Wuguan."""
    rows = [
        (
            f"`{rule.rule_id}`",
            f"`{rule.metric}`",
            _whom(rule.stages, rule.grades),
            _asks(rule),
            f"{rule.from_day} – {rule.to_day or ''}".rstrip(),
            rule.binding,
        )
        for rule in sorted(shipped_rules(), key=lambda rule: (rule.metric, rule.rule_id))
    ]
    return table(("rule", "metric", "for", "asks", "in force", "binding"), rows)


def problem_table() -> str:
    """Every answer that is no success."""
    rows = [
        (str(kind.status), f"`{name}`", kind.title, kind.title_zh)
        for name, kind in sorted(KINDS.items(), key=lambda one: (one[1].status, one[0]))
    ]
    return table(("status", "problem", "", ""), rows)


def setting_table() -> str:
    """Every setting with its default."""
    rows = [
        (f"`{PREFIX}{name.upper()}`", _default(field.default), str(field.description))
        for name, field in Settings.model_fields.items()
    ]
    return table(("variable", "default", "meaning"), rows)


def telemetry_table() -> str:
    """Every figure that the process tells of itself."""
    rows = [
        (f"`{name}`", one.kind, " ".join(f"`{label}`" for label in one.labels) or "–", one.meaning)
        for name, one in METRIC_NAMES.items()
    ]
    return table(("name", "kind", "labels", "meaning"), rows)


def alert_rule_table() -> str:
    """The alert rules that ship with Wuguan."""
    rows = [
        (f"`{rule_id}`", level, f"`{watched}`", when, for_days, told, title)
        for rule in shipped_alert_rules()
        for rule_id, level, watched, when, for_days, told in [described(rule)]
        for title in [rule.title_zh]
    ]
    return table(("rule", "level", "watches", "in breach when", "for", "tells", ""), rows)


def server_rule_table() -> str:
    """What the export for Prometheus watches of the programs."""
    rows = [
        (f"`{one.name}`", one.severity, f"{one.for_minutes} min", one.title_zh, one.title)
        for one in SERVER_RULES
    ]
    return table(("rule", "severity", "for", "", ""), rows)


def _event_row(kind: type[EventData]) -> tuple[str, str, str, str]:
    says = (kind.__doc__ or "").split("\n")[0].rstrip(".")
    fields = [field for field in fields_of(kind) if field.name not in ("class_id", "day")]
    described = ", ".join(_field(field) for field in fields) or "–"
    return f"`{kind.TYPE}`", says, described, _key(kind)


def _key(kind: type[EventData]) -> str:
    if issubclass(kind, Withdrawn):
        return "writes into the fact (`of`, `key`)"
    field = key_field(kind)
    return f"`{field}`" if field else f"the word `{kind.KEY}`"


def _field(field: Field) -> str:
    optional = "" if field.required else "?"
    return f"`{field.name}`{optional} {_form(field)}".rstrip()


def _form(field: Field) -> str:
    inner = field.type.type if isinstance(field.type, Metadata) else field.type
    extra = field.type.extra if isinstance(field.type, Metadata) else None
    match inner:
        case LiteralType(values=words) if set(words) == _SUBJECTS:
            return "*subject*"
        case LiteralType(values=words) if field.name == "of":
            return "a short type of this management, not `withdrawn`"
        case LiteralType(values=words):
            return f"(`{' '.join(map(str, words))}`)"
        case IntType(ge=low, le=high):
            return f"{low}–{high}"
        case BoolType():
            return "bool"
        case DateType():
            return "day"
        case ListType(max_length=length):
            return f"{length} counts"
        case StrType() if extra is not None and extra["kind"] == "instant":
            return "instant"
        case StrType():
            return ""
    raise AssertionError(f"not described: {field}")


def _edges(edges: Sequence[int], closed: str) -> str:
    return f"{closed}: {' '.join(map(str, edges))}" if edges else "–"


def _whom(stages: Sequence[str], grades: Sequence[int]) -> str:
    said = [", ".join(stages)] if stages else []
    said += [f"grades {', '.join(map(str, grades))}"] if grades else []
    return "; ".join(said) or "all"


def _asks(rule: Any) -> str:
    if rule.value is None:
        return "kept"
    sign = "≤" if rule.keeps == "at_most" else "≥"
    longest = "" if rule.longest_at_most is None else f", longest ≤ {rule.longest_at_most}"
    return f"{sign} {rule.value}{longest}"


def _default(value: Any) -> str:
    return "–" if value is None else f"`{value}`"


PLACE = re.compile(r"^\{\{ (\w+) \}\}$", re.MULTILINE)
TABLES = {
    "subjects": subjects,
    "source_kinds": source_kinds,
    "event_tables": event_tables,
    "metric_table": metric_table,
    "share_table": share_table,
    "rule_table": rule_table,
    "alert_rule_table": alert_rule_table,
    "server_rule_table": server_rule_table,
    "problem_table": problem_table,
    "setting_table": setting_table,
    "telemetry_table": telemetry_table,
}


def filled(template: str) -> str:
    """The template with every `{{ name }}` that stands on a line of its own filled in."""
    return PLACE.sub(lambda found: TABLES[found[1]](), template)
