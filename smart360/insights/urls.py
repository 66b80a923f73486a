"""Addresses of what is made of many facts about a consumer."""

from django.urls import path

from smart360.insights.views import health, vips

urlpatterns = [
    path("vip-suggestions", vips.vip_suggestion_list, name="vip_suggestion_list"),
    path(
        "vip-suggestions/<int:suggestion>/accept",
        vips.vip_suggestion_accept,
        name="vip_suggestion_accept",
    ),
    path(
        "vip-suggestions/<int:suggestion>/decline",
        vips.vip_suggestion_decline,
        name="vip_suggestion_decline",
    ),
    path("<account:account>/health", health.consumer_health, name="consumer_health"),
]
