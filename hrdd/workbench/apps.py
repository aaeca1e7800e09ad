from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "hrdd.workbench"
    label = "workbench"
