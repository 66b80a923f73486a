"""Addresses of the web layer."""

from django.urls import path

from smart360.web import views

urlpatterns = [
    path("drafts/<slug:form>", views.draft_save, name="draft_save"),
    path("theme", views.theme_set, name="theme_set"),
    path("gallery/", views.gallery_view, name="gallery"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
