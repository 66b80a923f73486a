"""Addresses of the start page, the search, the tracking page and the profile's own tabs."""

from django.urls import path

from smart360.desk.views import (
    communication,
    documents,
    profile,
    search,
    service,
    start,
    track,
    uploads,
)

CONSUMER = "cx/consumer-management/<account:account>"
DOCUMENTS = f"{CONSUMER}/documents"
DOCUMENT = f"{DOCUMENTS}/<int:document>"
TRAY = f"{DOCUMENTS}/tray"

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
    path(DOCUMENTS, documents.consumer_documents, name="consumer_documents"),
    path(f"{DOCUMENTS}/new", uploads.document_new, name="document_new"),
    path(TRAY, uploads.tray_add, name="tray_add"),
    path(f"{TRAY}/<uuid:file>", uploads.tray_file, name="tray_file"),
    path(f"{TRAY}/<uuid:file>/remove", uploads.tray_remove, name="tray_remove"),
    path(DOCUMENT, documents.document_detail, name="document_detail"),
    path(f"{DOCUMENT}/new", uploads.document_version, name="document_version"),
    path(f"{DOCUMENT}/<int:number>/<int:position>", documents.document_file, name="document_file"),
    path(f"{DOCUMENT}/decide", documents.document_decide, name="document_decide"),
    path(f"{DOCUMENT}/withdraw", documents.document_withdraw, name="document_withdraw"),
    path(f"{CONSUMER}/service", service.consumer_service, name="consumer_service"),
    path("track/<str:token>", track.track, name="track"),
    path("track/<str:token>/receipt.pdf", track.track_receipt, name="track_receipt"),
    path("track/<str:token>/rating", track.track_rate, name="track_rate"),
]
