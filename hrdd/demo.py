"""The invented people of the demonstration; the cases are real (hrdd/dossiers/cases)."""

from dataclasses import dataclass

from django.conf import settings

from hrdd.governance.models import User
from hrdd.governance.rules import Role

PASSWORD = "demonstration only"  # noqa: S105  # printed on the screen, refused outside a demonstration
VAULT_PASSPHRASE = "demonstration only vault"  # noqa: S105  # opens the vaults of the demonstration


@dataclass(frozen=True)
class Person:
    """A login of the demonstration."""

    username: str
    display_name: str
    role: Role
    sentence: str
    password: str = PASSWORD


PEOPLE = (
    Person("ana", "Ana, analyst", Role.ANALYST, "judges risks and re-assesses measures"),
    Person("pia", "Pia, publisher", Role.PUBLISHER, "drafts and publishes reports"),
    Person("rex", "Rex, safety officer", Role.REDACTOR, "clears reports for the safety of people"),
    Person("eve", "Eve, executive", Role.SENIOR, "oversees, and approves reports"),
    Person("bob", "Bob, board member", Role.BOARD, "reads the board"),
    Person("rita", "Rita, reviewer", Role.REVIEWER, "confirms how severity was judged"),
    Person("dan", "Dan, decider", Role.DECIDER, "finds on involvement and decides on plans"),
    Person("enid", "Enid, engagement lead", Role.ENGAGE, "asks the people affected, safely"),
    Person("paul", "Paul, partner manager", Role.PARTNER_MGR, "uses leverage with partners"),
    Person("noor", "Noor, outside expert", Role.EXPERT, "reads only what is shared, and gives opinions"),
    Person("grace", "Grace, first reader of concerns", Role.GRV_INTAKE, "sorts concerns and assigns them"),
    Person("ivan", "Ivan, investigator", Role.GRV_INV, "looks into the concerns that are his"),
    Person("dora", "Dora, decider of cases", Role.GRV_DEC, "decides cases that others looked into"),
    Person("abel", "Abel, appeals", Role.APPEAL, "decides appeals, with nothing to do before"),
    Person("cleo", "Cleo, custodian", Role.CUSTODIAN, "keeps identities, and a share of recovery"),
    Person("milo", "Milo, custodian", Role.CUSTODIAN, "keeps identities, and a share of recovery"),
    Person("tara", "Tara, custodian", Role.CUSTODIAN, "keeps identities, and a share of recovery"),
    Person("audrey", "Audrey, auditor", Role.AUDITOR, "reads everything, and the audit log"),
)


def create_people() -> None:
    """Create the logins that are not there yet."""
    for person in PEOPLE:
        if not User.objects.filter(username=person.username).exists():
            User.objects.create_user(
                person.username, PASSWORD, display_name=person.display_name, roles=[person.role]
            )


def shown_people() -> tuple[Person, ...]:
    """Return the people whom the sign-in page offers: those of a demonstration, elsewhere nobody."""
    return PEOPLE if settings.DEMONSTRATION else ()
