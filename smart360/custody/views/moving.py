"""Change of occupier: who moves out and when, who moves in, one look at all of it, one button.

Each step is kept in a draft, so that a reload or a new sign-in goes on where it stood.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from consumers import access, queries
from consumers.forms import NewAccountForm
from consumers.models import Consumer
from consumers.rules.occupancy import Place
from consumers.views.choosing import Looked, look_for
from consumers.views.profiles import found_consumer, shell
from smart360.custody.forms import ConfirmMoveForm, MoveOutForm
from smart360.custody.operations.moving import change_occupier, draft_of
from smart360.custody.queries.moving import (
    Outlook,
    is_supplied,
    judge_move_out,
    outlook_of,
    places_of,
    supplied_at,
)
from smart360.custody.rules.moving import (
    NOT_SUPPLIED,
    MoveWish,
    UnableToMove,
    refuse_who_moves_in,
)
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.queries import day_of
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import drafts
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires
from smart360.web.shown import Link

PAGE = "custody/consumer_move.html"
OUT, IN, REVIEW = 1, 2, 3
STEPS = {OUT: "Moving out", IN: "Moving in", REVIEW: "Review"}
OF_NEW = ("name", "category", "phone", "email", "billing_address")
Typed = dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """What was typed into one consumer's move so far, and what it means."""

    consumer: Consumer
    person: Person
    typed: Typed
    places: list[Place]

    @property
    def place(self) -> Place | None:
        """The premise that is given up: the one chosen, else the first."""
        chosen = [each for each in self.places if str(each.premise) == self.typed.get("premise")]
        return next(iter(chosen or self.places), None)

    def out_form(self, place: Place, data: Typed | None = None) -> MoveOutForm:
        """The first step, as it was typed."""
        as_before = {
            "moved_on": day_of(clock.now()),
            "forwarding_address": self.consumer.billing_address,
        }
        typed = self.typed if "moved_on" in self.typed else None
        return MoveOutForm(data or typed, place=place, initial=as_before)

    def new_form(self, data: Typed | None = None) -> NewAccountForm:
        """The fields of who is no consumer yet."""
        typed = self.typed if "name" in self.typed else None
        like_before = {"category": self.consumer.category_id}
        return NewAccountForm(data or typed, categories=queries.categories(), initial=like_before)

    @property
    def account(self) -> Consumer | None:
        """The consumer who was chosen to move in."""
        chosen = self.typed.get("account", "")
        return access.get_consumer(chosen, to=self.person) if chosen else None


# ------------------------------------------------------------------ the page
@require_http_methods(["GET", "POST"])
@requires(Permission.CHANGE_OCCUPIER)
def consumer_move(request: HttpRequest, account: str) -> HttpResponse:
    """The move where it stood; a POST is the last step's and does it."""
    sheet = _open(request, found_consumer(request, account))
    if request.method == "POST":
        return _do(request, sheet)
    asked = request.GET.get("step", "")
    premise = request.GET.get("premise", "")
    if premise:
        sheet.typed["premise"] = premise
    return _shown(request, sheet, int(asked) if asked in {"1", "2", "3"} else OUT)


@require_POST
@requires(Permission.CHANGE_OCCUPIER)
def move_out(request: HttpRequest, account: str) -> HttpResponse:
    """Keep the day and the readings, and lead on."""
    sheet = _open(request, found_consumer(request, account))
    sheet.typed["premise"] = request.POST.get("premise", "")
    place = sheet.place
    if place is None:
        return _shown(request, sheet, OUT, status=409)
    form = sheet.out_form(place, request.POST.dict())
    if not _is_right(form, sheet):
        return _shown(request, sheet, OUT, status=422, form=form)
    names = {"moved_on", *form.fields}
    _keep(sheet, {**_without(sheet.typed, names), **_of(request.POST, names)})
    return HttpResponseRedirect(_url(sheet, IN))


@require_POST
@requires(Permission.CHANGE_OCCUPIER)
def move_in(request: HttpRequest, account: str) -> HttpResponse:
    """Choose a consumer who moves in; without one, what the search finds."""
    sheet = _open(request, found_consumer(request, account))
    me, at = sheet.person, clock.now()
    chosen = access.get_consumer(request.POST.get("account", ""), to=me)
    if chosen is None:
        search = look_for(request.POST, to=me, at=at)
        return _shown(request, sheet, IN, status=422, search=search)
    try:
        _refuse(sheet, chosen)
    except UnableToMove as refusal:
        return _shown(request, sheet, IN, status=422, search=Looked(error=refusal.sentence))
    _keep(sheet, {**_without(sheet.typed, OF_NEW), "account": chosen.account_number})
    return HttpResponseRedirect(_url(sheet, REVIEW))


@require_POST
@requires(Permission.CHANGE_OCCUPIER)
def move_in_new(request: HttpRequest, account: str) -> HttpResponse:
    """Enter somebody who is no consumer yet."""
    sheet = _open(request, found_consumer(request, account))
    form = sheet.new_form(request.POST.dict())
    if not form.is_valid():
        return _shown(request, sheet, IN, status=422, new_form=form)
    _keep(sheet, {**_without(sheet.typed, ("account",)), **_of(request.POST, OF_NEW)})
    return HttpResponseRedirect(_url(sheet, REVIEW))


# ------------------------------------------------------------------ doing it
def _do(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    key, form = posted_form_key(request.POST), ConfirmMoveForm(request.POST)
    wish = _wish(sheet, form) if form.is_valid() else None
    if wish is None:
        return _shown(request, sheet, REVIEW, status=422, confirm=form)
    try:
        change = change_occupier(
            consumer=sheet.consumer.pk, wish=wish, by=sheet.person, at=clock.now(), form_key=key
        )
    except Refusal as refusal:
        if refusal.field in form.fields:
            form.add_error(refusal.field, refusal.sentence)
            return _shown(request, sheet, REVIEW, status=refusal.http_status, confirm=form)
        return _shown(
            request, sheet, REVIEW, status=refusal.http_status, confirm=form, refusal=refusal
        )
    came = change.moved_in
    messages.success(
        request, f"{came.account_number} is supplied there now. {sheet.consumer} has moved out."
    )
    return HttpResponseRedirect(resolve_url("consumer_detail", came.account_number))


def _wish(sheet: Sheet, confirm: ConfirmMoveForm) -> MoveWish | None:
    """The whole move; None while a step is not complete."""
    place, account = sheet.place, sheet.account
    if place is None:
        return None
    out, new = sheet.out_form(place), sheet.new_form()
    if not out.is_bound or not out.is_valid() or not (account or (new.is_bound and new.is_valid())):
        return None
    return MoveWish(
        out.move_out(),
        account=account.pk if account else None,
        opens=None if account else new.account(),
        forwards_to=out.cleaned_data["forwarding_address"],
        **confirm.cleaned_data,
    )


def _is_right(form: MoveOutForm, sheet: Sheet) -> bool:
    """Whether the first step can be; what is wrong stands beside its field."""
    if not form.is_valid():
        return False
    today = day_of(clock.now())
    _, _, wrong = judge_move_out(sheet.consumer.pk, form.move_out(), today=today)
    for each in wrong:
        put_beside(form, each)
    return not wrong


def _refuse(sheet: Sheet, chosen: Consumer) -> None:
    """Say at once what the operation would say in the end."""
    place = sheet.place
    utilities = [each.utility_type for each in place.services] if place else []
    states = supplied_at(chosen.pk, place.premise) if place else {}
    refuse_who_moves_in(
        sheet.consumer.pk,
        chosen.pk,
        status=chosen.status,
        has_supply=is_supplied(states, utilities),
    )


# ------------------------------------------------------------------ the draft
def _open(request: HttpRequest, consumer: Consumer) -> Sheet:
    person = signed_in_person(request)
    draft = drafts.get_draft(by=person.pk, form=draft_of(consumer))
    typed = {name: values[0] for name, values in draft.typed.items() if values} if draft else {}
    return Sheet(consumer, person, typed, places_of(consumer.pk))


def _keep(sheet: Sheet, typed: Typed) -> None:
    drafts.save_draft(
        by=sheet.person.pk,
        form=draft_of(sheet.consumer),
        typed={name: [value] for name, value in typed.items()},
        at=clock.now(),
    )


def _without(typed: Typed, names: Any) -> Typed:
    return {name: value for name, value in typed.items() if name not in names}


def _of(post: QueryDict, names: Any) -> Typed:
    return {name: post.get(name, "") for name in names}


def _url(sheet: Sheet, step: int) -> str:
    return f"{reverse('consumer_move', args=[sheet.consumer.account_number])}?step={step}"


# ------------------------------------------------------------------ showing
def _shown(
    request: HttpRequest, sheet: Sheet, step: int, *, status: int = 200, **more: Any
) -> HttpResponse:
    """A step; one that cannot be yet shows the one before."""
    place = sheet.place
    shown = access.shown(sheet.consumer, to=sheet.person)
    context: dict[str, Any] = shell(request, shown) | {"place": place, "places": sheet.places}
    if place is None or context["open_requests"]:
        context |= {"blocked": "" if context["open_requests"] else NOT_SUPPLIED, "step": 0}
        return render(request, PAGE, context | more, status=status)
    if step > OUT and "moved_on" not in sheet.typed:
        step = OUT
    if step == REVIEW and not ("account" in sheet.typed or "name" in sheet.typed):
        step = IN
    form = more.pop("form", None) or sheet.out_form(place)
    if step == REVIEW:
        context |= _review(sheet, form, more)
        step = context.pop("instead", REVIEW)
    if step == IN:
        context |= {"new_form": sheet.new_form(), "chosen": sheet.account, "search": Looked()}
    context |= {"form": form, "step": step, "steps": _steps(sheet, step)} | more
    return render(request, PAGE, context, status=status)


def _review(sheet: Sheet, form: MoveOutForm, more: dict[str, Any]) -> dict[str, Any]:
    """What comes of the move; or the step that has to be looked at again, and why."""
    outlook: Outlook | None = None
    found: dict[str, Any] = {}
    if form.is_valid():
        try:
            outlook = outlook_of(sheet.consumer.pk, form.move_out(), today=day_of(clock.now()))
        except UnableToMove as refusal:
            put_beside(form, refusal)
    if outlook is None:
        return {"instead": OUT}
    new, chosen = sheet.new_form(), sheet.account
    if chosen is None and not (new.is_bound and new.is_valid()):
        return {"instead": IN}
    if chosen is not None:
        found["moves_in"] = access.shown(chosen, to=sheet.person)
    else:
        categories = {each.pk: each.name for each in queries.categories()}
        opens = new.account()
        found |= {"opens": opens, "category": categories.get(opens.category, "")}
    confirm = more.get("confirm") or ConfirmMoveForm(initial={"notifies": True})
    return found | {"outlook": outlook, "confirm": confirm}


def _steps(sheet: Sheet, step: int) -> list[Link]:
    """The three steps, those before this one as links."""
    return [
        Link(title, _url(sheet, number) if number < step else "", number == step)
        for number, title in STEPS.items()
    ]
