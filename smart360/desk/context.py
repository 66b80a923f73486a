"""What every page shows around its content."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from smart360.comms.queries import count_unread
from smart360.organisation.queries import get_utility, has_logo
from smart360.staff.models import Person
from smart360.staff.permissions import Permission


@dataclass(frozen=True)
class Place:
    """One entry of the side navigation."""

    label: str
    url: str
    icon: str
    key: str
    is_current: bool


PLACES: tuple[tuple[str, str, str, str, Permission | None], ...] = (
    ("Start", "start", "home", "g s", None),
    ("Consumers", "consumer_list", "users", "g c", Permission.SEARCH_CONSUMERS),
    ("Disconnections", "request_list", "plug-connected-x", "g d", Permission.VIEW_REQUESTS),
    ("Complaints", "complaint_list", "message-report", "g l", Permission.VIEW_COMPLAINTS),
    ("Service orders", "order_list", "truck-delivery", "g o", Permission.VIEW_SERVICE_ORDERS),
    ("Non-payment runs", "run_list", "clock-exclamation", "g p", Permission.PREPARE_RUN),
    ("Billing runs", "billing_run_list", "cash", "g b", Permission.RUN_BILLING),
    ("Meter readings", "reading_file_list", "cloud-upload", "g m", Permission.IMPORT_READINGS),
    ("Refunds", "refund_list", "arrow-down-left", "g r", Permission.PROPOSE_REFUND),
    ("Reversals", "reversal_list", "arrow-left", "g v", Permission.PROPOSE_REVERSAL),
    ("Account holds", "hold_proposal_list", "shield-check", "g h", Permission.PROTECT_ACCOUNT),
    ("VIP suggestions", "vip_suggestion_list", "crown", "g w", Permission.SET_VIP),
    ("Protected", "protection_list", "shield-half", "g e", Permission.SEE_PROTECTIONS),
    ("Imports", "import_list", "upload", "g i", Permission.IMPORT),
    ("Settings", "utility_change", "settings", "g u", Permission.CONFIGURE),
    ("Administration", "admin:index", "adjustments", "g a", Permission.CONFIGURE),
)
"""Label, URL name, icon, keys, who sees it. Places that are not there yet are not listed."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The utility, the navigation by permission, and the bell's count."""
    utility = getattr(request, "utility", None) or get_utility()
    context: dict[str, Any] = {
        "utility": utility,
        "logo_url": reverse("logo") if has_logo(utility) else "",
        "is_demo": settings.IS_DEMO,
    }
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or request.headers.get("HX-Request") == "true":
        return context
    return context | {
        "navigation": navigation_for(person, request.path),
        "unread_notices": count_unread(person),
    }


def navigation_for(person: Person, path: str) -> list[Place]:
    """The places that this person may go to, the one where they are marked."""
    open_to = [
        (label, reverse(name), icon, key)
        for label, name, icon, key, permission in PLACES
        if permission is None or person.has_permission(permission)
    ]
    around = [
        url for _, url, _, _ in open_to if path == url or (url != "/" and path.startswith(url))
    ]
    here = max(around, key=len, default="")
    return [
        Place(label, url, icon, key, is_current=url == here) for label, url, icon, key in open_to
    ]
