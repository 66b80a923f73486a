"""The Connections tab of a consumer's profile: meters, readings, consumption (CON10)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from consumers import access, ports, queries
from consumers.models import Consumer
from consumers.queries.meters import meter_history
from consumers.queries.readings import page_of_readings, seen_readings, stretches_of
from consumers.rules.anomalies import Anomaly, Period, anomalies_of, gathered, periods_of
from consumers.rules.profiles import ConnectionFacts
from consumers.views.profiles import found_consumer, shell
from smart360.organisation.context import today_in_use, zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.formats import shown_date, shown_reading, shown_short_date
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment
from smart360.web.shown import Bar, Link

PAGE = "consumers/consumer_connections.html"
MOST_BARS = 13
MOST_ANOMALIES = 5
CHART_HEADS = ("Period", "Consumption", "Per day")


@require_GET
@requires(Permission.VIEW_CONSUMER)
def consumer_connections(request: HttpRequest, account: str) -> HttpResponse:
    """What supplies the consumer, what its meters showed, and what is unusual about it."""
    consumer = found_consumer(request, account)
    return connections_page(request, consumer)


def connections_page(
    request: HttpRequest, consumer: Consumer, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The whole tab, or the page of readings alone when htmx turns it."""
    person, zone = signed_in_person(request), zone_in_use()
    history = meter_history(consumer.pk)
    facts = access.shown_connections(queries.connection_facts(consumer.pk), to=person)
    chosen = _chosen(facts, request.GET.get("service", ""))
    stretches = stretches_of(history.assignments, chosen.id, zone=zone) if chosen else []
    context: dict[str, Any] = {"service": chosen}
    if chosen:
        page = page_of_readings(stretches, cursor=request.GET.get("cursor", ""))
        context |= {
            "readings": page.rows,
            "next_url": _address(consumer, chosen, cursor=page.next_cursor),
            "previous_url": _address(consumer, chosen, cursor=page.previous_cursor),
            "account": consumer.account_number,
            "enter_for": f"?service={chosen.id}",
            "can_verify": person.has_permission(Permission.VERIFY_READING),
        }
    if request.method == "GET" and request.headers.get("HX-Target") == "service-readings":
        return page_or_fragment(request, PAGE, "service-readings", context)
    seen = seen_readings(stretches)
    found = anomalies_of(seen, today=today_in_use())[:MOST_ANOMALIES]
    unit = stretches[0].unit if stretches else ""
    shown = access.shown(consumer, to=person, addresses=[each.address for each in facts])
    context |= {
        "connections": facts,
        "services": _services(consumer, facts, chosen),
        "meters": history,
        "can_correct": person.has_permission(Permission.EDIT_CONSUMER),
        "can_enter": person.has_permission(Permission.ENTER_READING)
        and bool(chosen and chosen.meter_number),
        "bars": _bars(gathered(periods_of(seen))[-MOST_BARS:], found, unit),
        "chart_heads": CHART_HEADS,
        "anomalies": _lines(found, unit, consumer, chosen, request),
        "inspection": _inspection(consumer, chosen, request) if found else None,
    }
    whole = shell(request, shown, tab="Connections") | context | more
    return render(request, PAGE, whole, status=status)


def _chosen(facts: Sequence[ConnectionFacts], asked: str) -> ConnectionFacts | None:
    """The service that was asked for, else the first one with a meter, else the first."""
    wanted = next((each for each in facts if str(each.id) == asked), None)
    metered = next((each for each in facts if each.meter_number), None)
    return wanted or metered or next(iter(facts), None)


def _address(consumer: Consumer, service: ConnectionFacts, *, cursor: str | None = None) -> str:
    """This tab for one service; ``""`` for a page that is not there."""
    if cursor == "":
        return ""
    asked = {"service": service.id} | ({"cursor": cursor} if cursor else {})
    return f"{reverse('consumer_connections', args=[consumer.account_number])}?{urlencode(asked)}"


def _services(
    consumer: Consumer, facts: Sequence[ConnectionFacts], chosen: ConnectionFacts | None
) -> list[Link]:
    """The choice among several services; empty for one."""
    if len(facts) < 2:
        return []
    return [Link(_name(each), _address(consumer, each), each == chosen) for each in facts]


def _name(service: ConnectionFacts) -> str:
    utility = service.utility_type.capitalize()
    return f"{utility}, {service.meter_number}" if service.meter_number else utility


def _bars(periods: Sequence[Period], found: Sequence[Anomaly], unit: str) -> list[Bar]:
    def flag(period: Period) -> str:
        labels = (
            each.kind.label
            for each in found
            if period.from_on < each.on <= period.to_on and each.a_day is not None
        )
        return ", ".join(dict.fromkeys(labels))

    return [
        Bar(
            each.units,
            shown_short_date(each.to_on),
            (
                f"{shown_date(each.from_on)} – {shown_date(each.to_on)}",
                shown_reading(each.units, unit),
                shown_reading(round(each.per_day, 2), unit),
            ),
            flag(each),
        )
        for each in periods
    ]


def _lines(
    found: Sequence[Anomaly],
    unit: str,
    consumer: Consumer,
    service: ConnectionFacts | None,
    request: HttpRequest,
) -> list[dict[str, str]]:
    """Each anomaly in words, with what can be done about it by who looks."""
    can_order = signed_in_person(request).has_permission(Permission.CREATE_SERVICE_ORDER)
    can_note = signed_in_person(request).has_permission(Permission.ADD_NOTE)
    lines = []
    for each in found:
        words = f"{each.kind.label}: {each.sentence(unit)}"
        about = f"{service.meter_number}: {words} ({shown_date(each.on)})" if service else words
        asked = {"kind": "INSPECTION", "remarks": about}
        if service:
            asked["service"] = str(service.id)
        note = {"body": about}
        lines.append(
            {
                "label": each.kind.label,
                "icon": each.kind.icon,
                "sentence": each.sentence(unit),
                "on": shown_date(each.on),
                "order_url": _elsewhere("order_new", consumer, asked) if can_order else "",
                "note_url": _elsewhere("consumer_notes", consumer, note) if can_note else "",
            }
        )
    return lines


def _inspection(
    consumer: Consumer, service: ConnectionFacts | None, request: HttpRequest
) -> ports.Inspection | None:
    """The order by which somebody looks at the service already, for who could make one."""
    can_order = signed_in_person(request).has_permission(Permission.CREATE_SERVICE_ORDER)
    if service is None or not can_order:
        return None
    return ports.inspection_of(consumer=consumer.pk, service=service.id)


def _elsewhere(name: str, consumer: Consumer, asked: dict[str, str]) -> str:
    """Another page of the consumer's with its form filled in; ``""`` when there is none."""
    try:
        return f"{reverse(name, args=[consumer.account_number])}?{urlencode(asked)}"
    except NoReverseMatch:
        return ""
