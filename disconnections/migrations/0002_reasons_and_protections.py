"""The default reasons (ADM1), the five two-hour slots of a day (decisions.md, G8), the protections of
DIS11 and DIS12 to begin with, what a hold is called, the rules of closing, and what is said.

What every utility needs is on; what depends on the place is off, and in the packs. The notices are
statutory: they go whatever the notify box says (COM3).
"""

from datetime import time
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REASONS = [
    # type, code, label, description, priority, usual permanence
    (
        "DISCONNECTION",
        "NP-001",
        "Non-payment of bills",
        "Customer has outstanding balance exceeding 90 days",
        "HIGH",
        "PERMANENT",
    ),
    (
        "DISCONNECTION",
        "CR-001",
        "Customer request",
        "Customer asks for the service to be ended",
        "MEDIUM",
        "PERMANENT",
    ),
    (
        "DISCONNECTION",
        "SF-001",
        "Safety concerns",
        "Danger to people or property at the premise",
        "CRITICAL",
        "TEMPORARY",
    ),
    (
        "DISCONNECTION",
        "MT-001",
        "Meter tampering",
        "Meter or seal was interfered with",
        "HIGH",
        "TEMPORARY",
    ),
    (
        "RECONNECTION",
        "RC-001",
        "Bills settled",
        "Outstanding balance was paid or arranged",
        "HIGH",
        "PERMANENT",
    ),
    (
        "RECONNECTION",
        "RC-002",
        "Customer request",
        "Customer asks for the service to be restored",
        "MEDIUM",
        "PERMANENT",
    ),
    (
        "RECONNECTION",
        "RC-003",
        "Safety concern resolved",
        "The danger at the premise is over",
        "HIGH",
        "PERMANENT",
    ),
]
FOR_DEBT = {"NP-001"}
WISHED = {"CR-001", "RC-002"}

POLICY = "Utility policy: special approval"
PROTECTS = "Utility policy: protections before a cut for non-payment"
APPROVES, BLOCKS = "NEEDS_APPROVAL", "BLOCKED"

RULES = (
    # code, name, answer, condition, sentence, source, is active, and what the condition needs
    (
        "AMOUNT-APPROVAL", "Amount for non-payment", APPROVES, "AMOUNT_ABOVE",
        "{{ outstanding }} is above {{ amount }}", POLICY, True, {"amount": Decimal("250.00")},
    ),
    (
        "VIP-APPROVAL", "VIP customer", APPROVES, "VIP",
        "The customer is a VIP", POLICY, True, {"only_for_debt": False},
    ),
    (
        "HIGH-VALUE-APPROVAL", "High-value account", APPROVES, "BILLED_ABOVE",
        "{{ billed }} billed over 12 months is above {{ amount }}", POLICY, True,
        {"only_for_debt": False, "amount": Decimal("10000.00")},
    ),
    (
        "LEGAL-APPROVAL", "Legal matter", APPROVES, "ACCOUNT_HOLD",
        "A legal matter stands until {{ until }}", POLICY, True,
        {"only_for_debt": False, "hold_kind": "LEGAL"},
    ),
    (
        "DECEASED-APPROVAL", "Deceased holder", APPROVES, "ACCOUNT_HOLD",
        "The account holder has died", POLICY, True, {"hold_kind": "DECEASED"},
    ),
    (
        "MEDICAL", "Life support or medical", BLOCKS, "ACCOUNT_HOLD",
        "A medical certificate stands until {{ until }}", PROTECTS, True, {"hold_kind": "MEDICAL"},
    ),
    (
        "DISPUTE", "Open billing complaint", BLOCKS, "ACCOUNT_HOLD",
        "A dispute stands until {{ until }}", PROTECTS, True, {"hold_kind": "DISPUTE"},
    ),
    (
        "ARRANGEMENT", "Payment arrangement", BLOCKS, "ACCOUNT_HOLD",
        "A payment arrangement is kept, until {{ until }}", PROTECTS, True,
        {"hold_kind": "ARRANGEMENT"},
    ),
    (
        "COLD", "Cold weather", BLOCKS, "WEATHER",
        "Cold weather is declared until {{ until }}", PROTECTS, True, {"weather": "COLD"},
    ),
    (
        "HEAT", "Hot weather", BLOCKS, "WEATHER",
        "Hot weather is declared until {{ until }}", PROTECTS, True, {"weather": "HEAT"},
    ),
    (
        "MINIMUM", "Amount below the minimum", BLOCKS, "AMOUNT_BELOW",
        "{{ outstanding }} is below {{ amount }}", PROTECTS, False, {"amount": Decimal("50.00")},
    ),
    (
        "NOTICE", "Notice period", BLOCKS, "NOTICE_RUNS",
        "The notice ({{ served }}) runs until {{ until }}", PROTECTS, False, {"days": 15},
    ),
    (
        "WEEKEND", "No-disconnect days", BLOCKS, "WEEKDAY",
        "Nobody is disconnected on a {{ weekday }}", PROTECTS, False, {"weekdays": [5, 6, 7]},
    ),
    (
        "HOLIDAY", "Public holidays", BLOCKS, "HOLIDAY",
        "{{ day }} is a public holiday, or the day before one", PROTECTS, False,
        {"and_the_day_before": True},
    ),
    (
        "HOURS", "No-disconnect hours", BLOCKS, "HOURS",
        "{{ window }} is outside {{ hours }}", PROTECTS, False,
        {"not_before": time(8), "not_after": time(16)},
    ),
)  # fmt: skip

HOLD_REASONS = (
    ("ACCOUNT_MEDICAL", "Medical certificate"),
    ("ACCOUNT_ARRANGEMENT", "Payment arrangement"),
    ("ACCOUNT_DISPUTE", "Dispute"),
    ("ACCOUNT_LEGAL", "Legal matter"),
    ("ACCOUNT_DECEASED", "Deceased account holder"),
)

FOOT = """
Questions? Call {{ utility_phone }} and have the number {{ number }} ready.

{{ utility_name }}
"""

TEMPLATES = (
    (
        "request.disconnection_notice",
        "Disconnection notice",
        "Disconnection notice for account {{ account_number }}",
        """Dear {{ consumer_name }},

{{ outstanding }} on your account {{ account_number }} is unpaid. If it stays unpaid, we will
disconnect the service at {{ service_address }}. This letter is your notice of it.

Reason: {{ reason }}

How to avoid it: pay what is owed, or call us to agree on instalments. Call us, too, if somebody
in your home depends on the service for their health, or if you think that the amount is wrong.
If we cannot settle it, you may complain to the authority that regulates us.

You can follow the request {{ number }} at any time: {{ tracking_url }}
""",
    ),
    (
        "request.stopped",
        "Disconnection stopped",
        "Your service will not be disconnected now",
        """Dear {{ consumer_name }},

The disconnection {{ number }} has been stopped. Reason: {{ reason }}. Nobody will come to switch
anything off because of it.
""",
    ),
)

CLOSURE = """Dear {{ consumer_name }},

We are ending the following at {{ service_address }}, as your request {{ number }} says:
{{ services }}.

{{ what_follows }}

Questions? Call {{ utility_phone }} and have the number {{ number }} ready.

{{ utility_name }}
"""


def write(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Reason = apps.get_model("disconnections", "Reason")
    for kind, code, label, description, priority, permanence in REASONS:
        Reason.objects.create(
            kind=kind,
            code=code,
            label=label,
            description=description,
            priority=priority,
            permanence=permanence,
            is_for_debt=code in FOR_DEBT,
            is_wished=code in WISHED,
        )
    TimeSlot = apps.get_model("disconnections", "TimeSlot")
    for hour in (8, 10, 12, 14, 16):
        TimeSlot.objects.create(starts=time(hour), ends=time(hour + 2), capacity=4)
    rule = apps.get_model("disconnections", "ProtectionRule")
    for code, name, answer, condition, sentence, source, is_active, needs in RULES:
        rule.objects.create(
            code=code, name=name, answer=answer, condition=condition, sentence=sentence,
            source=source, is_active=is_active, **needs,
        )  # fmt: skip
    hold_reason = apps.get_model("cases", "HoldReason")
    for code, label in HOLD_REASONS:
        hold_reason.objects.get_or_create(
            code=code, defaults={"label": label, "waits_for": "OTHER", "pauses": True}
        )
    template = apps.get_model("comms", "Template")
    for code, name, subject, body in TEMPLATES:
        template.objects.get_or_create(
            code=code,
            channel="EMAIL",
            defaults={"name": name, "kind": "STATUTORY", "subject": subject, "body": body + FOOT},
        )
    apps.get_model("disconnections", "ClosurePolicy").objects.get_or_create(pk=1)
    apps.get_model("comms", "Template").objects.get_or_create(
        code="closure.notice",
        channel="EMAIL",
        defaults={
            "name": "Closure notice",
            "kind": "STATUTORY",
            "subject": "Notice of closure, {{ number }}",
            "body": CLOSURE,
        },
    )


class Migration(migrations.Migration):
    replaces = [
        ("disconnections", "0001_initial"),
        ("disconnections", "0003_default_reasons_and_slots"),
        ("disconnections", "0009_which_reasons_are_for_debt"),
        ("disconnections", "0013_closure_policy_and_notice"),
        ("disconnections", "0014_protections_to_begin_with"),
        ("disconnections", "0021_executions_are_allowed"),
    ]

    dependencies = [
        ("cases", "0004_promises_and_reasons"),
        ("comms", "0003_wordings"),
        ("disconnections", "0001_tables"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
