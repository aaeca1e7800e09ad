from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    name = "hrdd.recovery"
    label = "recovery"
