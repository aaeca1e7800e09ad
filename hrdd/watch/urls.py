"""Addresses of whoever watches."""

from django.urls import path

from hrdd.watch import views

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("desk/status/", views.status, name="status"),
]
