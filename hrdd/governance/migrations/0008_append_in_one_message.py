"""One message appends an event: the lock of the chain, the hash before, and the row.

A statement of a function that is VOLATILE sees what was committed before it began, so the hash before is read behind
the lock. The hash is that of AuditEvent.chained_hash; its row comes as RFC 8785 writes it.
"""

from django.db import migrations

APPEND = """
CREATE FUNCTION governance_append_event(
    at timestamptz, actor text, action text, subject text, detail jsonb, canonical text,
    OUT id bigint, OUT prev_hash text, OUT hash text
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(4101);
    prev_hash := (SELECT hash FROM governance_auditevent ORDER BY id DESC LIMIT 1);
    prev_hash := coalesce(prev_hash, repeat('0', 64));
    hash := encode(sha256('hrdd-audit-v1\\000'::bytea || convert_to(prev_hash || canonical, 'UTF8')), 'hex');
    INSERT INTO governance_auditevent (at, actor, action, subject, detail, prev_hash, hash)
    VALUES ($1, $2, $3, $4, $5, governance_append_event.prev_hash, governance_append_event.hash)
    RETURNING id INTO governance_append_event.id;
END $$;
"""
NO_APPEND = "DROP FUNCTION governance_append_event"


class Migration(migrations.Migration):
    dependencies = [("governance", "0007_languages_of_people")]
    operations = [migrations.RunSQL(APPEND, NO_APPEND)]
