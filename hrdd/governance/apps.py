from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "hrdd.governance"
    label = "governance"
