"""What the Disconnect and the Reconnect tab share: acts and answers, items, what is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from disconnections.choices import MONEY_ITEMS
from disconnections.models import ChecklistTick
from disconnections.operations.preparing import may_tick
from disconnections.rules.closures import tones
from disconnections.rules.conditions import Checklist, ItemLine, Missing, Need
from disconnections.rules.outlook import AccountFact
from disconnections.views.detail import found_or_404
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.web.fields import form_key_if_sent
from smart360.web.htmx import is_fragment

ON_DETAILS = (Need.APPROVAL, Need.PROTECTIONS, Need.IDENTITY, Need.OTHER_PERSON)
"""What is missing and is put right on the Details tab."""


@dataclass(frozen=True)
class ShownItem:
    """One item of the checklist as the page shows it."""

    line: ItemLine
    tick: ChecklistTick | None
    may_tick: bool
    tone: str
    icon: str

    @property
    def id(self) -> str:
        """Of its box."""
        return f"item-{self.line.item.lower()}"

    @property
    def is_money(self) -> bool:
        """Whether those tick it who may see the money."""
        return self.line.item in MONEY_ITEMS


@dataclass(frozen=True)
class ShownMissing:
    """One thing that is missing, with the address where it can be put right."""

    sentence: str
    href: str


class ShowsTab(Protocol):
    """Answers with a tab, or with the part of it that changed."""

    def __call__(
        self, request: HttpRequest, case: Case, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        """``more`` is what it shows besides, a form that came back among them."""


@dataclass(frozen=True, slots=True)
class PreparingTab:
    """One of the two tabs on which a request is prepared and carried out.

    ``url_name``  of its address
    ``shows``     answers with it
    ``items``     what the items of its checklist are called
    ``ticks``, ``clears``  the acts on one of them
    ``forms``     the names of its forms, of which one comes back with what was refused
    """

    kind: CaseKind
    url_name: str
    shows: ShowsTab
    items: Mapping[str, str]
    ticks: Callable[..., object]
    clears: Callable[..., object]
    forms: tuple[str, ...]


def found_of(kind: CaseKind, request: HttpRequest, number: str) -> Case:
    """The request of this number if it is one of this kind, or 404."""
    case = found_or_404(request, number)
    if case.kind != kind:
        raise Http404
    return case


# ------------------------------------------------------------------ acting
def tick(tab: PreparingTab, request: HttpRequest, number: str, **part: str) -> HttpResponse:
    """Tick or clear one item; ``part`` names what of the tab follows from it, if not all does."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    case, item = found_of(tab.kind, request, number), request.POST.get("item", "")[:20]
    is_ticked = request.POST.get("is_ticked") == "on"
    act = tab.ticks if is_ticked else tab.clears
    return do(
        tab,
        request,
        case,
        lambda: act(case=case.pk, item=item, by=me, at=clock.now(), form_key=key),
        f"{tab.items.get(item, '')}: {'ticked' if is_ticked else 'cleared'}.",
        wrong_item=item,
        **part,
    )


def do(
    tab: PreparingTab,
    request: HttpRequest,
    case: Case,
    act: Callable[[], object],
    sentence: str,
    **more: Any,
) -> HttpResponse:
    """One act; what is wrong stands at its field, what is not possible above its part."""
    kept = {name: more[name] for name in ("part", "wrong_item") if name in more}
    try:
        act()
    except Refusal as refusal:
        status, form = refusal.http_status, _form_of(tab, more, refusal)
        if form is not None:
            form.add_error(refusal.field, refusal.sentence)
            return tab.shows(request, case, status=status, **more)
        fresh = found_of(tab.kind, request, case.number)
        return tab.shows(request, fresh, status=status, refusal=refusal, **kept)
    if not is_fragment(request):
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse(tab.url_name, args=[case.number]))
    kept.pop("wrong_item", None)
    fresh = found_of(tab.kind, request, case.number)
    response = tab.shows(request, fresh, toast=sentence, **kept)
    response["HX-Trigger-After-Settle"] = '{"case-said": {}}'
    return response


def _form_of(tab: PreparingTab, more: Mapping[str, Any], refusal: Refusal) -> forms.Form | None:
    """The form whose field was refused, if it was one."""
    for name in tab.forms:
        form: forms.Form | None = more.get(name)
        if form is not None and refusal.field in form.fields:
            return form
    return None


# ------------------------------------------------------------------ showing
def shown_items(
    found: Checklist, ticks: Mapping[str, ChecklistTick], me: Person, *, is_open: bool
) -> list[ShownItem]:
    """The checklist, each item with its tick and whether this person may change it."""
    shown = []
    for line in found.lines:
        tone, icon = tones(line)
        shown.append(
            ShownItem(
                line=line,
                tick=ticks.get(line.item),
                may_tick=is_open and not line.does_not_apply and may_tick(line.item, me),
                tone=tone,
                icon=icon,
            )
        )
    return shown


def shown_missing(missing: tuple[Missing, ...], case: Case) -> list[ShownMissing]:
    """What is missing, each with where it is put right: here, or on the Details tab."""
    details = reverse("request_detail", args=[case.number])
    return [
        ShownMissing(
            each.sentence,
            details if each.need in ON_DETAILS else f"#{each.anchor}" if each.anchor else "",
        )
        for each in missing
    ]


def account_of(case: Case) -> AccountFact:
    """Whose request it is, and whether they hear of what becomes of it."""
    assert case.consumer is not None  # a_request_has_a_consumer
    return AccountFact(
        number=case.consumer.account_number,
        name=case.consumer.name,
        status=case.consumer.status,
        is_archived=case.consumer.archived_at is not None,
        has_address=bool(case.consumer.email),
        notifies=case.notifies_consumer,
    )
