"""Pages of the audit."""

from django.urls import path

from hrdd.governance import views

urlpatterns = [
    path("audit/", views.audit_list, name="audit-list"),
    path("audit.csv", views.audit_export, name="audit-export"),
    path("audit.jsonl", views.audit_export_json, name="audit-export-json"),
]
