"""What is typed at the workbench."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms

from hrdd.forms import Form

LONGEST_SEARCH = 200


class SearchForm(Form):
    """Words, and the kind of record to look in; what makes no sense is left out."""

    q = forms.CharField(
        label="Words",
        max_length=LONGEST_SEARCH,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label="In", required=False)

    def __init__(self, *args: Any, kinds: Mapping[str, Any], **rest: Any) -> None:
        super().__init__(*args, **rest)
        choices = [("", "Everything"), *((name, kind.label) for name, kind in kinds.items())]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        self.is_valid()

    def said(self) -> str:
        """Return the words; none where they make no sense."""
        return str(self.cleaned_data.get("q", "")).replace("\0", "").strip()

    def chosen_kind(self) -> str:
        """Return the kind to look in; empty for all."""
        return str(self.cleaned_data.get("kind", ""))

    def querystring(self) -> str:
        """Return them as they stand in an address."""
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})
