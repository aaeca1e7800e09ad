"""What the database itself holds about who may what (domain.md 0.2, 0.3; issue 8)."""

from django.db import migrations

HOLD = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON accounts_rolechange
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON accounts_rolechange
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();

ALTER TABLE governance_user ADD CONSTRAINT user_auditor_or_expert_alone CHECK (
  NOT (roles ?| array['AUDITOR', 'EXPERT'] AND jsonb_array_length(roles) > 1));
ALTER TABLE governance_user ADD CONSTRAINT user_never_on_cases CHECK (
  NOT (roles ?| array['SYSADMIN', 'BOARD', 'ENGAGE']
       AND roles ?| array['GRV_INTAKE', 'GRV_INV', 'GRV_DEC', 'APPEAL', 'CUSTODIAN']));

-- A delegation says who, what and until when for good; only its end is added, once.
CREATE FUNCTION accounts_delegation_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
     OR (to_jsonb(OLD) - 'ended_at' - 'ended_by_id') <> (to_jsonb(NEW) - 'ended_at' - 'ended_by_id') THEN
    RAISE EXCEPTION 'a delegation is ended, never rewritten';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keeps_its_word BEFORE UPDATE OR DELETE ON accounts_delegation
  FOR EACH ROW EXECUTE FUNCTION accounts_delegation_keeps_its_word();
ALTER TABLE accounts_delegation ADD CONSTRAINT delegation_of_what_may_be CHECK (
  role NOT IN ('GRV_INTAKE', 'GRV_INV', 'GRV_DEC', 'APPEAL', 'CUSTODIAN', 'AUDITOR', 'EXPERT', 'SYSADMIN')
  AND until - starts_on < 90);

-- A signed review and its lines are closed.
CREATE FUNCTION accounts_review_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_TABLE_NAME = 'accounts_accessreview' AND to_jsonb(OLD) ->> 'signed_at' IS NOT NULL)
     OR (TG_TABLE_NAME = 'accounts_reviewline' AND EXISTS (SELECT 1 FROM accounts_accessreview r
         WHERE r.id = (to_jsonb(OLD) ->> 'review_id')::bigint AND r.signed_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'a signed access review is closed';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER is_signed BEFORE UPDATE OR DELETE ON accounts_accessreview
  FOR EACH ROW EXECUTE FUNCTION accounts_review_is_signed();
CREATE TRIGGER is_signed BEFORE UPDATE OR DELETE ON accounts_reviewline
  FOR EACH ROW EXECUTE FUNCTION accounts_review_is_signed();

-- SD1: whoever stands in for the one who asked, or the other way round, does not sign what they asked.
CREATE FUNCTION accounts_sign_off_by_no_stand_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.decision IN ('approved', 'refused') AND EXISTS (
    SELECT 1 FROM accounts_delegation d WHERE d.ended_at IS NULL
      AND (NEW.decided_at AT TIME ZONE 'UTC')::date BETWEEN d.starts_on AND d.until
      AND ((d.delegator_id = NEW.asked_by_id AND d.delegate_id = NEW.decided_by_id)
        OR (d.delegator_id = NEW.decided_by_id AND d.delegate_id = NEW.asked_by_id))) THEN
    RAISE EXCEPTION 'SD1: a stand-in of whoever asked does not sign';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER by_no_stand_in BEFORE INSERT OR UPDATE ON governance_signoff
  FOR EACH ROW EXECUTE FUNCTION accounts_sign_off_by_no_stand_in();
"""
LET_GO = """
DROP TRIGGER by_no_stand_in ON governance_signoff;
DROP FUNCTION accounts_sign_off_by_no_stand_in();
DROP TRIGGER is_signed ON accounts_reviewline;
DROP TRIGGER is_signed ON accounts_accessreview;
DROP FUNCTION accounts_review_is_signed();
ALTER TABLE accounts_delegation DROP CONSTRAINT delegation_of_what_may_be;
DROP TRIGGER keeps_its_word ON accounts_delegation;
DROP FUNCTION accounts_delegation_keeps_its_word();
ALTER TABLE governance_user DROP CONSTRAINT user_never_on_cases;
ALTER TABLE governance_user DROP CONSTRAINT user_auditor_or_expert_alone;
DROP TRIGGER append_only_table ON accounts_rolechange;
DROP TRIGGER append_only_rows ON accounts_rolechange;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people"), ("governance", "0004_delegated")]
    operations = [migrations.RunSQL(HOLD, LET_GO)]
