"""What each role may do to which table, and the statements that make it so (reliability.md 2.6, 3.1).

Staff and worker: whatever the applications write, but never change, delete or empty what is append-only. Intake and
public: these lists and no more; a new table is out of their reach until somebody decides. Nobody may define anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction
from psycopg2.extensions import encrypt_password

from hrdd.database_roles import DatabaseRole

READ, ADD, CHANGE, DELETE = "SELECT", "INSERT", "UPDATE", "DELETE"
PUBLIC_READS = frozenset(
    [
        "risks_consultation",
        "risks_consultation_groups",
        "risks_consultationfinding",
        "risks_stakeholdergroup",
        "risks_dilemma",
        "risks_dilemmadecision",
        "risks_dilemmaoption",
        "risks_measure",
        "risks_mitigationplan",
        "risks_threeparttest",
        "risks_statementofreasons",
        "risks_exitdecision",
        "risks_exitduty",
        "risks_exitnarrative",
        "risks_leverageaction",
        "risks_relationship",
        "risks_partner",
        "risks_policy",
        "risks_policyversion",
        "risks_policyversion_consultations",
        "risks_right",
        "risks_riskright",
        "risks_modelreview",
        "risks_risk",
        "risks_salientlist",
        "risks_severityassessment",
        "oversight_publicmandate",
        "oversight_publicmeeting",
        "oversight_publictraining",
        "transparency_document",
        "transparency_logcheckpoint",
        "transparency_logentry",
        "transparency_manifest",
        "transparency_release",
        "transparency_report",
    ]
)
PUBLIC_COLUMNS = {
    "governance_signoff": (
        "id",
        "subject_kind",
        "subject_id",
        "step",
        "decision",
        "decided_at",
        "content_hash",
        "asked_at",
    ),
    "risks_replacedwords": ("id", "risk_id", "title_changed", "summary_changed", "replaced_at"),
    "transparency_withdrawal": (
        *("id", "report_id", "period", "edition", "content_hash", "reason", "withdrawn_at"),
    ),
}
AUDIT_READS = frozenset(
    [
        "governance_auditevent",
        "governance_verification",
        "remedies_readlog",
        "transparency_logentry",
        "transparency_logcheckpoint",
        "transparency_manifest",
        "transparency_anchorpush",
    ]
)
# By table: what a person without an account sets in motion, column by column where something is changed.
INTAKE: dict[str, dict[str, tuple[str, ...]]] = {
    "governance_user": {READ: ("id", "is_active", "roles")},
    "remedies_attachment": {READ: (), ADD: ()},
    "remedies_case": {
        READ: (),
        ADD: (),
        CHANGE: (
            *("state", "threat_to_life", "withdrawn_week", "closed_on", "identity_mode"),
            *("reopened_on", "reopened_for"),
        ),
    },
    "remedies_casekey": {READ: (), ADD: ()},
    "remedies_casekeywrap": {ADD: ()},
    "remedies_formkey": {READ: (), ADD: (), DELETE: ()},
    "remedies_identitykeywrap": {READ: ("id", "identity_id"), ADD: (), DELETE: ()},
    "remedies_message": {READ: (), ADD: (), CHANGE: ("for_person", "first_shown_week")},
    "remedies_rating": {READ: (), ADD: (), CHANGE: ("quarter", "satisfaction", "fairness", "safety")},
    "remedies_recoverykey": {READ: ()},
    "remedies_recoveryshare": {READ: ()},
    "remedies_remedy": {READ: (), CHANGE: ("agreed_on", "contested_on")},
    "remedies_replykey": {READ: (), ADD: (), CHANGE: (), DELETE: ()},
    "remedies_retaliationcheck": {READ: (), ADD: (), CHANGE: ("word", "word_week")},
    "remedies_sealedidentity": {READ: ("id", "case_id"), ADD: (), DELETE: ()},
    "remedies_vaultkey": {READ: ()},
}
ONLY_READ = {"django_migrations", "django_content_type", "auth_permission"}
# The rows that the public's role sees of a table: the rest does not exist for it.
PUBLIC_ROWS = {
    "transparency_report": "state IN ('published', 'corrected')",
    "transparency_document": "EXISTS (SELECT 1 FROM transparency_report r WHERE r.id = report_id)",
}
# Of a session of its own, where a process signs in as the role: no query stands for ever, nobody's words reach a log.
SESSION: dict[str, dict[str, str]] = {
    "statement_timeout": {"": "10s", DatabaseRole.WORKER: "110s"},
    "lock_timeout": {"": "2s", DatabaseRole.WORKER: "30s"},
    "idle_in_transaction_session_timeout": {"": "30s", DatabaseRole.WORKER: "120s"},
    "log_parameter_max_length": {DatabaseRole.INTAKE: "0", DatabaseRole.STAFF: "0"},
    "log_parameter_max_length_on_error": {DatabaseRole.INTAKE: "0", DatabaseRole.STAFF: "0"},
    "synchronous_commit": {DatabaseRole.INTAKE: "on", DatabaseRole.STAFF: "on"},
}


@dataclass(frozen=True, order=True)
class Grant:
    """One thing that a role may do to a table, or to some of its columns."""

    role: str
    verb: str
    table: str
    columns: tuple[str, ...] = ()

    def statement(self) -> str:
        """Return it as SQL."""
        columns = f" ({', '.join(self.columns)})" if self.columns else ""
        return f"GRANT {self.verb}{columns} ON {self.table} TO {self.role}"


def grants() -> set[Grant]:
    """Return all that the roles may do to the tables of this database."""
    kept, tables = append_only_tables(), _tables()
    found = {Grant(DatabaseRole.PUBLIC, READ, table) for table in PUBLIC_READS}
    found |= {Grant(DatabaseRole.PUBLIC, READ, table, columns) for table, columns in PUBLIC_COLUMNS.items()}
    found |= {Grant(DatabaseRole.AUDIT, READ, table) for table in AUDIT_READS}
    for table, verbs in INTAKE.items():
        found |= {Grant(DatabaseRole.INTAKE, verb, table, columns) for verb, columns in verbs.items()}
    for table in tables:
        may = [READ] if table in ONLY_READ else [READ, ADD] if table in kept else [READ, ADD, CHANGE, DELETE]
        found |= {
            Grant(role, verb, table) for verb in may for role in (DatabaseRole.STAFF, DatabaseRole.WORKER)
        }
    return found


def append_only_tables() -> set[str]:
    """Return the tables whose triggers refuse to change or delete a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger "
            "WHERE tgname = 'append_only_rows' AND tgtype & 24 = 24"  # on DELETE (8) and on UPDATE (16)
        )
        return {name for (name,) in cursor.fetchall()}


@transaction.atomic
def give() -> int:
    """Make the roles and give each what it may, and nothing else; safe to repeat.

    Returns:
        How many grants stand.

    Raises:
        django.db.ProgrammingError: whoever is connected may not make roles (CREATEROLE), or does not own the tables.
    """
    found = sorted(grants())
    with connection.cursor() as cursor:
        for statement in (*_roles(), *_taken_back(), *(one.statement() for one in found), *_rows()):
            cursor.execute(statement)
    return len(found)


@transaction.atomic
def make_roles() -> None:
    """Make the roles that are not there yet; they may nothing until tables are there and granted."""
    with connection.cursor() as cursor:
        for statement in _roles():
            cursor.execute(statement)


@transaction.atomic
def let_sign_in(folder: Path) -> list[str]:
    """Let each role sign in whose password stands in a file of its name; return these roles. Safe to repeat.

    The password itself reaches neither the server nor its log: what is sent is what SCRAM keeps of it.

    Raises:
        django.db.ProgrammingError: whoever is connected may not change roles (CREATEROLE).
    """
    named = []
    for role in DatabaseRole:
        file = folder / role
        if file.is_file() and (password := file.read_text().strip()):
            with connection.cursor() as cursor:
                verifier = encrypt_password(password, role, connection.connection, "scram-sha-256")
                cursor.execute(f"ALTER ROLE {role} LOGIN PASSWORD %s", [verifier])
            named.append(str(role))
    return named


def not_set() -> list[str]:
    """Return in sentences what an operator has to set, where `give` could not and the server has it otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, reset_val FROM pg_settings WHERE name = ANY(%s)", [list(SESSION)])
        of_server = dict(cursor.fetchall())
        cursor.execute("SELECT rolname, coalesce(rolconfig, '{}') FROM pg_roles")
        of_role = dict(cursor.fetchall())
    wanting: dict[tuple[str, str], list[str]] = {}
    for role, setting, value in _session():
        if f"{setting}={value}" not in of_role.get(role, []) and of_server[setting] != value:
            wanting.setdefault((setting, value), []).append(role)
    return [
        f"{setting} is {of_server[setting]} for {', '.join(roles)} and should be {value}; only a superuser may set it "
        f"for a role. Set {setting}={value} for the whole server, or let a superuser say "
        f"GRANT SET ON PARAMETER {setting} TO the owner of the tables, and run this again."
        for (setting, value), roles in wanting.items()
    ]


def missing_and_surplus() -> list[str]:
    """Return in sentences where what the roles may do differs from what they should; empty where all is well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.rolname, a.privilege_type, c.relname, '' "
            "FROM pg_class c CROSS JOIN aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee "
            "WHERE c.relkind IN ('r', 'p', 'v') AND r.rolname = ANY(%(roles)s) UNION ALL "
            "SELECT r.rolname, a.privilege_type, c.relname, t.attname FROM pg_attribute t "
            "JOIN pg_class c ON c.oid = t.attrelid CROSS JOIN aclexplode(t.attacl) a "
            "JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = ANY(%(roles)s)",
            {"roles": [str(role) for role in DatabaseRole]},
        )
        stands = set(cursor.fetchall())
    wanted = {
        (str(one.role), one.verb, one.table, column) for one in grants() for column in (one.columns or ("",))
    }
    told = [
        f"{role} may not {verb} {table} {column}".strip() for role, verb, table, column in wanted - stands
    ]
    told += [f"{role} may {verb} {table} {column}".strip() for role, verb, table, column in stands - wanted]
    return sorted(told)


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model._meta.managed} | {"django_migrations"})


def _roles() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles")
        there = {name for (name,) in cursor.fetchall()}
    for role in DatabaseRole:
        if role not in there:
            yield f"CREATE ROLE {role} NOLOGIN"
        yield f"GRANT {role} TO CURRENT_USER"
    settable = _settable()
    yield from (
        f"ALTER ROLE {role} SET {setting} = '{value}'"
        for role, setting, value in _session()
        if setting in settable
    )


def _session() -> Iterator[tuple[DatabaseRole, str, str]]:
    for setting, given in SESSION.items():
        for role in DatabaseRole:
            if value := given.get(role, given.get("", "")):
                yield role, setting, value


def _settable() -> set[str]:
    """Return the settings that whoever is connected may set for a role; some need a superuser, or a right to them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_settings WHERE name = ANY(%s) "
            "AND (context = 'user' OR has_parameter_privilege(name, 'SET'))",
            [list(SESSION)],
        )
        return {name for (name,) in cursor.fetchall()}


def _taken_back() -> Iterator[str]:
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    for role in DatabaseRole:
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
        yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}"
    for role in (DatabaseRole.STAFF, DatabaseRole.WORKER):
        yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"


def _rows() -> Iterator[str]:
    for table, condition in PUBLIC_ROWS.items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS whole ON {table}"
        yield f"CREATE POLICY whole ON {table} TO {DatabaseRole.STAFF}, {DatabaseRole.WORKER} USING (true)"
        yield f"DROP POLICY IF EXISTS published ON {table}"
        yield f"CREATE POLICY published ON {table} FOR SELECT TO {DatabaseRole.PUBLIC} USING ({condition})"
