"""The values that the gallery shows the components with: the sample day of 004 §8."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from smart360.web import tones
from smart360.web.fields import IsoDateField
from smart360.web.formats import MEGABYTE
from smart360.web.shown import (
    Bar,
    Link,
    ListedCase,
    RailStep,
    RefusedUpload,
    SlaClock,
    SlaInterval,
    ThreadMessage,
    TimelineEntry,
    Upload,
    UploadList,
    VerdictLine,
)

AT = datetime(2024, 12, 10, 20, 45, tzinfo=UTC)
DUE = datetime(2024, 12, 11, 15, 30, tzinfo=UTC)
HEADS = (
    "Request ID", "Consumer", "Account no", "Address", "Type", "Date requested", "Status",
    "Priority", "SLA", "Outstanding", "Action",
)  # fmt: skip
LISTED = [
    ListedCase(
        number=f"DIS-2024-00123{place}",
        name="Jane Doe",
        is_vip=place == 0,
        account_number="ACC-2024-001",
        address="1 Main Street, Springfield, IL 62704",
        kind="Disconnection",
        requested_at=AT,
        status=status,
        priority=priority,
        sla=sla,
        due_at=DUE,
        warns_at=AT + timedelta(hours=1),
        paused_until=DUE,
        percent=22,
        outstanding="$12.50",
    )
    for place, (status, priority, sla) in enumerate(
        [
            ("PENDING", "HIGH", "ON_TRACK"), ("IN_PROGRESS", "CRITICAL", "AT_RISK"),
            ("IN_PROGRESS", "LOW", "BREACHED"), ("ON_HOLD", "MEDIUM", "PAUSED"),
            ("COMPLETED", "LOW", "MET"), ("REJECTED", "LOW", "MISSED"),
        ]
    )
]  # fmt: skip


def bars() -> list[Bar]:
    """A year of use, one month of it unusual."""
    used = (310, 295, 280, 240, 205, 190, 215, 230, 198, 905, 260, 300)
    return [
        Bar(
            Decimal(units),
            f"{month}/24",
            (f"Month {month}", f"{units} kWh"),
            "Far above usual" if units > 900 else "",
        )
        for month, units in enumerate(used, start=1)
    ]


class SampleForm(forms.Form):
    """One field of each kind."""

    reason = forms.ChoiceField(
        choices=[("", "Choose a reason"), ("NP-001", "NP-001 · Non-payment of bills")],
        help_text="Customer has outstanding balance exceeding 90 days",
    )
    on = IsoDateField(label="Preferred date")
    no_preference = forms.BooleanField(label="No preference", required=False)
    services = forms.MultipleChoiceField(
        choices=[("ELECTRICITY", "Electricity"), ("WATER", "Water")],
        widget=forms.CheckboxSelectMultiple,
    )
    slot = forms.ChoiceField(
        label="Time slot",
        choices=[
            ("", "Any time\nFirst free slot"),
            ("8", "8:00 AM – 10:00 AM\n3 free"),
            ("10", "10:00 AM – 12:00 PM\n1 free"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    ending = forms.ChoiceField(
        label="How long",
        choices=[("P", "Permanent\nThe account is closed"), ("T", "Temporary\nIt comes back")],
        widget=forms.RadioSelect,
    )
    notes = forms.CharField(
        label="Additional notes", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    file = forms.FileField(label="Choose Files", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """Something that is wrong with the whole form, to show it."""
        raise forms.ValidationError("That slot has just been taken.")


def filled(auto_id: str) -> SampleForm:
    """The form as it is filled in."""
    typed = {
        "reason": "NP-001", "on": date(2024, 12, 15), "services": ["ELECTRICITY"], "slot": "10",
        "ending": "P", "notes": "Customer requested morning slot due to work schedule",
    }  # fmt: skip
    return SampleForm(initial=typed, auto_id=auto_id)


def clocks() -> list[SlaClock]:
    """The clock in each state."""
    day = timedelta(hours=24)
    pause = timedelta(days=4, hours=19, minutes=10)
    later = DUE + pause
    counted = SlaInterval(AT - timedelta(hours=5), AT, is_counted=True)
    paused = SlaInterval(AT, AT + pause, is_counted=False, reason="Waiting for consumer")
    acknowledged = timedelta(minutes=90)
    return [
        SlaClock("ON_TRACK", AT, DUE, DUE, day, acknowledged_in=acknowledged),
        SlaClock("BREACHED", AT, DUE, DUE, day, breach="response since 01:30 PM"),
        SlaClock("AT_RISK", DUE - timedelta(minutes=72), DUE, DUE, day, warns_at=AT),
        SlaClock("BREACHED", DUE + timedelta(minutes=130), DUE, DUE, day),
        SlaClock(
            "PAUSED", AT, later, DUE, day, resumes_at=later, intervals=[counted, paused],
            paused=pause,
        ),
        SlaClock(
            "MET", later, DUE, DUE, day, ended_at=AT, acknowledged_in=acknowledged,
            responded_in=timedelta(minutes=130), resolved_in=timedelta(hours=5),
        ),
    ]  # fmt: skip


def thread() -> list[ThreadMessage]:
    """A message of each kind."""
    return [
        ThreadMessage(
            "TO_CONSUMER", "Smart360", AT, "We received your request.", delivery="SENT",
            has_enclosure=True,
        ),
        ThreadMessage("WITHIN", "Lisa Wilson", AT, "Gate code needed for the meter room."),
        ThreadMessage(
            "FROM_CONSUMER", "John Michael Smith", AT, "At home from 10.", "PHONE", minutes=4
        ),
        ThreadMessage(
            "TO_CONSUMER", "Sarah Johnson", AT, "Mike Thompson will visit on December 15.",
            delivery="FAILED", problem="The mailbox is full.", retry_url="/gallery/",
        ),
    ]  # fmt: skip


def steps() -> list[RailStep]:
    """A request on its way."""
    return [
        RailStep("Requested", "done", "Dec 10, 09:30 AM"),
        RailStep("Acknowledged", "done", "Dec 10, 11:00 AM"),
        RailStep("In the field", "now", "Dec 15, 10 AM–12 PM"),
        RailStep("Completed", "next"),
    ]


def entries() -> list[TimelineEntry]:
    """Two days of a timeline."""
    return [
        TimelineEntry(AT, "Call from John Smith", "phone", "blue", "4 min · Sarah Johnson"),
        TimelineEntry(
            AT - timedelta(hours=3),
            "Status: Pending → In Progress",
            "progress",
            "blue",
            "Sarah Johnson",
        ),
        TimelineEntry(AT - timedelta(days=1), "Request created", "plus", "slate", "Sarah Johnson"),
    ]


def uploads() -> UploadList:
    """Three files, and one that was refused."""
    return UploadList(
        files=[
            Upload("bill-november-2024.pdf", "PDF", 421_888, "/gallery/?remove=1", "/gallery/?f=1"),
            Upload("meter-photo-front.jpg", "JPG", 3_250_585, "/gallery/?remove=2"),
            Upload("meter-photo-reading.png", "PNG", 2_936_012, "/gallery/?remove=3"),
        ],
        refused=[
            RefusedUpload("call-recording.mp3", "Only PDF, JPG and PNG files are accepted"),
        ],
        upload_url="/gallery/?upload=1",
        most_files=5,
        most_bytes=50 * MEGABYTE,
        largest_file=10 * MEGABYTE,
    )


def samples() -> dict[str, Any]:
    """Everything that `web/gallery.html` needs."""
    return {
        "at": AT, "due": DUE, "day": AT.date(), "ten": time(10), "noon": time(12),
        "listed": LISTED, "heads": HEADS,
        "soon": DUE - timedelta(minutes=72), "late": DUE + timedelta(minutes=130),
        "acknowledged": timedelta(minutes=90), "no": False, "yes": True,
        "case_statuses": list(tones.CASE_STATUS), "account_statuses": list(tones.ACCOUNT_STATUS),
        "supplies": list(tones.SUPPLY_STATE), "priorities": list(tones.PRIORITY),
        "kinds": list(tones.CASE_KIND), "deliveries": list(tones.DELIVERY),
        "payments": list(tones.PAYMENT),
        "arrangements": list(tones.ARRANGEMENT),
        "service_orders": list(tones.SERVICE_ORDER),
        "account_holds": list(tones.ACCOUNT_HOLD),
        "certificates": list(tones.CERTIFICATE),
        "utilities": list(tones.UTILITY), "meters": list(tones.METER),
        "verifications": list(tones.VERIFICATION), "tones": sorted(tones.TONES),
        "filled": filled("filled_%s"), "wrong": SampleForm({}, auto_id="wrong_%s"),
        "filter": filled("filter_%s"), "filter_wrong": SampleForm({}, auto_id="filter_wrong_%s"),
        "hold": SampleForm(auto_id="hold_%s"),
        "clocks": [(f"clock-{number}", clock) for number, clock in enumerate(clocks())],
        "verdict_lines": [
            VerdictLine(answer, "Amount for non-payment", "$456.78 is above $250.00", "Policy")
            for answer in tones.ANSWER
        ],
        "steps": steps(), "thread": thread(), "entries": entries(),
        "uploads": uploads(),
        "stopped": [*steps()[:2], RailStep("On Hold", "stop", "until Dec 12"), steps()[3]],
        "bars": bars(), "bar_heads": ("Month", "Consumption"),
        "series": [29, 31, 27, 33, 36, 34, 38],
        "tabs": [
            Link("Details", "/gallery/", is_current=True, key="1"),
            Link("Communication", "/gallery/?tab=communication", count="4", key="2"),
            Link("Timeline", "/gallery/?tab=timeline", key="3"),
        ],
        "views": [
            Link("All open", "/gallery/", is_current=True, icon="bookmark"),
            Link("My requests", "/gallery/?mine=1", count="9"),
        ],
    }  # fmt: skip
