"""Addresses of the start page, the search, the tracking page and the profile's own tabs."""

from django.urls import path

from smart360.desk.views import communication, profile, search, service, start, track

CONSUMER = "cx/consumer-management/<account:account>"

urlpatterns = [
    path("", start.start, name="start"),
    path("search", search.search_everything, name="search"),
    path("search/options", search.search_options, name="search_options"),
    path(CONSUMER, profile.consumer_detail, name="consumer_detail"),
    path(f"{CONSUMER}/hold", profile.profile_hold, name="profile_hold"),
    path(f"{CONSUMER}/break", profile.profile_break, name="profile_break"),
    path(
        f"{CONSUMER}/communication",
        communication.consumer_communication,
        name="consumer_communication",
    ),
    path(f"{CONSUMER}/messages", communication.consumer_message, name="consumer_message"),
    path(f"{CONSUMER}/calls", communication.consumer_call, name="consumer_call"),
    path(f"{CONSUMER}/service", service.consumer_service, name="consumer_service"),
    path("track/<str:token>", track.track, name="track"),
    path("track/<str:token>/receipt.pdf", track.track_receipt, name="track_receipt"),
    path("track/<str:token>/rating", track.track_rate, name="track_rate"),
]
