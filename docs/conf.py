"""The documents as a site: `.venv/bin/sphinx-build -W docs .data/docs` (ADR 49)."""

project = "HRDD"
author = "The HRDD developers"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["img/**"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "HRDD"
html_static_path: list[str] = []
html_copy_source = False
html_show_sourcelink = False
suppress_warnings = ["misc.highlighting_failure"]
