from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "hrdd.watch"
    label = "watch"
