"""Addresses below ``/cx/services/``."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from complaints.views import acts, complaints, create, evidence, lists, receipts


class ComplaintNumber(StringConverter):
    """A complaint's number as people write it: ``CMP-00001234``; anything else is 404."""

    regex = r"CMP-[0-9]{8,10}"


register_converter(ComplaintNumber, "complaint_number")
ONE = "<complaint_number:number>"
DRAFT = "new/<uuid:draft>"

urlpatterns = [
    path("", lists.complaint_list, name="complaint_list"),
    path("export.csv", lists.complaint_export, name="complaint_export"),
    # a new one
    path("new", create.complaint_new, name="complaint_new"),
    path("new/staff", create.complaint_staff, name="complaint_staff"),
    path(DRAFT, create.complaint_draft, name="complaint_draft"),
    path(f"{DRAFT}/customer", create.complaint_customer, name="complaint_customer"),
    path(f"{DRAFT}/by-hand", create.complaint_stranger, name="complaint_stranger"),
    path(f"{DRAFT}/details", create.complaint_details, name="complaint_details"),
    path(f"{DRAFT}/parts", create.complaint_parts, name="complaint_parts"),
    path(f"{DRAFT}/evidence", create.complaint_attach, name="complaint_attach"),
    path(f"{DRAFT}/files", evidence.draft_file_add, name="draft_file_add"),
    path(f"{DRAFT}/files/<uuid:file>", evidence.draft_file, name="draft_file"),
    path(f"{DRAFT}/files/<uuid:file>/remove", evidence.draft_file_remove, name="draft_file_remove"),
    path(f"{DRAFT}/save", create.complaint_save, name="complaint_save"),
    path(f"{DRAFT}/submit", create.complaint_submit, name="complaint_submit"),
    path(f"{DRAFT}/discard", create.complaint_discard, name="complaint_discard"),
    path(f"{ONE}/created", create.complaint_created, name="complaint_created"),
    # one complaint
    path(ONE, complaints.complaint_detail, name="complaint_detail"),
    path(f"{ONE}/top", complaints.complaint_top, name="complaint_top"),
    path(
        f"{ONE}/service-order",
        complaints.complaint_service_orders,
        name="complaint_service_orders",
    ),
    path(f"{ONE}/service-order/new", complaints.complaint_add_order, name="complaint_add_order"),
    path(
        f"{ONE}/communication", complaints.complaint_communication, name="complaint_communication"
    ),
    path(f"{ONE}/timeline", complaints.complaint_timeline, name="complaint_timeline"),
    path(
        f"{ONE}/evidence/<int:position>", complaints.complaint_evidence, name="complaint_evidence"
    ),
    # acts on it
    path(f"{ONE}/acknowledge", acts.complaint_acknowledge, name="complaint_acknowledge"),
    path(f"{ONE}/hold", acts.complaint_hold, name="complaint_hold"),
    path(f"{ONE}/resume", acts.complaint_resume, name="complaint_resume"),
    path(f"{ONE}/assign", acts.complaint_assign, name="complaint_assign"),
    path(f"{ONE}/assign-to", acts.complaint_assign_to, name="complaint_assign_to"),
    path(f"{ONE}/resolve", acts.complaint_resolve, name="complaint_resolve"),
    path(f"{ONE}/reject", acts.complaint_reject, name="complaint_reject"),
    path(f"{ONE}/reopen", acts.complaint_reopen, name="complaint_reopen"),
    path(f"{ONE}/link", acts.complaint_link, name="complaint_link"),
    path(f"{ONE}/dispute", acts.complaint_dispute, name="complaint_dispute"),
    path(f"{ONE}/notes", acts.complaint_add_note, name="complaint_add_note"),
    path(f"{ONE}/messages", acts.complaint_send_message, name="complaint_send_message"),
    path(f"{ONE}/calls", acts.complaint_log_call, name="complaint_log_call"),
    path(f"{ONE}/receipt", receipts.complaint_receipt_print, name="complaint_receipt_print"),
    path(
        f"{ONE}/receipt.pdf",
        receipts.complaint_receipt_download,
        name="complaint_receipt_download",
    ),
    path(f"{ONE}/receipt/retry", receipts.complaint_receipt_retry, name="complaint_receipt_retry"),
]
