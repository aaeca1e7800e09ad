"""What is typed about an account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from hrdd.governance.models import User

CODE = forms.TextInput(
    attrs={"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "characters"}
)


class NameAndPassword(AuthenticationForm):
    """The two fields of the sign-in page; the view checks them, once, within its limits."""

    def clean(self) -> dict[str, Any]:
        """Return what was typed."""
        return self.cleaned_data


class CodeForm(forms.Form):
    """A code of the app, or one of those that were written down."""

    code = forms.CharField(label="Code", max_length=40, widget=CODE)


class AppForm(forms.Form):
    """The first code of a new authenticator app."""

    code = forms.CharField(label="The six digits that the app shows now", max_length=8, widget=CODE)


class PasswordForm(forms.Form):
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
