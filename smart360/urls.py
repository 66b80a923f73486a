"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("smart360.web.urls")),
    path("", include("smart360.staff.urls")),
    path("", include("smart360.organisation.urls")),
    path("", include("smart360.comms.urls")),
    path("cx/consumer-management/", include("consumers.urls")),
    # after consumers, which says what an account number is
    path("", include("smart360.desk.urls")),
    path("cx/consumer-management/", include("smart360.insights.urls")),
    path("cx/", include("billing.urls")),
    path("cx/disconnections/", include("disconnections.urls")),
    path("cx/services/", include("complaints.urls")),
    path("cx/service-orders/", include("smart360.fieldwork.urls")),
    path("cx/", include("smart360.custody.urls")),
    path("api/v1/", include("billing.api")),
    path("admin/", admin.site.urls),
]

handler400 = "smart360.web.views.bad_request"
handler403 = "smart360.web.views.forbidden"
handler404 = "smart360.web.views.not_found"
handler500 = "smart360.web.views.failed"
