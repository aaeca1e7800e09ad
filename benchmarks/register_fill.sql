-- A register of risks with rights, owners, judgements and measures; %%s is how many
-- more. Values spread as they would be: few grave, many minor.
INSERT INTO risks_right (code, position, title, udhr, iccpr, icescr, other_instruments, character,
    non_derogable_iccpr_4_2, may_be_limited_by_measure, limitation_grounds, tech_example, notes)
SELECT 'RIGHT_' || n, n, 'Right ' || n, '', '', '', '', 'limitable', false, true, '', '', '' FROM generate_series(1, 45) AS n
ON CONFLICT DO NOTHING;
INSERT INTO risks_risk (title, summary, status, affected_groups, vulnerabilities, why_vulnerable, countries, activity,
    source, drivers, context_tags, threat_to_life, gross_abuse, published, recorded_by, opened_on, closed_on, level,
    incomplete, state_of_harm, likelihood, effective, tier, rank, salient, assessed_on, next_review, tie, imported_digest,
    imported_record, company, period, outcome, sources, unknown)
SELECT 'Risk ' || n || ': ' || (ARRAY['surveillance', 'incitement', 'exclusion', 'harassment', 'disclosure'])[1 + n %% 5]
        || ' of ' || (ARRAY['journalists', 'workers', 'children', 'voters', 'refugees', 'patients', 'tenants'])[1 + n %% 7],
    'What may happen to people when ' || md5(n::text) || ' and ' || md5((n * 7)::text) || ' meet ' || repeat('in a place far away ', 10),
    CASE WHEN n %% 20 = 0 THEN 'closed' ELSE (ARRAY['draft', 'assessed', 'prioritised', 'managed', 'reassess'])[1 + n %% 5] END,
    '[{"group": "people"}]', ARRAY[(ARRAY['children', 'women_girls', 'detained', 'lgbtiq', 'indigenous'])[1 + n %% 5]], '',
    to_jsonb(ARRAY[chr(65 + n %% 26) || chr(65 + (n / 26) %% 26), (ARRAY['KE', 'IN', 'BR', 'MM', 'ET', 'US', 'PH'])[1 + n %% 7]]), (ARRAY['design', 'moderation', 'policy'])[1 + n %% 3],
    'assessment', ARRAY[(ARRAY['data_brokerage', 'surveillance_sales', 'opaque_b2b_api'])[1 + n %% 3]], '{}', false, false,
    n %% 300 = 7, 'benchmark', DATE '2024-01-01', CASE WHEN n %% 20 = 0 THEN DATE '2026-06-01' END,
    5 - floor(sqrt(n * 7919 %% 25))::int, false, CASE WHEN n %% 4 = 0 THEN 'actual_unremedied' ELSE 'potential' END,
    CASE WHEN n %% 4 = 0 OR n %% 9 = 0 THEN NULL ELSE 1 + n %% 5 END, 1, CASE WHEN n %% 20 = 0 THEN 6
        WHEN 5 - floor(sqrt(n * 7919 %% 25)) >= 4 THEN 1 + n %% 2 ELSE 3 + n %% 2 END,
    CASE WHEN n %% 20 = 0 THEN 0 ELSE 10000000 + (5 - floor(sqrt(n * 7919 %% 25))::int) * 1000000 + (n * 31) %% 90000 END,
    n %% 6 = 0, DATE '2026-01-01' + n %% 300,
    CASE WHEN n %% 20 = 0 THEN NULL ELSE DATE '2026-06-01' + n %% 400 END, CASE WHEN n %% 3 = 0 THEN 'directly_linked' ELSE '' END,
    '', '{}', '{}', '{}', '', '[]', '[]'
FROM generate_series(1, %s) AS n;
INSERT INTO risks_riskright (risk_id, right_id, said, how, groups, detail)
SELECT id, 'RIGHT_' || 1 + (id * step) %% 45, 'x', '', '[]', '{}' FROM risks_risk, generate_series(1, 2) AS step
WHERE recorded_by = 'benchmark' AND held_id IS NULL;
INSERT INTO risks_severityassessment (risk_id, scale, scope, irremediability, scale_rationale, scope_rationale,
    irremediability_rationale, state_of_harm, likelihood, likelihood_said, delay_makes_irremediable,
    heightened_vulnerability, harm_type, floor_reason, level, incomplete, reason, what_changed, consulted, holds_from,
    recorded_at, recorded_by, confirmed_by, detail)
SELECT id, 1, 3, 3, 'x', 'x', 'x', state_of_harm, likelihood, '', false, false, '', '', level, false, 'Because.', '', '',
    assessed_on, now(), 'benchmark', '', '{}' FROM risks_risk WHERE recorded_by = 'benchmark' AND held_id IS NULL;
INSERT INTO risks_measure (risk_id, kind, intrusion, state, said, target, rule_relied_on, legal_ground, imposed_by,
    note, starts_on, starts_said, ends_said, repeat_after_warning, override_reason, automated_detection, automated_decision, automated_category, collateral_note,
    necessity_at_enforcement, decision_reasons, target_type, target_ref, unit_of_review, territory, level_then,
    reviewed_on, justified_on, detail)
SELECT id, 'label', 1, 'active', '', 'item', 'rule', '', '', '', DATE '2026-10-01', '', '', false, '', false, 'NOT_AUTOMATED', '', '', '', '', 'item', '', 'single', '[]', 3,
    DATE '2026-11-20', DATE '2026-10-01', '{}' FROM risks_risk
WHERE id %% 2 = 0 AND recorded_by = 'benchmark' AND held_id IS NULL;
UPDATE risks_risk SET held_id = one.id FROM risks_severityassessment one
WHERE one.risk_id = risks_risk.id AND risks_risk.recorded_by = 'benchmark' AND held_id IS NULL;
