"""Addresses of imports."""

from django.urls import path

from smart360.custody import views

urlpatterns = [
    path("imports", views.import_list, name="import_list"),
    path("imports/try", views.import_try, name="import_try"),
    path("imports/sample.csv", views.import_sample, name="import_sample"),
    path("imports/<int:run>/start", views.import_start, name="import_start"),
    path("imports/<int:run>/resume", views.import_resume, name="import_resume"),
    path("imports/<int:run>/problems.csv", views.import_problems, name="import_problems"),
]
