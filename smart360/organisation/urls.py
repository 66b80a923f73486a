"""Addresses."""

from django.urls import path

from smart360.organisation import views

urlpatterns = [
    path("settings/", views.utility_change, name="utility_change"),
    path("logo", views.logo, name="logo"),
]
