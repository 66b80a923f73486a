"""Addresses of service orders."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from smart360.fieldwork.views import board, orders, profile_orders


class OrderNumber(StringConverter):
    """``SO-2026-000001``; anything else is not there."""

    regex = r"SO-[0-9]{4}-[0-9]{6,9}"


register_converter(OrderNumber, "order_number")
ONE = "<order_number:number>"

urlpatterns = [
    path("", orders.order_list, name="order_list"),
    path("new/<account:account>", profile_orders.order_new, name="order_new"),
    path("board", board.order_board, name="order_board"),
    path("board/<int:technician>/minutes", board.technician_minutes, name="technician_minutes"),
    path(ONE, orders.order_detail, name="order_detail"),
    path(f"{ONE}/schedule", orders.order_schedule, name="order_schedule"),
    path(f"{ONE}/assign", orders.order_assign, name="order_assign"),
    path(f"{ONE}/take-back", orders.order_take_back, name="order_take_back"),
    path(f"{ONE}/start", orders.order_start, name="order_start"),
    path(f"{ONE}/complete", orders.order_complete, name="order_complete"),
    path(f"{ONE}/cancel", orders.order_cancel, name="order_cancel"),
    path(f"{ONE}/report.pdf", orders.order_report, name="order_report"),
    path(f"{ONE}/report/retry", orders.order_report_retry, name="order_report_retry"),
]
