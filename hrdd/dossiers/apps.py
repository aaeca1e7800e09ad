from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "hrdd.dossiers"
    label = "dossiers"
