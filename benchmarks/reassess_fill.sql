-- A quiet night: a million measures of which few are due; %%s is how many.
INSERT INTO risks_risk (title, summary, status, affected_groups, countries, threat_to_life, published, opened_on,
    closed_on, imported_digest, sources, unknown, imported_record, company, period, outcome,
    vulnerabilities, why_vulnerable, activity, source, drivers, context_tags, gross_abuse, recorded_by, level, incomplete,
    state_of_harm, effective, tier, rank, salient, tie)
SELECT 'Risk ' || n, 'x', CASE WHEN n %% 500 = 0 THEN 'closed' ELSE 'assessed' END, '[]', '[]', n = 997, false,
    '2024-01-01', CASE WHEN n %% 500 = 0 THEN DATE '2026-06-01' END, '', '[]', '[]', '{}', '{}', '{}', '',
    '{}', '', '', '', '{}', '{}', false, '', 3, false, '', 3, 3, 0, true, ''
FROM generate_series(1, 1000) AS n;
INSERT INTO risks_severityassessment (risk_id, scale_rationale, scope_rationale, irremediability_rationale,
    state_of_harm, likelihood_said, delay_makes_irremediable, heightened_vulnerability, level, incomplete, reason, consulted,
    harm_type, floor_reason, what_changed, confirmed_by, holds_from, recorded_at, recorded_by, detail)
SELECT id, '', '', '', '', '', false, false, 3 + id %% 2, false, '', '',
    '', '', '', '', DATE '2024-01-01' + (step * 200)::int, now(), 'benchmark', '{}'
FROM risks_risk, generate_series(1, 3) AS step;
INSERT INTO risks_measure (risk_id, kind, intrusion, state, said, target, rule_relied_on, legal_ground, imposed_by,
    note, starts_on, starts_said, ends_on, ends_said, repeat_after_warning, override_reason, automated_detection, automated_decision, automated_category, collateral_note,
    necessity_at_enforcement, decision_reasons, target_type, target_ref, unit_of_review, territory, level_then,
    reviewed_on, justified_on, detail)
SELECT (SELECT min(id) FROM risks_risk) + n %% 1000, kinds.kind, kinds.intrusion, 'active', '', 'item ' || n, 'rule', '',
    '', '',
    DATE '2026-10-01' - (n %% 90)::int, '', CASE WHEN n %% 3 = 0 THEN DATE '2026-12-20' + (n %% 200)::int END, '',
    n %% 17 = 0, '', false, 'NOT_AUTOMATED', '', '', '', '', 'item', '', 'single', '[]', 3 + ((SELECT min(id) FROM risks_risk) + n %% 1000)::int %% 2, DATE '2026-11-20' - (n %% 13)::int, DATE '2026-10-01', '{}'
FROM generate_series(1, %s) AS n
JOIN (VALUES (0, 'label', 1), (1, 'reduce_reach', 2), (2, 'remove_item', 3), (3, 'geoblock', 3), (4, 'demonetise', 2))
    AS kinds (number, kind, intrusion) ON kinds.number = n %% 5;
INSERT INTO risks_signal (measure_id, kind, noted_on, note, noted_by)
SELECT id, (ARRAY['new_evidence', 'policy_changed', 'ineffective', 'collateral_harm'])[1 + id %% 4], DATE '2026-11-22',
    'x', 'x'
FROM risks_measure WHERE id %% 200 = 0;
DELETE FROM risks_touch;
