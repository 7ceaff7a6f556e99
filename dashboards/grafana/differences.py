"""What is to change between what stands in Grafana and what should."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from dashboards.grafana.naming import FIGURES_TYPE, Json

MOST_LINES = 8
_LONGEST = 48
_NEW_NAME_OF_POSTGRES = "grafana-postgresql-datasource"


def differences(stored: object, wanted: object, path: str = "") -> Iterator[str]:
    """A line for each place that differs; what only Grafana has, such as a version, is its own."""
    if isinstance(wanted, Mapping) and isinstance(stored, Mapping):
        for key, value in wanted.items():
            yield from differences(stored.get(key), value, f"{path}.{key}".removeprefix("."))
    elif _are_lists(stored, wanted) and len(stored) == len(wanted):  # type: ignore[arg-type]  # because `_are_lists` says so
        for place, (was, wished) in enumerate(zip(stored, wanted, strict=True)):  # type: ignore[call-overload]  # because `_are_lists` says so
            yield from differences(was, wished, f"{path}[{place}]")
    elif stored != wanted and not _same_type(path, stored, wanted):
        yield f"{path}: {_short(stored)} → {_short(wanted)}"


def told(stored: object, wanted: Json) -> list[str]:
    """The first lines of what differs, and how many more there are."""
    lines = list(differences(stored, wanted))
    more = len(lines) - MOST_LINES
    return [*islice(lines, MOST_LINES), *([f"… +{more}"] if more > 0 else [])]


def _are_lists(stored: object, wanted: object) -> bool:
    return _is_list(stored) and _is_list(wanted)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _same_type(path: str, stored: object, wanted: object) -> bool:
    # A newer Grafana calls the plugin by another name and takes both.
    return path == "type" and wanted == FIGURES_TYPE and stored == _NEW_NAME_OF_POSTGRES


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return "–" if value is None else text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
