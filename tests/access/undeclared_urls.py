"""The product's addresses and one view that says nothing about who may use it."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from smart360 import urls


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("never seen")


urlpatterns = [path("undeclared", undeclared, name="undeclared"), *urls.urlpatterns]
handler404 = urls.handler404
