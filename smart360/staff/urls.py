"""Addresses."""

from django.urls import path
from django.views.generic import RedirectView

from smart360.staff import views
from smart360.web.gate import public, signed_in

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("me", views.me, name="me"),
    path("me/password", views.password_change, name="password_change"),
    path("me/views", views.saved_views, name="saved_views"),
    path("me/views/<int:view>", views.saved_view, name="saved_view"),
    # Django admin has doors of its own; there is one door only.
    path("admin/login/", public(RedirectView.as_view(pattern_name="sign_in", query_string=True))),
    path("admin/logout/", signed_in(RedirectView.as_view(pattern_name="me"))),
    path("admin/password_change/", signed_in(RedirectView.as_view(pattern_name="password_change"))),
]
