-- How many alerts of a unit and all below it are firing now, and how many somebody has in hand.
SELECT count(*) FILTER (WHERE a.kind = 'compliance' AND a.state = 'firing') AS compliance,
       count(*) FILTER (WHERE a.kind = 'compliance' AND a.state = 'acknowledged')
       AS compliance_in_hand,
       count(*) FILTER (WHERE a.kind = 'data' AND a.state = 'firing') AS data,
       count(*) FILTER (WHERE a.kind = 'data' AND a.state = 'acknowledged') AS data_in_hand
FROM board.alert a
WHERE a.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit)
