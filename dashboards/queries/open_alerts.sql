-- The alerts of one kind that are open now, of a unit and all below it: since when, on how many
-- school days, and the last figure beside what is asked.
SELECT a.unit_id, u.name, a.title_zh, a.title, a.system, a.state AS alert_state, a.severity, a.days,
       a.since, a.value, a.threshold
FROM board.alert a JOIN board.unit u USING (unit_id)
WHERE a.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit)
  AND a.kind = :kind AND a.state <> 'resolved'
ORDER BY a.unit_id, a.rule_id, a.system
