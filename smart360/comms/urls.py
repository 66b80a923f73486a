"""Addresses of the bell and of messages."""

from django.urls import path

from smart360.comms import views

urlpatterns = [
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/count", views.notice_bell, name="notice_bell"),
    path("notices/read", views.notice_read_all, name="notice_read_all"),
    path("notices/<int:notice>/open", views.notice_open, name="notice_open"),
    path("messages/<int:message>/retry", views.message_retry, name="message_retry"),
]
