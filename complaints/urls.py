"""Addresses below ``/cx/services/``."""

from django.urls import path

from complaints.views import lists

urlpatterns = [
    path("", lists.complaint_list, name="complaint_list"),
    path("export.csv", lists.complaint_export, name="complaint_export"),
]
