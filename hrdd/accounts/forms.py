"""What is typed about an account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from hrdd.accounts.rules.tokens import LASTS, SCOPES
from hrdd.forms import Form
from hrdd.governance.models import User
from hrdd.governance.rules import CALLED, WHO, Role
from hrdd.tongues import ENGLISH, languages

SAY_WHY = "Why: say it in at least 20 characters."
CODE = forms.TextInput(
    attrs={"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "characters"}
)


class NameAndPassword(Form, AuthenticationForm):
    """The two fields of the sign-in page; the view checks them, once, within its limits."""

    def clean(self) -> dict[str, Any]:
        """Return what was typed."""
        return self.cleaned_data


class CodeForm(Form):
    """A code of the app, or one of those that were written down."""

    code = forms.CharField(label="Code", max_length=40, widget=CODE)


class AppForm(Form):
    """The first code of a new authenticator app."""

    code = forms.CharField(label="The six digits that the app shows now", max_length=8, widget=CODE)


class PasswordForm(Form):
    """A new password, for the person it is for."""

    password = forms.CharField(
        label="New password",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 15 characters, anything you like: a sentence is fine. It never has to be changed.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Return it, or say what is wrong with it."""
        password: str = self.cleaned_data["password"]
        if "\0" in password:
            raise ValidationError("Leave out the character NUL.")
        validate_password(password, self.user)
        return password


class NewPasswordForm(PasswordForm):
    """A new password in place of the one that is known."""

    current = forms.CharField(
        label="Your password now",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="Whoever forgot it signs in by passkey, or asks a technical operator for a new invitation.",
    )
    field_order = ("current", "password")


class PeopleFilter(Form):
    """Whom the list of people shows."""

    q = forms.CharField(label="Name", max_length=60, required=False)
    role = forms.ChoiceField(
        label="Role",
        required=False,
        choices=[("", "Any"), *((str(one), said) for one, said in CALLED.items())],
    )
    state = forms.ChoiceField(
        label="Account",
        required=False,
        choices=[("", "Open"), ("closed", "Closed"), ("weak", "Without a second factor"), ("all", "All")],
    )


class RolesForm(Form):
    """Roles, and why."""

    roles = forms.MultipleChoiceField(
        label="Roles",
        required=False,
        choices=[(str(one), f"{CALLED[one]}: {said}") for one, said in WHO.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    why = forms.CharField(
        label="Why",
        max_length=2000,
        help_text="At least 20 characters; it stands in the audit log and in the person's history.",
        error_messages={"required": SAY_WHY},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LanguageForm(Form):
    """In which language one is written to."""

    language = forms.ChoiceField(
        label="Language of e-mails",
        choices=list(languages().items()),
        initial=ENGLISH,
    )


class InviteForm(LanguageForm, RolesForm):
    """Whom one invites."""

    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]{1,59}$",
        label="Username",
        help_text="What they sign in with; small letters, digits, dots and dashes. It stays theirs for good.",
        error_messages={"invalid": "Two to sixty small letters, digits, dots or dashes."},
    )
    display_name = forms.CharField(label="Name and function", max_length=120)
    field_order = ("username", "display_name", "language", "roles", "why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].required = True


class WhyForm(Form):
    """A reason."""

    why = forms.CharField(
        label="Why",
        max_length=2000,
        help_text="At least 20 characters.",
        error_messages={"required": SAY_WHY},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DelegationForm(Form):
    """Which role one lends, to whom, and until when."""

    role = forms.ChoiceField(label="Role")
    to = forms.ChoiceField(label="To")
    starts_on = forms.DateField(
        label="First day", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    until = forms.DateField(
        label="Last day",
        help_text="It ends after this day by itself; 90 days at most.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    why = forms.CharField(
        label="Why",
        max_length=2000,
        help_text="At least 20 characters.",
        error_messages={"required": SAY_WHY},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, roles: list[str], people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(one, f"{CALLED[Role(one)]}: {WHO[Role(one)]}") for one in roles]  # type: ignore[attr-defined]
        self.fields["to"].choices = [(str(one.pk), one.display_name) for one in people]  # type: ignore[attr-defined]


class TokenForm(Form):
    """A token for a program: what for, what it may, how long."""

    name = forms.CharField(label="Which program it is for", max_length=60)
    scopes = forms.MultipleChoiceField(
        label="What it may do", choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label="How long it lasts", choices=list(LASTS.items()), coerce=int, initial=30
    )
