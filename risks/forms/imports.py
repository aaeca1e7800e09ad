"""The form that uploads a file of a register."""

from django import forms


class FileImportForm(forms.Form):
    """A CSV or XLSX file."""

    file = forms.FileField(
        label="File",
        help_text="CSV (UTF-8) or XLSX, at most 5 MB and 1,000 rows, with the columns below.",
        widget=forms.FileInput({"accept": ".csv,.xlsx"}),
        allow_empty_file=True,
        error_messages={
            "required": "File: choose a CSV or XLSX file.",
            "invalid": "File: choose a CSV or XLSX file.",
            "max_length": "File: its name is too long. Give it a shorter one.",
        },
        max_length=200,
    )
