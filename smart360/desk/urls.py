"""Addresses of the start page and the search."""

from django.urls import path

from smart360.desk.views import search, start, track

urlpatterns = [
    path("", start.start, name="start"),
    path("search", search.search_everything, name="search"),
    path("search/options", search.search_options, name="search_options"),
    path("track/<str:token>", track.track, name="track"),
    path("track/<str:token>/receipt.pdf", track.track_receipt, name="track_receipt"),
    path("track/<str:token>/rating", track.track_rate, name="track_rate"),
]
