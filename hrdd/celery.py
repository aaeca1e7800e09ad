"""The Celery application. Redis rings the doorbell; PostgreSQL is the queue of record."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrdd.settings")

app = Celery("hrdd")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["risks"])
