"""Pages that people at the desk have for themselves."""

from django.urls import path

from hrdd.workbench.views import components

urlpatterns = [
    path("components/", components.components, name="components"),
    path("components/modes.css", components.component_modes, name="component-modes"),
]
