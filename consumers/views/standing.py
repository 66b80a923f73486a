"""How an account stands, changed with a reason: Collection and back, VIP or not (CON5, CON6)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods

from consumers import access
from consumers.choices import AccountStatus
from consumers.forms import ReasonForm
from consumers.models import Consumer
from consumers.operations import standing
from consumers.views.profiles import found_consumer, shell
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires


class Decide(Protocol):
    """An act on an account that wants a reason."""

    def __call__(
        self, *, consumer: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
    ) -> Consumer:
        """The account as it stands then."""


@dataclass(frozen=True, slots=True)
class _Act:
    """What a page asks before somebody decides, and what it says then."""

    title: str
    explains: str
    icon: str
    busy: str
    done: str
    decide: Decide


COLLECT = _Act(
    title="Move to Collection",
    explains="The account shows as Collection everywhere until somebody sets it back. Nothing is"
    " disconnected by it.",
    icon="cash",
    busy="Moving …",
    done="The account is in Collection",
    decide=standing.move_to_collection,
)
RELEASE = _Act(
    title="End Collection",
    explains="The account shows as Active again, or as Inactive where its household has moved out."
    " What it owes stays owed.",
    icon="circle-check",
    busy="Ending …",
    done="The account is in Collection no more",
    decide=standing.end_collection,
)


def _marks(*, is_vip: bool) -> Decide:
    def decide(
        *, consumer: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
    ) -> Consumer:
        return standing.set_vip(
            consumer=consumer, is_vip=is_vip, reason=reason, by=by, at=at, form_key=form_key
        )

    return decide


SET_VIP = _Act(
    title="Mark as VIP",
    explains="The crown stands beside the name everywhere. New requests follow the SLA for VIPs.",
    icon="crown",
    busy="Marking …",
    done="The account is VIP",
    decide=_marks(is_vip=True),
)
TAKE_VIP = _Act(
    title="Take off VIP",
    explains="The crown goes. Open requests keep the SLA that they began with.",
    icon="crown",
    busy="Taking off …",
    done="The account is VIP no more",
    decide=_marks(is_vip=False),
)


@require_http_methods(["GET", "POST"])
@requires(Permission.COLLECT)
def consumer_collection(request: HttpRequest, account: str) -> HttpResponse:
    """Move an account to Collection, or out of it."""
    consumer = found_consumer(request, account)
    is_there = consumer.status == AccountStatus.COLLECTION
    act = RELEASE if is_there else COLLECT
    return _decided(request, consumer, act, (COLLECT, RELEASE), kept="kept_from_collection")


@require_http_methods(["GET", "POST"])
@requires(Permission.SET_VIP)
def consumer_vip(request: HttpRequest, account: str) -> HttpResponse:
    """Mark a consumer as VIP, or take the mark off."""
    consumer = found_consumer(request, account)
    return _decided(
        request, consumer, TAKE_VIP if consumer.is_vip else SET_VIP, (SET_VIP, TAKE_VIP)
    )


def _decided(
    request: HttpRequest,
    consumer: Consumer,
    now: _Act,
    either: tuple[_Act, _Act],
    *,
    kept: str = "",
) -> HttpResponse:
    """The page with what can be done ``now``; or what its form meant, which may come too late.

    ``kept``  what of the head says why nothing can be done; then the page says it, without a form
    """
    if request.method == "GET":
        return _page(request, consumer, now, ReasonForm(), kept=kept)
    key, form = posted_form_key(request.POST), ReasonForm(request.POST)
    meant = next((each for each in either if each.title == request.POST.get("act")), now)
    if not form.is_valid():
        return _page(request, consumer, now, form, status=422)
    try:
        meant.decide(
            consumer=consumer.pk,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _page(request, consumer, now, form, status=refusal.http_status)
    messages.success(request, meant.done)
    return HttpResponseRedirect(resolve_url("consumer_detail", consumer.account_number))


def _page(
    request: HttpRequest,
    consumer: Consumer,
    act: _Act,
    form: ReasonForm,
    *,
    status: int = 200,
    kept: str = "",
) -> HttpResponse:
    context = shell(request, access.shown(consumer, to=signed_in_person(request)))
    context |= {"act": act, "form": form, "action": request.path, "why_not": context.get(kept, "")}
    return render(request, "consumers/standing.html", context, status=status)
