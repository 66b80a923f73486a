"""What a request is about: the answers to billing's and field work's questions (their ports)."""

from django.contrib.postgres.aggregates import ArrayAgg

from billing.ports import RequestTerms
from disconnections.choices import Permanence
from disconnections.models import DisconnectionRequest, RequestedService
from smart360.cases.choices import CaseKind
from smart360.organisation.queries import get_utility


def terms_of_request(case: int) -> RequestTerms | None:
    """Services, last day and permanence of a disconnection; one statement.

    Once it was carried out, the last day is that day.
    """
    asked = (
        DisconnectionRequest.objects.filter(pk=case, case__kind=CaseKind.DISCONNECTION)
        .annotate(asked_for=ArrayAgg("services__service_connection"))
        .values_list("preferred_on", "permanence", "asked_for", "execution__executed_at")
        .first()
    )
    if asked is None:
        return None
    preferred_on, permanence, services, executed_at = asked
    if executed_at is not None:
        preferred_on = executed_at.astimezone(get_utility().zone).date()
    return RequestTerms(
        services=tuple(sorted(each for each in services if each is not None)),
        ends_on=preferred_on,
        is_permanent=permanence == Permanence.PERMANENT,
    )


def services_of_request(case: int) -> list[int] | None:
    """The services of a request, for its service order; None without any. One statement."""
    asked = RequestedService.objects.filter(request=case)
    found = list(asked.order_by("service_connection").values_list("service_connection", flat=True))
    return found or None
