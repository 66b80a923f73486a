"""Addresses of imports."""

from django.urls import path

from smart360.custody.views import imports

urlpatterns = [
    path("imports", imports.import_list, name="import_list"),
    path("imports/try", imports.import_try, name="import_try"),
    path("imports/sample.csv", imports.import_sample, name="import_sample"),
    path("imports/<int:run>/start", imports.import_start, name="import_start"),
    path("imports/<int:run>/resume", imports.import_resume, name="import_resume"),
    path("imports/<int:run>/problems.csv", imports.import_problems, name="import_problems"),
]
