"""A case goes its way and closes owing nothing (domain.md 6.4)."""

from django.db import migrations

WAY = """
CREATE FUNCTION hrdd_case_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (NEW.state = 'withdrawn' AND OLD.state <> 'closed' AND OLD.state <> 'withdrawn')
     AND (OLD.state, NEW.state) NOT IN (
    ('received', 'acknowledged'), ('acknowledged', 'screening'), ('screening', 'admissible'),
    ('screening', 'referred'), ('screening', 'inadmissible'), ('admissible', 'investigating'),
    ('investigating', 'findings_drafted'), ('findings_drafted', 'decided'), ('decided', 'remedy_proposed'),
    ('decided', 'appeal'), ('decided', 'closed'), ('referred', 'closed'),
    ('inadmissible', 'appeal'), ('inadmissible', 'closed'), ('remedy_proposed', 'remedy_agreed'),
    ('remedy_proposed', 'remedy_contested'), ('remedy_agreed', 'in_delivery'), ('remedy_contested', 'appeal'),
    ('in_delivery', 'delivered'), ('delivered', 'verified'), ('verified', 'closed'),
    ('appeal', 'appeal_decided'), ('appeal_decided', 'remedy_proposed'), ('appeal_decided', 'closed'),
    ('closed', 'reopened'), ('reopened', 'investigating')
  ) THEN
    RAISE EXCEPTION 'A case does not go from % to % (domain.md 6.4)', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'decided' AND NOT EXISTS (
    SELECT 1 FROM remedies_casemember m
    WHERE m.case_id = NEW.id AND m.user_id = NEW.decided_by_id AND m.role = 'GRV_DEC' AND m.left_at IS NULL
  ) THEN
    RAISE EXCEPTION 'C6: a case is decided by whoever has the role GRV_DEC on it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER case_goes_its_way BEFORE UPDATE OF state ON remedies_case
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION hrdd_case_goes_its_way();
CREATE TRIGGER case_role_stays BEFORE UPDATE OF role, user_id, case_id ON remedies_casemember
  FOR EACH ROW WHEN ((OLD.role, OLD.user_id, OLD.case_id) IS DISTINCT FROM (NEW.role, NEW.user_id, NEW.case_id))
  EXECUTE FUNCTION hrdd_refuse_change();
"""
NO_WAY = """
DROP TRIGGER case_role_stays ON remedies_casemember;
DROP FUNCTION hrdd_case_goes_its_way() CASCADE;
"""
DEBTS = """
CREATE FUNCTION hrdd_case_owes_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'closed' AND (
    (OLD.state IN ('decided', 'appeal_decided') AND NEW.finding IN ('upheld', 'partly_upheld'))
    OR EXISTS (SELECT 1 FROM remedies_remedy r
               WHERE r.case_id = NEW.id AND r.contested_on IS NULL AND r.delivered_on IS NULL)
  ) THEN
    RAISE EXCEPTION 'C3: no case is closed while its remedy is not delivered' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'appeal_decided' AND NOT EXISTS (
    SELECT 1 FROM remedies_casemember m
    WHERE m.case_id = NEW.id AND m.user_id = NEW.appeal_decided_by_id AND m.role = 'APPEAL' AND m.left_at IS NULL
  ) THEN
    RAISE EXCEPTION 'SD3: an appeal is decided by whoever has the role APPEAL on the case'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER case_owes_nothing BEFORE UPDATE OF state ON remedies_case
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION hrdd_case_owes_nothing();
"""
NO_DEBTS = """
DROP FUNCTION hrdd_case_owes_nothing() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("remedies", "0002_append_only")]
    operations = [
        migrations.RunSQL(WAY, NO_WAY),
        migrations.RunSQL(DEBTS, NO_DEBTS),
    ]
