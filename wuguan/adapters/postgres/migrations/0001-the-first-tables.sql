-- The log, the ledgers, the figures, the context, and who may do what.
-- depends:

CREATE SEQUENCE event_log_position AS bigint;

-- Frames in commit order: writers take an advisory lock before they take positions.
CREATE TABLE event_log (
    position    bigint      NOT NULL PRIMARY KEY,
    received_at timestamptz NOT NULL,
    school_id   text        COLLATE "C" NOT NULL,
    management  text        COLLATE "C" NOT NULL,
    frame_id    uuid        NOT NULL,
    body        bytea       NOT NULL
);

CREATE TABLE consumer_position (
    topic       text   COLLATE "C" NOT NULL,
    partition   int    NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);
INSERT INTO consumer_position (topic, partition, next_offset) VALUES ('event_log', 0, 1);

CREATE SEQUENCE ledger_revision AS bigint;

-- Facts, and beside them the tallies measured from them. Silent class-days have no row.
CREATE TABLE ledger (
    school_id  text   COLLATE "C" NOT NULL,
    management text   COLLATE "C" NOT NULL,
    day        date   NOT NULL,
    class_id   text   COLLATE "C" NOT NULL,
    revision   bigint NOT NULL,
    facts      bytea  NOT NULL,
    tallies    bytea  NOT NULL,
    findings   text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (school_id, management, day, class_id)
);
CREATE INDEX ledger_finding ON ledger (school_id, day, class_id, management)
    WHERE findings <> '{}';

-- One row a metric, stage and grade, from school level up.
CREATE TABLE unit_tally (
    unit_id   text     COLLATE "C" NOT NULL,
    metric    text     COLLATE "C" NOT NULL,
    day       date     NOT NULL,
    stage     text     COLLATE "C" NOT NULL,
    grade     smallint NOT NULL,
    expected  int      NOT NULL,
    reported  int      NOT NULL,
    judged    int      NOT NULL,
    compliant int      NOT NULL,
    total     bigint   NOT NULL,
    bins      int[]    NOT NULL,
    rules     text     COLLATE "C" NOT NULL,
    PRIMARY KEY (unit_id, metric, day, stage, grade)
);

-- Marks of what is to be rolled up: appended, claimed and deleted, never updated.
CREATE TABLE dirty (
    unit_id    text     COLLATE "C" NOT NULL,
    day        date     NOT NULL,
    management text     COLLATE "C" NOT NULL,
    height     smallint NOT NULL
);
CREATE INDEX dirty_by_height ON dirty (height, day DESC, unit_id, management);
CREATE INDEX dirty_by_unit ON dirty (unit_id, day, management);
-- It is always nearly empty: vacuum it by count, not by share of a large table.
ALTER TABLE dirty SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE remeasure (
    span_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id text   COLLATE "C" NOT NULL,
    from_day  date   NOT NULL,
    to_day    date   NOT NULL,
    units     text[] NOT NULL
);
CREATE INDEX remeasure_by_school ON remeasure (school_id);

-- One row: the version of the context, and the last day that was opened.
CREATE TABLE context (
    version    bigint NOT NULL,
    opened_day date
);
INSERT INTO context (version) VALUES (0);

-- `valid_from` 0001-01-01 says that the entry holds since always.
CREATE TABLE unit (
    unit_id    text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    level      text NOT NULL,
    name       text NOT NULL,
    parent     text COLLATE "C",
    PRIMARY KEY (unit_id, valid_from)
);
CREATE TABLE school (
    school_id  text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    name       text NOT NULL,
    parent     text COLLATE "C" NOT NULL,
    system     text NOT NULL,
    PRIMARY KEY (school_id, valid_from)
);
CREATE TABLE school_class (
    school_id    text COLLATE "C" NOT NULL,
    class_id     text COLLATE "C" NOT NULL,
    stage        text NOT NULL,
    entry_year   int  NOT NULL,
    valid_from   date,
    valid_to     date,
    standing_nil jsonb NOT NULL,
    enrolment    jsonb NOT NULL,
    PRIMARY KEY (school_id, class_id)
);
CREATE TABLE calendar (
    unit_id text COLLATE "C" NOT NULL PRIMARY KEY,
    body    jsonb NOT NULL
);
CREATE TABLE rule (
    rule_id text COLLATE "C" NOT NULL PRIMARY KEY,
    body    jsonb NOT NULL
);
CREATE TABLE national_year (
    year int NOT NULL PRIMARY KEY,
    body jsonb NOT NULL
);

CREATE TABLE api_key (
    key_id     text  COLLATE "C" NOT NULL PRIMARY KEY,
    digest     bytea NOT NULL UNIQUE,
    scope      text  NOT NULL,
    unit_id    text  COLLATE "C",
    label      text  NOT NULL,
    created_us bigint NOT NULL,
    ended      boolean NOT NULL DEFAULT false
);

CREATE TABLE request (
    key_id     text   COLLATE "C" NOT NULL,
    name       bytea  NOT NULL,
    digest     bytea  NOT NULL,
    started_us bigint NOT NULL,
    answer     bytea,
    PRIMARY KEY (key_id, name)
);
CREATE INDEX request_by_age ON request (started_us);

-- What could not be used: where and why, never the value.
CREATE TABLE rejected (
    reject_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id   text   COLLATE "C" NOT NULL,
    received_us bigint NOT NULL,
    source      text,
    type        text,
    event_id    text,
    code        text   NOT NULL,
    path        text   NOT NULL,
    message     text   NOT NULL,
    message_zh  text   NOT NULL
);
CREATE INDEX rejected_by_school ON rejected (school_id, reject_id DESC);
