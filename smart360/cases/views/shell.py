"""The page of one case: what its tabs stand in, and the tabs that every kind has."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from smart360.cases.access import Act, who_may_work_on
from smart360.cases.forms import AssignForm, HoldForm, NoteForm
from smart360.cases.models import Case
from smart360.cases.queries.addressees import addressee_of
from smart360.cases.queries.holds import MORNING, HoldOffer, hold_choices
from smart360.cases.queries.timeline import case_timeline
from smart360.cases.views.kinds import CasePage, KindPages
from smart360.comms.forms import CallForm, MessageForm
from smart360.comms.queries import count_messages_of_case, messages_of_case
from smart360.kernel import clock
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.web import form_keys
from smart360.web.htmx import is_fragment
from smart360.web.shown import Link

SHELL = "cases/case_shell.html"
TALK = "cases/case_communication.html"
STORY = "cases/case_timeline.html"


def found_or_404(kind: KindPages, request: HttpRequest, number: str) -> Case:
    """The case of this number, or 404: not there and not yours look the same (X2)."""
    case = kind.find(number, signed_in_person(request))
    if case is None:
        raise Http404
    return case


def shell(
    kind: KindPages, request: HttpRequest, case: Case, *, tab: str, at: datetime, **more: Any
) -> dict[str, Any]:
    """What each tab of a case's page stands in; ``more`` replaces forms that came back."""
    me = signed_in_person(request)
    zone = zone_in_use()
    shown = kind.shows(case, to=me, at=at, zone=zone)
    values: dict[str, Any] = {
        **named(kind, case),
        "now": at,
        "page": shown.page,
        "acts": {act.name.lower(): act in shown.acts for act in Act},
        "tab": tab,
        "tabs": _tabs(kind, case, me, tab),
        "can_order": case.is_open and kind.may_order(me),
    }
    if Act.HOLD in shown.acts:
        values["hold_form"] = hold_form(shown.page.offer, at=at, zone=zone)
    if Act.ASSIGN_TO in shown.acts and "assign_form" not in more:
        values["assign_form"] = assign_form(case)
    return values | dict(shown.more) | more


def named(kind: KindPages, case: Case) -> dict[str, Any]:
    """What every fragment of a case's page needs: the case, its kind and its addresses."""
    return {"case": case, "kind": kind, "urls": kind.urls(case.number)}


def _tabs(kind: KindPages, case: Case, person: Person, current: str) -> list[Link]:
    """The tabs that this case has, and that this person may open."""
    tabs = [
        tab
        for tab in kind.tabs
        if tab.kind in ("", case.kind)
        and (tab.permission is None or person.has_permission(tab.permission))
    ]
    return [
        Link(
            tab.label,
            reverse(tab.url_name, args=[case.number]),
            tab.code == current,
            key=str(place),
        )
        for place, tab in enumerate(tabs, start=1)
    ]


def assign_form(case: Case, sent: Mapping[str, Any] | None = None) -> AssignForm:
    """Who else may have the case, and who has it now; or what was ``sent``."""
    people = who_may_work_on(case)
    if sent is None:
        people = [each for each in people if each.pk != case.assignee_id]
    return AssignForm(sent, people=people, initial={"seen": case.assignee_id or ""})


def hold_form(offer: HoldOffer | None, *, at: datetime, zone: ZoneInfo) -> HoldForm:
    """A fresh form: until the visit when that is what makes sense, else tomorrow morning."""
    tomorrow = datetime.combine(at.astimezone(zone).date() + timedelta(days=1), MORNING, zone)
    until = (offer.until if offer else tomorrow).astimezone(zone)
    initial = {
        "reason": offer.reason if offer else "",
        "resume_on": until.date(),
        "resume_at": until.time(),
    }
    return HoldForm(reasons=hold_choices(), initial=initial)


def top(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """Header, clock and rail alone, fetched again when something was said."""
    case = found_or_404(kind, request, number)
    tab = request.GET.get("tab", "details")
    context = shell(kind, request, case, tab=tab, at=clock.now())
    return render(request, f"{SHELL}#case-top", context)


def details(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """The Details tab; htmx gets its panels."""
    return details_of(kind, request, found_or_404(kind, request, number))


def details_of(kind: KindPages, request: HttpRequest, case: Case, **more: Any) -> HttpResponse:
    """The Details tab of a case that was found; ``more`` replaces forms that came back."""
    at = clock.now()
    context = shell(kind, request, case, tab="details", at=at, **more)
    context |= kind.details_context(case, context, at)
    return tab_or_fragment(request, kind.details, "details", context)


def communication(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """The Communication tab: note, message and call as forms of their own, and the log."""
    case = found_or_404(kind, request, number)
    context = shell(kind, request, case, tab="communication", at=clock.now())
    context |= talk(request, case, context["page"])
    return tab_or_fragment(request, TALK, "communication", context)


def talk(request: HttpRequest, case: Case, page: CasePage) -> dict[str, Any]:
    """The three forms and the log."""
    me = signed_in_person(request)
    said = messages_of_case(case.pk, to=me, consumer_name=page.who)
    forms = {"note_form": NoteForm(), "message_form": MessageForm(), "call_form": CallForm()}
    ready = forms.get(f"{request.GET.get('write', '')}_form")
    if ready is not None:  # a quick action leads here: the field waits for the first letter
        ready.fields["words"].widget.attrs["autofocus"] = True
    return {
        **forms,
        "messages_said": said,
        "log_words": f"{len(said)} {'entry' if len(said) == 1 else 'entries'}",
        "form_key": form_keys.new_key,
        "recipient": addressee_of(case).email,
    }


def timeline(kind: KindPages, request: HttpRequest, number: str) -> HttpResponse:
    """The Timeline tab."""
    me = signed_in_person(request)
    case = found_or_404(kind, request, number)
    before = request.GET.get("before", "")
    before_seq = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    context = shell(kind, request, case, tab="timeline", at=clock.now())
    lines, more = case_timeline(case, to=me, before_seq=before_seq)
    context |= {"lines": lines, "older_url": f"?before={more}" if more else ""}
    return tab_or_fragment(request, STORY, "timeline", context)


def tab_or_fragment(
    request: HttpRequest, template: str, fragment: str, context: dict[str, Any]
) -> HttpResponse:
    """The whole page, or what the tab refreshes of itself."""
    if not is_fragment(request):
        context["said"] = count_messages_of_case(context["case"].pk)
        context["tabs"] = [
            Link(t.label, t.url, t.is_current, str(context["said"] or ""), t.key)
            if t.label == "Communication"
            else t
            for t in context["tabs"]
        ]
    name = f"{template}#{fragment}" if is_fragment(request) else template
    response = render(request, name, context)
    response["Vary"] = "HX-Request"
    return response
