"""Ways to read what a login for boards must not: statements, and how each must end.

A login has already made its session read-write. `{other}`, `{foreign}` and the like are filled in
with what the attacker would know: ids are no secret.
"""

from dataclasses import dataclass
from typing import Any

from psycopg import errors

DENIED = (errors.InsufficientPrivilege,)
ABSENT = (errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName)
NO_TABLE = (
    errors.WrongObjectType,
    errors.FeatureNotSupported,
    errors.ObjectNotInPrerequisiteState,
    *DENIED,
)
TEXT = (errors.InvalidTextRepresentation, errors.InvalidDatetimeFormat)


@dataclass(frozen=True)
class Attack:
    """Statements one after the other; the last ends with such an error, or with rows."""

    name: str
    statements: tuple[str, ...]
    ends: tuple[type[Exception], ...] = ()
    rows: Any = None
    """What it must give; None: anything that holds nothing secret."""
    may_end: tuple[type[Exception], ...] = ()
    """With which error it may end as well: not every server can do all."""


def attack(
    name: str, *statements: str, ends: Any = (), rows: Any = None, may_end: Any = ()
) -> Attack:
    """An attack by its statements."""
    return Attack(name, statements, ends, rows, may_end)


NOTHING: list[Any] = []
# A server that is built without libxml.
NO_XML = (errors.FeatureNotSupported,)

# Through the views: conditions, joins, aggregates, and errors that would tell of rows filtered out.
BY_VIEWS = (
    attack("all days", "SELECT * FROM board.day"),
    attack("days of the other", "SELECT * FROM day WHERE unit_id = '{other}'", rows=NOTHING),
    attack("days of its school", "SELECT * FROM day WHERE unit_id = '{foreign}'", rows=NOTHING),
    attack("days of those above", "SELECT * FROM day WHERE unit_id = '{above}'", rows=NOTHING),
    attack("days or true", "SELECT * FROM day WHERE unit_id = '{other}' OR true"),
    attack("a large total", "SELECT * FROM day WHERE total > {most}", rows=NOTHING),
    attack("all periods", "SELECT * FROM period"),
    attack("periods of its school", "SELECT * FROM period WHERE unit_id='{foreign}'", rows=NOTHING),
    attack("all units", "SELECT * FROM unit"),
    attack("the other unit", "SELECT * FROM unit WHERE unit_id = '{other}'", rows=NOTHING),
    attack("below the other", "SELECT * FROM below WHERE above = '{other}'", rows=NOTHING),
    attack("above us", "SELECT * FROM below WHERE above = '{above}'", rows=NOTHING),
    attack("all findings", "SELECT * FROM finding"),
    attack("findings of a school", "SELECT * FROM finding WHERE unit_id='{foreign}'", rows=NOTHING),
    attack("all that was rejected", "SELECT * FROM rejected"),
    attack("rejects of a school", "SELECT * FROM rejected WHERE unit_id='{foreign}'", rows=NOTHING),
    attack("all systems", "SELECT * FROM system"),
    attack("systems of a school", "SELECT * FROM system WHERE unit_id='{foreign}'", rows=NOTHING),
    attack("systems by name", "SELECT * FROM system WHERE system = '{other_system}'", rows=NOTHING),
    attack("systems cast to numbers", "SELECT * FROM system WHERE system::int = 1", ends=TEXT),
    attack(
        "a plan of systems that is run",
        "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM system WHERE classes > 0",
    ),
    attack("all alerts", "SELECT * FROM alert"),
    attack("alerts of a school", "SELECT * FROM alert WHERE unit_id = '{foreign}'", rows=NOTHING),
    attack("alerts of the other", "SELECT * FROM alert WHERE unit_id = '{other}'", rows=NOTHING),
    attack("alerts of those above", "SELECT * FROM alert WHERE unit_id = '{above}'", rows=NOTHING),
    attack("alerts by rule", "SELECT * FROM alert WHERE rule_id = '{other_code}'", rows=NOTHING),
    attack("alerts by title", "SELECT * FROM alert WHERE title ~ '{other_code}'", rows=NOTHING),
    attack("alerts cast to numbers", "SELECT * FROM alert WHERE system::int = 1", ends=TEXT),
    attack(
        "alerts of others cast to numbers",
        "SELECT * FROM alert WHERE unit_id = '{foreign}' AND system::int = 1",
        rows=NOTHING,
    ),
    attack(
        "a plan of alerts that is run",
        "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM alert WHERE days > 0",
    ),
    attack("who is assigned", "SELECT assignee FROM alert", ends=(errors.UndefinedColumn,)),
    attack("all replies", "SELECT * FROM reply"),
    attack("replies of a school", "SELECT * FROM reply WHERE unit_id = '{foreign}'", rows=NOTHING),
    attack("replies of the other", "SELECT * FROM reply WHERE unit_id = '{other}'", rows=NOTHING),
    attack("replies by a word", "SELECT * FROM reply WHERE text ~ '{other_code}'", rows=NOTHING),
    attack("replies as JSON", "SELECT json_agg(r ORDER BY text) FROM reply r"),
    attack(
        "how many replies",
        "SELECT count(*) FROM reply WHERE unit_id <> ALL (ARRAY(SELECT unit_id FROM unit))",
        rows=[(0,)],
    ),
    attack("replies cast to numbers", "SELECT * FROM reply WHERE text::int = 1", ends=TEXT),
    attack(
        "replies of others cast to numbers",
        "SELECT * FROM reply WHERE unit_id = '{foreign}' AND text::int = 1",
        rows=NOTHING,
    ),
    attack("all rules", "SELECT * FROM rule"),
    attack("rules of the other", "SELECT * FROM rule WHERE unit_id = '{other}'", rows=NOTHING),
    attack("who looks", "SELECT * FROM viewer", rows=[("{own}",)]),
    attack("freshness", "SELECT * FROM freshness"),
    attack("metrics", "SELECT * FROM metric"),
    attack(
        "ids guessed one by one",
        "SELECT d.* FROM unnest(ARRAY['{other}', '{foreign}']) AS u (unit_id) JOIN day d"
        " USING (unit_id)",
        rows=NOTHING,
    ),
    attack(
        "by a subquery of its own",
        "SELECT (SELECT sum(total) FROM day d WHERE d.unit_id = u) FROM unnest(ARRAY['{other}'])"
        " AS u",
        rows=[(None,)],
    ),
    attack(
        "by a recursion",
        "WITH RECURSIVE tree AS (SELECT above, unit_id FROM below UNION SELECT b.above, b.unit_id"
        " FROM below b JOIN tree t ON b.above = t.unit_id) SELECT * FROM tree WHERE unit_id ="
        " '{other}'",
        rows=NOTHING,
    ),
    attack("rows as text", "SELECT d::text FROM day d UNION ALL SELECT u::text FROM unit u"),
    attack("rows as JSON", "SELECT json_agg(d) FROM day d"),
    attack(
        "rows as XML",
        "SELECT query_to_xml('SELECT * FROM board.day', true, true, '')",
        may_end=NO_XML,
    ),
    attack("by a window", "SELECT lag(total) OVER (), lead(total) OVER () FROM day"),
    attack("by a sample", "SELECT * FROM day TABLESAMPLE SYSTEM (100)", ends=(Exception,)),
    attack("its physical rows", "SELECT ctid, tableoid FROM day", ends=(errors.UndefinedColumn,)),
    attack(
        "division by what is filtered out",
        "SELECT 1 / (total - {other_total}) FROM day",
    ),
    attack(
        "an error only for the other",
        "SELECT count(*) FROM day WHERE CASE WHEN unit_id IN ('{other}', '{foreign}')"
        " THEN 1 / (total - total) = 1 ELSE false END",
        rows=[(0,)],
    ),
    attack("names cast to numbers", "SELECT * FROM unit WHERE name::int = 1", ends=TEXT),
    attack(
        "names of others cast to numbers",
        "SELECT * FROM unit WHERE unit_id = '{other}' AND name::int = 1",
        rows=NOTHING,
    ),
    attack("rules cast to numbers", "SELECT * FROM day WHERE rules::int = 1", ends=TEXT),
    attack("codes cast to dates", "SELECT * FROM rejected WHERE code::date < now()", ends=TEXT),
    attack(
        "a raise in a block",
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM board.day WHERE unit_id = '{other}'"
        " LOOP RAISE EXCEPTION '%', r; END LOOP; END $$",
    ),
    attack("a plan", "EXPLAIN (VERBOSE) SELECT * FROM day WHERE unit_id = '{other}'"),
    attack(
        "a plan that is run",
        "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM day WHERE total > 0",
    ),
    attack(
        "a statement prepared before",
        "PREPARE p AS SELECT * FROM board.day WHERE unit_id = $1",
        "SET wuguan.board_unit = '{other}'",
        "EXECUTE p('{other}')",
        rows=NOTHING,
    ),
    attack(
        "a cursor opened before",
        "BEGIN",
        "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM board.day WHERE unit_id = '{other}'",
        "SELECT set_config('wuguan.board_unit', '{other}', false)",
        "COMMIT",
        "FETCH ALL FROM c",
        rows=NOTHING,
    ),
    attack("copied out", "COPY (SELECT * FROM board.day) TO STDOUT"),
)

# Rows of three pupils in a school that is ours, seen from above it.
BY_SMALL_ROWS = (
    attack(
        "its own columns",
        "SELECT expected, reported, judged, compliant, total, bins FROM day WHERE withheld",
        rows=[(None,) * 6],
    ),
    attack("by its total", "SELECT * FROM day WHERE total = {small_total}", rows=NOTHING),
    attack(
        "by trying numbers",
        "SELECT n FROM generate_series(1, 4) n JOIN day ON expected = n AND metric ="
        " 'sleep.duration'",
        rows=NOTHING,
    ),
    attack("by its largest bin", "SELECT * FROM day WHERE {small_total} = ANY (bins)",
           rows=NOTHING),
    attack(
        "by an error",
        "SELECT count(*) FROM day WHERE withheld AND 1 / (total - {small_total}) = 1",
        rows=[(0,)],
    ),
    attack("in the order of totals", "SELECT unit_id FROM day WHERE withheld ORDER BY total"),
    attack("as JSON", "SELECT to_json(d) FROM day d WHERE withheld"),
    attack("in a period", "SELECT total, bins FROM period WHERE withheld", rows=[(None, None)]),
    attack("coalesced", "SELECT coalesce(total, 0) FROM day WHERE withheld", rows=[(0,)]),
    attack(
        "by a run of it",
        "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM day WHERE withheld AND total IS NOT NULL",
    ),
)  # fmt: skip

_TABLES = (
    "unit_tally", "period_tally", "ledger", "ledger_rebuilt", "event_log", "rejected", "reply",
    "api_key",
    "request", "rule", "unit", "school", "school_class", "board_role", "board_unit", "dirty",
    "system_tally", "alert", "alert_entry", "notice", "board_alert_rule",
)  # fmt: skip
# Past the views.
BY_TABLES = (
    *(attack(f"table {name}", f"SELECT * FROM public.{name}", ends=DENIED) for name in _TABLES),
    attack("by the path", "SET search_path = public", "SELECT * FROM ledger", ends=ABSENT),
    attack("the hypertable alone", "SELECT * FROM ONLY public.unit_tally", ends=DENIED),
    attack("a table as XML", "SELECT query_to_xml('TABLE public.ledger', true, true, '')",
           ends=(*DENIED, *NO_XML)),
    attack("a schema as XML", "SELECT schema_to_xml('public', true, true, '')",
           may_end=(*DENIED, *NO_XML)),
    attack("the database as XML", "SELECT database_to_xml(true, true, '')",
           may_end=(*DENIED, *NO_XML, errors.DatetimeFieldOverflow)),
    attack("by text search", "SELECT * FROM ts_stat('SELECT facts::text FROM public.ledger')",
           ends=(Exception,)),
    attack("copied out", "COPY public.ledger TO STDOUT", ends=DENIED),
    attack("copied by its view", "COPY board.day TO STDOUT", ends=NO_TABLE),
    attack("dynamic SQL", "DO $$ BEGIN EXECUTE 'TABLE public.api_key'; END $$", ends=DENIED),
    attack("statistics", "SELECT * FROM pg_statistic", ends=DENIED),
    attack("statistics of tables", "SELECT * FROM pg_stats WHERE schemaname = 'public'",
           rows=NOTHING),
    attack("statistics of chunks", "SELECT * FROM pg_stats WHERE tablename ~ 'hyper'",
           rows=NOTHING),
    attack("extended statistics", "SELECT * FROM pg_statistic_ext_data", ends=DENIED),
    attack("shown statistics", "SELECT * FROM pg_stats_ext", rows=NOTHING),
    attack("what others ask", "SELECT query FROM pg_stat_activity"),
    attack("passwords", "SELECT * FROM pg_authid", ends=DENIED),
    attack("shown passwords", "SELECT * FROM pg_shadow", ends=DENIED),
    attack("large objects", "SELECT * FROM pg_largeobject", ends=DENIED),
    attack("one large object", "SELECT lo_get(4711)", ends=DENIED),
    attack("definitions", "SELECT pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v'"),
    attack("columns", "SELECT * FROM information_schema.columns WHERE table_schema = 'public'",
           rows=NOTHING),
    attack("grants", "SELECT * FROM information_schema.role_table_grants"),
    attack("settings of the server", "SELECT * FROM pg_file_settings", ends=DENIED),
    attack("who may log in", "SELECT * FROM pg_hba_file_rules", ends=DENIED),
    attack("all of the catalogue", "SELECT * FROM pg_class, pg_attribute LIMIT 5000"),
)  # fmt: skip
