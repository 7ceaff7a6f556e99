"""Ways for a login for boards to be more than it is: functions, other roles, things of its own."""

from psycopg import errors

from tests.integration.boards.attacks import (
    ABSENT,
    BY_TABLES,
    BY_VIEWS,
    DENIED,
    NO_TABLE,
    NOTHING,
    attack,
)

# What would reach beyond the database, or hold up those who work in it.
BY_FUNCTIONS = (
    attack("a file", "SELECT pg_read_file('PG_VERSION')", ends=DENIED),
    attack("a binary file", "SELECT pg_read_binary_file('PG_VERSION')", ends=DENIED),
    attack("a folder", "SELECT pg_ls_dir('.')", ends=DENIED),
    attack("the folder of logs", "SELECT * FROM pg_ls_logdir()", ends=DENIED),
    attack("about a file", "SELECT pg_stat_file('PG_VERSION')", ends=DENIED),
    attack("a file as a large object", "SELECT lo_import('/etc/passwd')", ends=DENIED),
    attack("a large object as a file", "SELECT lo_export(4711, '/tmp/x')", ends=DENIED),
    attack("a new large object", "SELECT lo_from_bytea(0, '\\x00')", ends=DENIED),
    attack("a file copied in", "COPY board.metric FROM '/etc/passwd'", ends=NO_TABLE),
    attack("a file copied out", "COPY (SELECT 1) TO '/tmp/x'", ends=DENIED),
    attack("a program", "COPY (SELECT 1) TO PROGRAM 'id'", ends=DENIED),
    attack("dblink", "SELECT * FROM dblink('dbname=postgres', 'SELECT 1') AS t (a int)",
           ends=(*ABSENT, errors.InsufficientPrivilege)),
    attack("a lock of the application", "SELECT pg_advisory_lock(96052262551886)", ends=DENIED),
    attack("a lock if it is free", "SELECT pg_try_advisory_xact_lock(1)", ends=DENIED),
    attack("a lock on a table", "BEGIN", "LOCK TABLE public.ledger", ends=DENIED),
    attack("a lock on a view", "BEGIN", "LOCK TABLE board.day IN EXCLUSIVE MODE", ends=DENIED),
    attack("rows locked", "SELECT * FROM unit FOR UPDATE", ends=DENIED),
    attack("a session ended", "SELECT pg_terminate_backend({pid})", ends=DENIED),
    attack("a statement ended", "SELECT pg_cancel_backend({pid})", ends=DENIED),
    attack("the log of changes filled", "SELECT pg_logical_emit_message(false, 'a', 'b')",
           ends=DENIED),
    attack("settings read again", "SELECT pg_reload_conf()", ends=DENIED),
    attack("a checkpoint", "CHECKPOINT", ends=DENIED),
    attack("our own function", "SELECT public.make_board_views()", ends=DENIED),
    attack("another of ours", "SELECT public.make_view_of_systems()", ends=DENIED),
    attack("one of ours more", "SELECT public.make_view_of_alerts()", ends=DENIED),
    attack("a library", "LOAD '/tmp/x.so'", ends=DENIED),
    attack("heard and told", "LISTEN anything", "NOTIFY anything, 'x'"),
    attack("too long", "SET statement_timeout = 100", "SELECT pg_sleep(30)",
           ends=(errors.QueryCanceled,)),
)  # fmt: skip

# Being somebody else.
BY_ROLES = (
    attack("the application", "SET ROLE {user}", ends=DENIED),
    attack("the owner of the views", "SET ROLE {owner}", ends=DENIED),
    attack("the other login", "SET ROLE {other_login}", ends=DENIED),
    attack("the other's session", "SET SESSION AUTHORIZATION {other_login}", ends=DENIED),
    attack("the setting", "SET wuguan.board_unit = '{other}'", "SELECT * FROM viewer",
           rows=[("{own}",)]),
    attack("the setting in a transaction", "BEGIN", "SET LOCAL wuguan.board_unit = '{other}'",
           "SELECT * FROM day WHERE unit_id = '{other}'", rows=NOTHING),
    attack("the setting for good", "ALTER ROLE {login} SET wuguan.board_unit = '{other}'",
           ends=DENIED),
    attack("a superuser", "ALTER ROLE {login} SUPERUSER", ends=DENIED),
    attack("past policies", "ALTER ROLE {login} BYPASSRLS", ends=DENIED),
    attack("one who makes roles", "ALTER ROLE {login} CREATEROLE", ends=DENIED),
    attack("more connections", "ALTER ROLE {login} CONNECTION LIMIT -1", ends=DENIED),
    attack("the other's password", "ALTER ROLE {other_login} PASSWORD 'x'", ends=DENIED),
    attack("a role", "CREATE ROLE another", ends=DENIED),
    attack("a member", "GRANT {other_login} TO {login}", ends=DENIED),
    attack("a reader of all", "GRANT pg_read_all_data TO {login}", ends=DENIED),
    attack("what is temporary on disk", "SET temp_file_limit = -1", ends=DENIED),
    attack("as a replica", "SET session_replication_role = replica", ends=DENIED),
)  # fmt: skip

# Making something that is cheap to call and tells what it is called with; or changing anything.
BY_MAKING = (
    attack("a temporary table", "CREATE TEMP TABLE t (a int)", ends=DENIED),
    attack("a temporary view", "CREATE TEMP VIEW v AS SELECT 1", ends=DENIED),
    attack(
        "a cheap function that leaks",
        "CREATE FUNCTION pg_temp.leak(text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$",
        ends=DENIED,
    ),
    attack("a function beside the views", "CREATE FUNCTION board.f() RETURNS int LANGUAGE sql AS"
           " 'SELECT 1'", ends=DENIED),
    attack("a leakproof function", "CREATE FUNCTION public.f(int) RETURNS bool LEAKPROOF LANGUAGE"
           " sql AS 'SELECT true'", ends=DENIED),
    attack("an operator", "CREATE OPERATOR board.=== (LEFTARG = int, RIGHTARG = int, FUNCTION ="
           " int4eq)", ends=DENIED),
    attack("a table beside the views", "CREATE TABLE board.t (a int)", ends=DENIED),
    attack("a table of ours", "CREATE TABLE public.t AS SELECT 1", ends=DENIED),
    attack("a schema", "CREATE SCHEMA mine", ends=DENIED),
    attack("an extension", "CREATE EXTENSION dblink", ends=(Exception,)),
    attack("a foreign server", "CREATE FOREIGN DATA WRAPPER w", ends=DENIED),
    attack("a type", "CREATE TYPE board.t AS (a int)", ends=DENIED),
    attack("a domain", "CREATE DOMAIN board.d AS int", ends=DENIED),
    attack("a dictionary of a file", "CREATE TEXT SEARCH DICTIONARY board.d (TEMPLATE = simple)",
           ends=DENIED),
    attack("a publication", "CREATE PUBLICATION p", ends=DENIED),
    attack("a trigger of events", "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION"
           " suppress_redundant_updates_trigger()", ends=DENIED),
    attack("a trigger on a view", "CREATE TRIGGER t INSTEAD OF UPDATE ON board.unit FOR EACH ROW"
           " EXECUTE FUNCTION suppress_redundant_updates_trigger()", ends=DENIED),
    attack("a rule on a view", "CREATE RULE r AS ON UPDATE TO board.unit DO INSTEAD NOTHING",
           ends=DENIED),
    attack("a view without its barrier", "ALTER VIEW board.day SET (security_barrier = false)",
           ends=DENIED),
    attack("another view", "CREATE OR REPLACE VIEW board.viewer AS SELECT '{other}' AS unit_id",
           ends=DENIED),
    attack("no view", "DROP VIEW board.freshness", ends=DENIED),
    attack("a grant", "GRANT SELECT ON board.day TO PUBLIC"),
    attack("a setting of the database", "ALTER DATABASE {database} SET work_mem = '1GB'",
           ends=DENIED),
    attack("an update", "UPDATE board.metric SET of_pupils = false", ends=DENIED),
    attack("an update of a join", "UPDATE board.day SET total = 0", ends=NO_TABLE),
    attack("a delete", "DELETE FROM board.unit", ends=DENIED),
    attack("an insert", "INSERT INTO board.metric (metric) VALUES ('x')", ends=DENIED),
    attack("a truncate", "TRUNCATE public.ledger", ends=DENIED),
    attack("a place in the table of roles", "INSERT INTO public.board_role VALUES"
           " ('{login}', '{other}')", ends=DENIED),
)  # fmt: skip

ATTACKS = {
    f"{way}: {one.name}": one
    for way, attacks in {
        "views": BY_VIEWS,
        "tables": BY_TABLES,
        "functions": BY_FUNCTIONS,
        "roles": BY_ROLES,
        "making": BY_MAKING,
    }.items()
    for one in attacks
}
