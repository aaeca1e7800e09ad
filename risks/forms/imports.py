"""The form that uploads a file of a register."""

from django import forms

from hrdd.forms import Form


class FileImportForm(Form):
    """A CSV, XLSX or JSON file."""

    file = forms.FileField(
        label="File",
        help_text="CSV (UTF-8), XLSX or JSON, at most 5 MB and 1,000 records, with the columns below.",
        widget=forms.FileInput({"accept": ".csv,.xlsx,.json"}),
        allow_empty_file=True,
        error_messages={
            "required": "File: choose a CSV, XLSX or JSON file.",
            "invalid": "File: choose a CSV, XLSX or JSON file.",
        },
        max_length=200,
    )
