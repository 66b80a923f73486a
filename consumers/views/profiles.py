"""The head of a profile and changing it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST

from consumers import access, operations, ports, queries
from consumers.choices import AccountStatus, LockPurpose
from consumers.forms import BreakForm, ProfileForm
from consumers.guards import LockIsHeld, LockIsLost
from consumers.models import MAY_MERGE, Consumer
from consumers.queries.figures import AccountFigures
from consumers.queries.profiles import HeadFacts, StandingHold
from consumers.rules.alerts import alerts_of
from consumers.rules.profiles import EDITABLE, LABELS, ShownConsumer, editable_by
from consumers.rules.standing import (
    has_left,
    why_no_request,
    why_not_out_of_collection,
    why_not_to_collection,
)
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import today_in_use
from smart360.organisation.queries import get_utility
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission, permissions_of
from smart360.web.formats import shown_money, shown_phone
from smart360.web.gate import requires
from smart360.web.shown import Link

TAKEN_AGAIN = (
    "Your hold on this profile has ended and was taken again. Check what you entered and submit."
)
EDIT = (
    Permission.EDIT_CONSUMER,
    Permission.EDIT_CONTACT,
    Permission.EDIT_BILLING_ADDRESS,
)


# ------------------------------------------------------------------ one consumer
def found_consumer(request: HttpRequest, account: str) -> Consumer:
    """The consumer with this account number, or 404."""
    consumer = access.get_consumer(account, to=signed_in_person(request))
    if consumer is None:
        raise Http404
    return consumer


KNOWS_WHY = (Permission.PROTECT_ACCOUNT, Permission.PROPOSE_HOLD, Permission.VIEW_MONEY)
"""Who may read what protects an account; the others see that something does."""


def shell(
    request: HttpRequest,
    shown: ShownConsumer,
    *,
    tab: str = "Overview",
    break_form: BreakForm | None = None,
) -> dict[str, Any]:
    """What ``consumers/profile_shell.html`` shows above every tab, of which ``tab`` is this one.

    ``break_form`` is the form of its dialog, when it came back.
    """
    person, at = signed_in_person(request), clock.now()
    permissions = permissions_of(person.roles)
    knows_why = any(each in permissions for each in KNOWS_WHY)
    today = today_in_use()
    head = queries.head_facts(shown.id, to=person, at=at, today=today)
    figures = head.figures if Permission.VIEW_BALANCE in permissions else None
    is_over = shown.erased_at is not None or head.merged is not None
    acts = frozenset[Permission]() if is_over else permissions
    holds = _known_holds(shown.id, head, to=person)
    offered = acts if tab != "Financial" else frozenset()  # that tab has the buttons itself
    return {
        "consumer": shown,
        "figures": figures,
        "health_score": head.figures.health_score,
        "sees_health": Permission.VIEW_HEALTH in permissions,
        "alerts": alerts_of(
            status=shown.status,
            lock=head.lock,
            guarded_by=head.guards,
            holds=[each.kind for each in holds],
            knows_why=knows_why,
            breaches=ports.breaches(consumer=shown.id, person=person.pk, at=at),
            is_overdue=bool(figures and figures.is_overdue(today)),
        ),
        "today": today,
        "tabs": _tabs(shown.account_number, permissions, tab),
        "lock": head.lock,
        "holds": [each for each in holds if each.kind] if knows_why else [],
        "open_requests": head.guards,
        "left_to_do": _left_to_do(shown.account_number, head.supply, figures, offered),
        "merged": head.merged,
        "also": head.also,
        "is_over": is_over,
        "can_undo_merge": bool(head.merged)
        and shown.erased_at is None
        and Permission.MERGE_CONSUMERS in permissions,
        "break_form": break_form or BreakForm(),
        "break_is_open": bool(break_form and break_form.errors),
        "needs_hold": Permission.TAKE_PROFILE_LOCK in permissions,
        **_offered(shown, head, acts),
    }


def _known_holds(consumer: int, head: HeadFacts, *, to: Person) -> list[StandingHold]:
    """What protects the account; of what ``to`` need not know, only that it does."""
    if not any(each.is_close for each in head.holds) or access.knows_protections(consumer, to):
        return head.holds
    return [replace(each, kind="", source="") if each.is_close else each for each in head.holds]


def _offered(shown: ShownConsumer, head: HeadFacts, acts: frozenset[Permission]) -> dict[str, Any]:
    """What the head offers to who may do ``acts``, and why not."""
    is_free = head.lock is None or head.lock.is_own
    kept_from_collection = _kept_from_collection(shown, head)
    nothing_to_request = why_no_request(shown.status, head.supply)
    return {
        "can_edit": is_free and bool(editable_by(acts, is_guarded=False)),
        "can_approve": shown.status == AccountStatus.PENDING
        and Permission.EDIT_GUARDED_DATA in acts,
        # Also while somebody else holds the profile: that ends, and the page says who it is.
        "can_create_request": Permission.CREATE_REQUEST in acts
        and not head.guards
        and not nothing_to_request,
        "why_no_request": nothing_to_request if Permission.CREATE_REQUEST in acts else "",
        "can_create_complaint": Permission.CREATE_COMPLAINT in acts,
        "can_move": Permission.CHANGE_OCCUPIER in acts,
        "can_merge": Permission.MERGE_CONSUMERS in acts and shown.status in MAY_MERGE,
        "can_set_vip": Permission.SET_VIP in acts,
        "can_collect": Permission.COLLECT in acts and is_free and not kept_from_collection,
        "kept_from_collection": kept_from_collection,
        "can_protect": Permission.PROTECT_ACCOUNT in acts,
        "can_propose_hold": bool(acts & {Permission.PROPOSE_HOLD, Permission.PROPOSE_PROTECTION}),
        "can_break": bool(head.lock) and Permission.BREAK_PROFILE_LOCK in acts,
    }


@dataclass(frozen=True, slots=True)
class LeftToDo:
    """What is left to do for a household that has moved out: its money, in words and as a button.

    ``sentence`` is for who sees balances, ``act`` for who may move the money.
    """

    sentence: str = ""
    act: Link | None = None


def _left_to_do(
    account: str, supply: Sequence[str], figures: AccountFigures | None, acts: frozenset[Permission]
) -> LeftToDo | None:
    if not has_left(supply):
        return None
    if figures is None:
        return LeftToDo()
    act = ("Propose refund", "refund_new", Permission.PROPOSE_REFUND)
    if figures.balance > 0:
        amount, says = figures.balance, "{} is still to be paid."
        act = ("Record payment", "payment_new", Permission.RECORD_PAYMENT)
    elif figures.credit:
        amount, says = figures.credit, "{} is still to be paid back."
    elif figures.deposit:
        amount, says = figures.deposit, "A deposit of {} is still to be paid back."
    else:
        return LeftToDo("Nothing is owed either way.")
    label, name, permission = act
    link = Link(label, resolve_url(name, account)) if permission in acts else None
    return LeftToDo(says.format(shown_money(amount, get_utility().currency)), link)


def _kept_from_collection(shown: ShownConsumer, head: HeadFacts) -> str:
    """Why the account can be moved neither to Collection nor out of it, or ``""``."""
    if shown.is_in_collection:
        return why_not_out_of_collection(
            shown.status, is_archived=head.is_archived, open_requests=head.guards
        )
    return why_not_to_collection(
        shown.status,
        is_archived=head.is_archived,
        balance=head.figures.balance,
        open_requests=head.guards,
    )


TABS: tuple[tuple[str, str, Permission], ...] = (
    ("Overview", "consumer_detail", Permission.VIEW_CONSUMER),
    ("Financial", "consumer_financial", Permission.VIEW_BALANCE),
    ("Connections", "consumer_connections", Permission.VIEW_CONSUMER),
    ("Service", "consumer_service", Permission.VIEW_SERVICE_ORDERS),
    ("Communication", "consumer_communication", Permission.VIEW_CONSUMER),
    ("Documents", "consumer_documents", Permission.VIEW_DOCUMENTS),
    ("Notes", "consumer_notes", Permission.ADD_NOTE),
    ("Timeline", "consumer_timeline", Permission.VIEW_CONSUMER),
    ("Privacy", "consumer_privacy", Permission.HANDLE_PRIVACY),
)
"""Label, URL name, who sees it (CON4). Tabs that are not there yet are not listed."""


def _tabs(account: str, permissions: frozenset[Permission], tab: str) -> list[Link]:
    """The tabs a person sees, each with its figure as key."""
    seen = [(label, name) for label, name, permission in TABS if permission in permissions]
    return [
        Link(label, resolve_url(name, account), label == tab, key=str(at))
        for at, (label, name) in enumerate(seen, start=1)
    ]


# ------------------------------------------------------------------ changing it
@require_http_methods(["GET", "POST"])
@requires(*EDIT)
def consumer_edit(request: HttpRequest, account: str) -> HttpResponse:
    """Change a profile that one holds; the form shows only what one may change now."""
    consumer = found_consumer(request, account)
    if request.method == "GET":
        return _edit_page(request, consumer, _profile_form(request, consumer))
    form = _profile_form(request, consumer)
    if not form.is_valid():
        return _edit_page(request, consumer, form, status=422)
    try:
        operations.change_profile(
            consumer=consumer.pk,
            values=form.values,
            version=_number(request, "version"),
            token=_number(request, "token"),
            reason=form.cleaned_data.get("reason", ""),
            by=signed_in_person(request),
            at=clock.now(),
        )
    except Refusal as refusal:
        if refusal.field in form.fields and not refusal.is_conflict:
            form.add_error(refusal.field, refusal.sentence)
            return _edit_page(request, consumer, form, status=refusal.http_status)
        return _edit_page(request, consumer, form, refusal=refusal, status=refusal.http_status)
    messages.success(request, "Profile saved")
    return HttpResponseRedirect(resolve_url("consumer_detail", account))


def _number(request: HttpRequest, name: str) -> int:
    """A hidden number of the form; 0, which nobody has, when it is none."""
    typed = request.POST.get(name, "")
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else 0


def _profile_form(request: HttpRequest, consumer: Consumer) -> ProfileForm:
    permissions = permissions_of(signed_in_person(request).roles)
    is_guarded = bool(queries.guards_of(consumer.pk))
    return ProfileForm(
        request.POST if request.method == "POST" else None,
        initial={
            "name": consumer.name,
            "category": consumer.category_id,
            "subcategory": consumer.subcategory_id or "",
            "phone": shown_phone(consumer.phone),
            "email": consumer.email,
            "billing_address": consumer.billing_address,
        },
        editable=editable_by(permissions, is_guarded=is_guarded),
        needs_reason=is_guarded and Permission.EDIT_GUARDED_DATA in permissions,
        categories=queries.categories(also=consumer.category_id),
        subcategories=queries.subcategories(also=consumer.subcategory_id),
    )


def _edit_page(
    request: HttpRequest,
    consumer: Consumer,
    form: ProfileForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form. After a lost hold it is taken again if it can be, so that nothing typed is lost.

    It keeps the version that the person saw until they are told that there is a newer one.
    """
    person = signed_in_person(request)
    if isinstance(refusal, LockIsLost) and person.has_permission(Permission.TAKE_PROFILE_LOCK):
        try:
            _hold(consumer, person)
        except LockIsHeld as held:
            refusal = held
        else:
            refusal = LockIsLost(TAKEN_AGAIN, is_conflict=True)
    seen = _number(request, "version") if request.method == "POST" else consumer.version
    if isinstance(refusal, operations.UnableToChangeProfile):  # it says who was faster with what
        consumer.refresh_from_db(fields=["version"])
        seen = consumer.version
    context = shell(request, access.shown(consumer, to=person)) | {
        "form": form,
        "version": seen,
        "refusal": refusal,
        "renews": True,
        "fixed": [LABELS[name] for name in EDITABLE if name not in form.fields],
    }
    return render(request, "consumers/consumer_edit.html", context, status=status)


def _hold(consumer: Consumer, person: Person) -> None:
    operations.take_profile_lock(
        consumer=consumer.pk, purpose=LockPurpose.EDIT_PROFILE, by=person, at=clock.now()
    )


@require_POST
@requires(Permission.TAKE_PROFILE_LOCK)
def profile_release(request: HttpRequest, account: str) -> HttpResponse:
    """Give the profile back without a change."""
    consumer = found_consumer(request, account)
    released = operations.release_profile_lock(
        consumer=consumer.pk,
        token=_number(request, "token"),
        by=signed_in_person(request),
        at=clock.now(),
    )
    if released:
        messages.success(request, "You no longer hold this profile")
    return HttpResponseRedirect(resolve_url("consumer_detail", account))


@require_POST
@requires(Permission.TAKE_PROFILE_LOCK)
def profile_renew(request: HttpRequest, account: str, token: int) -> HttpResponse:
    """The heartbeat of a page whose reader holds the profile."""
    consumer = found_consumer(request, account)
    operations.renew_profile_lock(
        consumer=consumer.pk, token=token, by=signed_in_person(request), at=clock.now()
    )
    return HttpResponse(status=204)
