"""Addresses of what is made of many facts about a consumer."""

from django.urls import path

from smart360.insights.views import health

urlpatterns = [
    path("<account:account>/health", health.consumer_health, name="consumer_health"),
]
