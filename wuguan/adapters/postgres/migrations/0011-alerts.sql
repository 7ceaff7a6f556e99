-- Alerts: as they stand, all that happened to them, and who is to be told.
-- depends: 0009-systems-of-schools

-- Whoever writes an alert holds the advisory lock of its unit.
CREATE TABLE alert (
    alert_id          text   COLLATE "C" NOT NULL PRIMARY KEY,
    -- In order of their beginning: the last of a subject is the one that goes on.
    serial            bigint GENERATED ALWAYS AS IDENTITY,
    rule_id           text   COLLATE "C" NOT NULL,
    kind              text   COLLATE "C" NOT NULL,
    unit_id           text   COLLATE "C" NOT NULL,
    system            text   COLLATE "C" NOT NULL,
    state             text   COLLATE "C" NOT NULL,
    severity          text   COLLATE "C" NOT NULL,
    breach_days       date[] NOT NULL,
    fired_on          date,
    ended_on          date,
    cause             text,
    value             float8,
    threshold         float8,
    told              int    NOT NULL,
    assignee          text   NOT NULL,
    silenced_until_us bigint NOT NULL,
    entries           int    NOT NULL
);
CREATE UNIQUE INDEX alert_open ON alert (unit_id, rule_id, system) WHERE state <> 'resolved';
CREATE INDEX alert_by_unit ON alert (unit_id, alert_id);

-- Only ever appended; `published` where it has gone to the topic of alerts.
CREATE TABLE alert_entry (
    alert_id  text   COLLATE "C" NOT NULL,
    number    int    NOT NULL,
    serial    bigint GENERATED ALWAYS AS IDENTITY,
    happened  text   COLLATE "C" NOT NULL,
    at_us     bigint NOT NULL,
    day       date,
    severity  text   COLLATE "C" NOT NULL,
    value     float8,
    cause     text,
    step      int,
    text      text   NOT NULL,
    by_label  text   NOT NULL,
    published boolean NOT NULL DEFAULT false,
    PRIMARY KEY (alert_id, number)
);
CREATE INDEX alert_entry_unpublished ON alert_entry (serial) WHERE NOT published;

-- One row, which every transaction that writes alerts moves on, last of all.
CREATE TABLE alert_version (
    single  boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (single),
    version bigint  NOT NULL
);

-- Marks of what is to be evaluated: appended, claimed and deleted, never updated.
CREATE TABLE alert_dirty (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id    text   COLLATE "C" NOT NULL,
    management text   COLLATE "C" NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alert_dirty_by_unit ON alert_dirty (unit_id, management);
ALTER TABLE alert_dirty SET (autovacuum_vacuum_scale_factor = 0,
                             autovacuum_vacuum_threshold = 5000);

-- The days whose returns were due, and for which everyone was marked.
CREATE TABLE alert_day (
    day date NOT NULL PRIMARY KEY
);

-- Who is to be told of an entry: once for each receiver, ever.
CREATE TABLE notice (
    alert_id      text    COLLATE "C" NOT NULL,
    number        int     NOT NULL,
    receiver_id   text    COLLATE "C" NOT NULL,
    not_before_us bigint  NOT NULL,
    done          boolean NOT NULL DEFAULT false,
    PRIMARY KEY (alert_id, number, receiver_id)
);
