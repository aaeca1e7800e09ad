"""Pages that people at the desk have for themselves."""

from django.urls import path

from hrdd.workbench.views import components, search, shortcuts

urlpatterns = [
    path("search/", search.search, name="search"),
    path("search/palette/", search.palette, name="palette"),
    path("shortcuts/", shortcuts.shortcuts, name="shortcuts"),
    path("shortcuts/state/", shortcuts.shortcut_state, name="shortcut-state"),
    path("components/", components.components, name="components"),
    path("components/modes.css", components.component_modes, name="component-modes"),
]
