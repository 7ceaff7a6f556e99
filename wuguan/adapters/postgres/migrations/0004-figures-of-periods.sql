-- Figures of schools over half-months, months and terms, and the marks of what is to be summed.
-- depends: 0003-a-table-for-rebuilding

-- The days stay what is true: everything here can be summed again from them. Grade 0 is the whole
-- stage. In the key's order the whole stages of many schools in one period lie together: that is
-- what is looked at. No hypertable: a year has some forty periods.
CREATE TABLE period_tally (
    grain     text     COLLATE "C" NOT NULL,
    first_day date     NOT NULL,
    grade     smallint NOT NULL,
    metric    text     COLLATE "C" NOT NULL,
    unit_id   text     COLLATE "C" NOT NULL,
    stage     text     COLLATE "C" NOT NULL,
    expected  bigint   NOT NULL,
    reported  bigint   NOT NULL,
    judged    bigint   NOT NULL,
    compliant bigint   NOT NULL,
    total     bigint   NOT NULL,
    bins      int[]    NOT NULL,
    rules     text     COLLATE "C" NOT NULL,
    PRIMARY KEY (grain, first_day, grade, metric, unit_id, stage)
);
-- One school through all its periods: months and terms are summed from its half-months.
CREATE INDEX period_tally_by_unit ON period_tally (unit_id, metric, grain, first_day);

-- Appended, claimed and deleted, never updated. `day` NULL: all periods of the school's management.
CREATE TABLE period_dirty (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id    text   COLLATE "C" NOT NULL,
    management text   COLLATE "C" NOT NULL,
    day        date
);
CREATE INDEX period_dirty_by_unit ON period_dirty (unit_id, management, day);
ALTER TABLE period_dirty SET (autovacuum_vacuum_scale_factor = 0,
                              autovacuum_vacuum_threshold = 5000);

-- What was added up before there were periods.
INSERT INTO period_dirty (unit_id, management)
SELECT DISTINCT unit_id, split_part(metric, '.', 1) FROM unit_tally WHERE unit_id ~ '^[0-9]{10}$';
