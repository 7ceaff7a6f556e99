-- Telling people: what became of each notice, a queue for each receiver, and every attempt.
-- depends: 0011-alerts

-- What was tried together is tried together again: under one message.
ALTER TABLE notice
    ADD COLUMN message_id     text COLLATE "C",
    ADD COLUMN tries          int NOT NULL DEFAULT 0,
    ADD COLUMN first_tried_us bigint,
    ADD COLUMN parts_sent     int NOT NULL DEFAULT 0;
CREATE INDEX notice_waiting ON notice (receiver_id, not_before_us) WHERE NOT done;

-- A receiver that fails delays only itself. Whoever sends has leased it until some time, and holds
-- no transaction while waiting for an answer.
CREATE TABLE receiver_queue (
    receiver_id     text   COLLATE "C" NOT NULL PRIMARY KEY,
    not_before_us   bigint NOT NULL DEFAULT 0,
    leased_until_us bigint NOT NULL DEFAULT 0,
    failures        int    NOT NULL DEFAULT 0
);

-- Only ever appended.
CREATE TABLE attempt (
    alert_id    text   COLLATE "C" NOT NULL,
    number      int    NOT NULL,
    receiver_id text   COLLATE "C" NOT NULL,
    at_us       bigint NOT NULL,
    message_id  text   COLLATE "C" NOT NULL,
    outcome     text   COLLATE "C" NOT NULL,
    answer      text   NOT NULL,
    PRIMARY KEY (alert_id, number, receiver_id, at_us)
);
-- How many messages a receiver got in the last hour.
CREATE INDEX attempt_delivered ON attempt (receiver_id, at_us) WHERE outcome = 'delivered';
