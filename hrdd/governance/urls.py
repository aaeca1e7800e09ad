"""Pages of the audit."""

from django.urls import path

from hrdd.governance import views

urlpatterns = [
    path("audit/", views.audit_list, name="audit-list"),
    path("audit.csv", views.audit_export, name="audit-export"),
]
