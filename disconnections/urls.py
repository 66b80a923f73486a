"""Addresses below ``/cx/disconnections/``."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from disconnections.views import (
    acts,
    closures,
    create,
    detail,
    receipts,
    reconnections,
    requests,
    runs,
    service_orders,
)


class RequestNumber(StringConverter):
    """A request's number as people write it: ``DIS-2026-000001``; anything else is 404."""

    regex = r"(?:DIS|REC)-[0-9]{4}-[0-9]{6,9}"


register_converter(RequestNumber, "request_number")
ONE = "<request_number:number>"

urlpatterns = [
    path("", requests.request_list, name="request_list"),
    path("export.csv", requests.request_export, name="request_export"),
    path("new", create.request_new, name="request_new"),
    path("new/consumer", create.consumer_choose, name="request_consumer"),
    path("new/parts", create.request_parts, name="request_parts"),
    path("new/save", create.request_save, name="request_save"),
    path("new/review", create.request_review, name="request_review"),
    path("new/submit", create.request_submit, name="request_submit"),
    path("new/heartbeat", create.lock_heartbeat, name="request_heartbeat"),
    path("new/release", create.consumer_release, name="request_release"),
    path("new/cancel", create.request_cancel, name="request_cancel"),
    path("runs", runs.run_list, name="run_list"),
    path("runs/new", runs.run_new, name="run_new"),
    path("runs/propose", runs.run_propose, name="run_propose"),
    path("runs/<int:run>", runs.run_detail, name="run_detail"),
    path("runs/<int:run>/start", runs.run_start, name="run_start"),
    path("runs/<int:run>/withdraw", runs.run_withdraw, name="run_withdraw"),
    path("runs/<int:run>/resume", runs.run_resume, name="run_resume"),
    path("runs/<int:run>/undo", runs.run_undo, name="run_undo"),
    path(f"{ONE}/created", create.request_created, name="request_created"),
    path(ONE, detail.request_detail, name="disconnection_detail"),
    path(ONE, detail.request_detail, name="reconnection_detail"),
    path(ONE, detail.request_detail, name="request_detail"),
    path(f"{ONE}/top", detail.request_top, name="request_top"),
    path(f"{ONE}/settlement", detail.request_settlement, name="request_settlement"),
    path(
        f"{ONE}/service-order",
        service_orders.request_service_orders,
        name="request_service_orders",
    ),
    path(f"{ONE}/service-order/new", service_orders.request_add_order, name="request_add_order"),
    path(f"{ONE}/disconnect", closures.request_disconnect, name="request_disconnect"),
    path(f"{ONE}/disconnect/parts", closures.closure_parts, name="closure_parts"),
    path(f"{ONE}/disconnect/details", closures.closure_set, name="closure_set"),
    path(f"{ONE}/disconnect/items", closures.closure_tick, name="closure_tick"),
    path(f"{ONE}/disconnect/money-items", closures.closure_tick_money, name="closure_tick_money"),
    path(f"{ONE}/disconnect/notice", closures.closure_notice_send, name="closure_notice_send"),
    path(f"{ONE}/disconnect/paper", closures.closure_paper_give, name="closure_paper_give"),
    path(f"{ONE}/disconnect/execute", closures.request_execute, name="request_execute"),
    path(f"{ONE}/reconnect", reconnections.request_reconnect, name="request_reconnect"),
    path(f"{ONE}/reconnect/details", reconnections.reconnection_set, name="reconnection_set"),
    path(f"{ONE}/reconnect/items", reconnections.reconnection_tick, name="reconnection_tick"),
    path(
        f"{ONE}/reconnect/money-items",
        reconnections.reconnection_tick_money,
        name="reconnection_tick_money",
    ),
    path(f"{ONE}/reconnect/execute", reconnections.request_bring_back, name="request_bring_back"),
    path(f"{ONE}/communication", detail.request_communication, name="request_communication"),
    path(f"{ONE}/timeline", detail.request_timeline_tab, name="request_timeline"),
    path(f"{ONE}/acknowledge", acts.request_acknowledge, name="request_acknowledge"),
    path(f"{ONE}/hold", acts.request_hold, name="request_hold"),
    path(f"{ONE}/resume", acts.request_resume, name="request_resume"),
    path(f"{ONE}/close", acts.request_close, name="request_close"),
    path(f"{ONE}/approval", acts.request_ask_approval, name="request_ask_approval"),
    path(f"{ONE}/decision", acts.request_decide, name="request_decide"),
    path(f"{ONE}/assign", acts.request_assign, name="request_assign"),
    path(f"{ONE}/assign-to", acts.request_assign_to, name="request_assign_to"),
    path(f"{ONE}/notes", acts.request_add_note, name="request_add_note"),
    path(f"{ONE}/messages", acts.request_send_message, name="request_send_message"),
    path(f"{ONE}/calls", acts.request_log_call, name="request_log_call"),
    path(f"{ONE}/receipt", receipts.receipt_print, name="receipt_print"),
    path(f"{ONE}/receipt.pdf", receipts.receipt_download, name="receipt_download"),
    path(f"{ONE}/receipt/retry", receipts.receipt_retry, name="receipt_retry"),
]
