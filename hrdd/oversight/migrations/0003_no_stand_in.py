"""SD1 in the database: a stand-in and whom they stand in for are one person, also where no sign-off is asked."""

from django.db import migrations

# Table, who does the second thing, who did the first.
HELD = [
    ("risks_milestone", "verified_by_id", "logged_by_id"),
    ("risks_consultation", "safeguards_checked_by_id", "organiser_id"),
    ("risks_consultation", "screened_by_id", "organiser_id"),
    ("risks_mitigationplan", "decided_by_id", "proposed_by_id"),
]
FUNCTION = """
CREATE FUNCTION oversight_by_no_stand_in() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  second bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
  first bigint := (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) -> TG_ARGV[0] = to_jsonb(NEW) -> TG_ARGV[0] THEN
    RETURN NEW;
  END IF;
  IF second IS NOT NULL AND EXISTS (
    SELECT 1 FROM accounts_delegation d WHERE d.ended_at IS NULL
      AND (now() AT TIME ZONE 'UTC')::date BETWEEN d.starts_on AND d.until
      AND ((d.delegator_id = first AND d.delegate_id = second)
        OR (d.delegator_id = second AND d.delegate_id = first))) THEN
    RAISE EXCEPTION 'SD1: % is not set by a stand-in of %', TG_ARGV[0], TG_ARGV[1];
  END IF;
  RETURN NEW;
END $$;
"""
TRIGGERS = "".join(
    f"CREATE TRIGGER {second.removesuffix('_by_id')}_by_no_stand_in BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
    f"EXECUTE FUNCTION oversight_by_no_stand_in('{second}', '{first}');\n"
    for table, second, first in HELD
)


class Migration(migrations.Migration):
    dependencies = [
        ("oversight", "0002_reminders_of_sign_offs"),
        ("accounts", "0003_people_keep_their_word"),
        ("risks", "0008_partners_of_history"),
    ]
    operations = [migrations.RunSQL(FUNCTION + TRIGGERS, "DROP FUNCTION oversight_by_no_stand_in() CASCADE")]
