from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "hrdd.oversight"
    label = "oversight"
