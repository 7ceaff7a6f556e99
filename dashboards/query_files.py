"""The queries of the boards: what they ask for, and how Grafana and psycopg want them written.

A query is a file in `dashboards/queries`; in it `:unit` is a parameter, `::date` is a cast, and
nothing inside a string, a quoted name, a comment or dollar quotes is either.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from wuguan.domain.errors import Misconfigured

FOLDER = Path(__file__).with_name("queries")
MOST_ROWS = 10_000
Ending = Literal["sql", "promql"]
NOTHING: Mapping[str, str] = MappingProxyType({})

_TOKEN = re.compile(
    r"""
      (?P<line>--[^\n]*)
    | (?P<block>/\*)
    | (?P<escaped>(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<string>'(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")*")
    | (?P<dollar>(?<![\w$])(?P<quote>\$(?:[^\W\d]\w*)?\$).*?(?P=quote))
    | (?P<cast>::)
    | :(?P<parameter>[^\W\d]\w*)
    | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ASKED_IN_GRAFANA = re.compile(r"\$\{|\[\[\w+\]\]|\$__")


class Piece(NamedTuple):
    """A stretch of a query: a parameter, or text as it stands."""

    kind: Literal["text", "comment", "parameter", "end"]
    text: str
    """The name of a parameter; else the text."""


def read_query(name: str, ending: Ending = "sql", folder: Path = FOLDER) -> str:
    """The text of a query, or Misconfigured with the file that is missing."""
    file = folder / f"{name}.{ending}"
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        raise Misconfigured([_missing(file)]) from None


def parameters(query: str) -> tuple[str, ...]:
    """The parameters of a query, in the order in which they first come."""
    return tuple(dict.fromkeys(one.text for one in pieces(query) if one.kind == "parameter"))


def for_psycopg(query: str) -> str:
    """The query with parameters as `%(unit)s`, every other % doubled."""
    return "".join(
        f"%({one.text})s" if one.kind == "parameter" else one.text.replace("%", "%%")
        for one in pieces(query)
    )


def for_grafana(query: str, given: Mapping[str, str] = NOTHING) -> str:
    """The query with what is given as literals, and what readers choose as `${unit:sqlstring}`.

    As a subquery of at most 10,000 rows. Text that Grafana would take for a variable of its own
    is Misconfigured.
    """
    return limited(bound(query, given))


def limited(query: str, columns: str = "*") -> str:
    """Some columns of a query's answer, at most 10,000 rows of it."""
    return f"SELECT {columns}\nFROM (\n{query}\n) AS answer\nLIMIT {MOST_ROWS}"


def bound(query: str, given: Mapping[str, str] = NOTHING) -> str:
    """The query for Grafana without an end and without limit: a part of another."""
    return "".join(_in_grafana(one, given) for one in pieces(query)).strip()


def literal(value: str) -> str:
    """A value as a literal of SQL, whatever is in it."""
    quoted = "'" + value.replace("'", "''") + "'"
    # With a backslash only an escape string means the same under every setting of the server.
    return " E" + quoted.replace("\\", "\\\\") if "\\" in value else quoted


def pieces(query: str) -> Iterator[Piece]:
    """The query in pieces that add up to it."""
    place = 0
    while found := _TOKEN.search(query, place):
        if found.start() > place:
            yield Piece("text", query[place : found.start()])
        piece, place = _piece(query, found)
        yield piece
    if place < len(query):
        yield Piece("text", query[place:])


def _piece(query: str, found: re.Match[str]) -> tuple[Piece, int]:
    if parameter := found["parameter"]:
        return Piece("parameter", parameter), found.end()
    if found["end"]:
        return Piece("end", found["end"]), found.end()
    if found["block"]:
        end = _end_of_comment(query, found.end())
        return Piece("comment", query[found.start() : end]), end
    return Piece("comment" if found["line"] else "text", found[0]), found.end()


def _end_of_comment(query: str, place: int) -> int:
    """Where a comment ends: comments of PostgreSQL may hold others."""
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(query, place)
        if edge is None:
            return len(query)
        depth += 1 if edge[0] == "/*" else -1
        place = edge.end()
    return place


def _in_grafana(piece: Piece, given: Mapping[str, str]) -> str:
    if piece.kind == "parameter":
        chosen = f"${{{piece.text}:sqlstring}}"
        return _shielded(literal(given[piece.text])) if piece.text in given else chosen
    return "" if piece.kind == "end" else _shielded(piece.text)


def _shielded(text: str) -> str:
    if found := _ASKED_IN_GRAFANA.search(text):
        raise Misconfigured([_taken_for_variable(found[0])])
    return text


def _missing(file: Path) -> str:
    return (
        f"{file.parent.name}/{file.name}: 没有这个查询文件；请新建它，或改正看板目录中的 query"
        " / there is no such query: write the file, or mend `query` in the catalogue"
    )


def _taken_for_variable(text: str) -> str:
    return (
        f"查询中的 {text} 会被 Grafana 当作变量；请写成 :unit 这样的参数，或换一种写法"
        f" / Grafana would take {text} in a query for a variable: write a parameter such as :unit,"
        " or say it otherwise"
    )
