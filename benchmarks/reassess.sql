-- The rules of domain.md 3.4 to 3.6 by hand, in one statement: what `reassess` is measured against.
INSERT INTO by_hand (measure_id, finding, code)
WITH held AS (
  SELECT DISTINCT ON (risk_id) risk_id, level FROM risks_severityassessment
  WHERE holds_from <= %(day)s ORDER BY risk_id, holds_from DESC, id DESC
), signals AS (
  SELECT s.measure_id,
         bool_or(s.kind = 'appeal_upheld') AS appeal, bool_or(s.kind = 'new_evidence') AS evidence,
         bool_or(s.kind = 'collateral_harm') AS collateral, bool_or(s.kind = 'policy_changed') AS policy,
         bool_or(s.kind = 'consultation_finding') AS consultation, bool_or(s.kind = 'ineffective') AS ineffective
  FROM risks_signal s JOIN risks_measure m ON m.id = s.measure_id
  WHERE s.noted_on <= %(day)s AND s.noted_on >= m.reviewed_on GROUP BY s.measure_id
), standing AS (
  SELECT m.id, m.kind, m.intrusion AS i, m.level_then AS was,
         CASE WHEN r.status = 'closed' AND r.closed_on <= %(day)s THEN 0 ELSE coalesce(h.level, m.level_then) END AS l,
         CASE WHEN m.repeat_after_warning OR m.override_reason <> '' THEN 1 ELSE 0 END AS lift,
         %(day)s::date - m.reviewed_on AS days, %(day)s::date - m.justified_on AS age,
         m.ends_on, m.starts_on, r.threat_to_life AS life,
         coalesce(r.context_until < %(day)s AND r.context_until >= m.reviewed_on, false) AS context,
         coalesce(s.appeal, false) AS appeal, coalesce(s.evidence, false) AS evidence,
         coalesce(s.collateral, false) AS collateral, coalesce(s.policy, false) AS policy,
         coalesce(s.consultation, false) AS consultation, coalesce(s.ineffective, false) AS ineffective
  FROM risks_measure m JOIN risks_risk r ON r.id = m.risk_id
  LEFT JOIN held h ON h.risk_id = m.risk_id LEFT JOIN signals s ON s.measure_id = m.id
  WHERE m.starts_on <= %(day)s AND (m.ended_on IS NULL OR m.ended_on > %(day)s)
), judged AS (
  SELECT *, (ARRAY[365,180,90,30,7, 365,180,120,60,30, 180,120,90,45,30, 90,90,60,30,14, 45,45,30,21,14,
                   30,30,30,14,7])[i * 5 + greatest(l, 1)] AS every,
         (ARRAY[NULL,730,365,365,180,365]::int[])[i + 1] AS oldest,
         coalesce(ends_on < %(day)s, false) AS passed
  FROM standing
), found AS (
  SELECT id, CASE
    WHEN appeal THEN 'LIFT_EXECUTE/APPEAL_UPHELD'
    WHEN passed THEN 'EXPIRE/END_DATE_PASSED'
    WHEN ends_on IS NULL AND kind IN ('feature_limit', 'temp_suspension') THEN 'REVIEW_URGENT/INDEFINITE_MEASURE'
    WHEN life AND i <= 1 THEN 'REVIEW_URGENT/THREAT_TO_LIFE'
    WHEN l = 0 AND i >= 4 THEN 'REVIEW_URGENT/RISK_CLOSED'
    WHEN l >= 1 AND i > l + lift AND i >= 4 THEN 'REVIEW_URGENT/CEILING_EXCEEDED'
    WHEN l >= 4 AND i < l - 3 THEN 'REVIEW_URGENT/UNDER_RESPONSE'
    WHEN evidence AND (i >= 3 OR l >= 4) THEN 'REVIEW_URGENT/NEW_EVIDENCE'
    WHEN collateral AND i >= 3 THEN 'REVIEW_URGENT/COLLATERAL_HARM'
    WHEN context AND i >= 4 THEN 'REVIEW_URGENT/CONTEXT_ENDED'
    WHEN l > was AND l >= 4 THEN 'REVIEW_URGENT/RISK_INCREASED'
    WHEN days > every * 2 THEN 'REVIEW_URGENT/REVIEW_LAPSED'
    WHEN l = 0 THEN 'REVIEW_DUE/RISK_CLOSED'
    WHEN l >= 1 AND i > l + lift THEN 'REVIEW_DUE/CEILING_EXCEEDED'
    WHEN evidence THEN 'REVIEW_DUE/NEW_EVIDENCE'
    WHEN collateral THEN 'REVIEW_DUE/COLLATERAL_HARM'
    WHEN context THEN 'REVIEW_DUE/CONTEXT_ENDED'
    WHEN l > was THEN 'REVIEW_DUE/RISK_INCREASED'
    WHEN l >= 1 AND l < was THEN 'REVIEW_DUE/RISK_DECREASED'
    WHEN policy THEN 'REVIEW_DUE/POLICY_CHANGED'
    WHEN consultation THEN 'REVIEW_DUE/CONSULTATION_FINDING'
    WHEN ineffective THEN 'REVIEW_DUE/INEFFECTIVE'
    WHEN age > oldest THEN 'REVIEW_DUE/MEASURE_AGE'
    WHEN days > every THEN 'REVIEW_DUE/INTERVAL_ELAPSED'
    WHEN ends_on - %(day)s::date BETWEEN 0 AND least(14, (ends_on - starts_on) / 2) THEN 'REVIEW_DUE/END_DATE_NEAR'
  END AS said FROM judged
)
SELECT id, split_part(said, '/', 1), split_part(said, '/', 2) FROM found WHERE said IS NOT NULL ORDER BY id
