"""Pages that people at the desk have for themselves."""

from django.urls import path

from hrdd.workbench.views import comments, components, search, shortcuts

urlpatterns = [
    path("search/", search.search, name="search"),
    path("search/palette/", search.palette, name="palette"),
    path("shortcuts/", shortcuts.shortcuts, name="shortcuts"),
    path("shortcuts/state/", shortcuts.shortcut_state, name="shortcut-state"),
    path("comments/<slug:kind>/<int:pk>/", comments.comment_new, name="comment-new"),
    path("comments/mentions/<int:pk>/done/", comments.mention_done, name="mention-done"),
    path("components/", components.components, name="components"),
    path("components/modes.css", components.component_modes, name="component-modes"),
]
