"""Which templates a form offers for a consumer, from a request or from the profile (SO1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from consumers.choices import SupplyState
from consumers.models import Consumer, ServiceConnection
from smart360.cases.models import Case
from smart360.fieldwork import ports
from smart360.fieldwork.models import OrderTemplate
from smart360.fieldwork.rules import TemplateTerms, fitness, kind_is_offered, template_fits


@dataclass(frozen=True, slots=True)
class OfferedService:
    """A service connection that an order can be about."""

    id: int
    utility_type: str
    address: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a form for a new order can choose from; the first template is the likely one."""

    templates: tuple[OrderTemplate, ...]
    services: tuple[OfferedService, ...]

    def template(self, key: int) -> OrderTemplate | None:
        """The offered template with this key."""
        return next((each for each in self.templates if each.pk == key), None)

    def services_for(self, template: OrderTemplate) -> list[int]:
        """The services that an order of this template is about when nobody chooses."""
        wanted = set(template.utility_types)
        return [each.id for each in self.services if not wanted or each.utility_type in wanted]


def offer_for(consumer: Consumer, case: Case | None) -> Offer:
    """What can be ordered for a consumer, of a request's services when there is one.

    Two statements, and those of the port that knows the request.
    """
    asked = ports.services_asked(case.pk) if case is not None else None
    connections = ServiceConnection.objects.filter(consumer=consumer).select_related("premise")
    if asked is None:  # nobody is sent to where somebody else lives since
        connections = connections.exclude(supply_state=SupplyState.MOVED_OUT)
    services = tuple(
        OfferedService(each.pk, each.utility_type, each.premise.address)
        for each in connections.order_by("utility_type", "pk")
        if asked is None or each.pk in set(asked)
    )
    return Offer(templates=_fitting(consumer, case, services), services=services)


def _fitting(
    consumer: Consumer, case: Case | None, services: Sequence[OfferedService]
) -> tuple[OrderTemplate, ...]:
    utilities = {each.utility_type for each in services}
    case_kind = case.kind if case is not None else None
    templates = OrderTemplate.objects.filter(is_active=True).annotate(
        category_ids=ArrayAgg("categories", filter=Q(categories__isnull=False), default=[])
    )
    fitting = []
    for each in templates:
        terms = TemplateTerms(frozenset(each.utility_types), frozenset(vars(each)["category_ids"]))
        if kind_is_offered(each.kind, case_kind=case_kind) and template_fits(
            terms, utilities=utilities, category=consumer.category_id
        ):
            fitting.append((each.kind != case_kind, *fitness(terms, utilities=utilities), each))
    fitting.sort(key=lambda found: (*found[:3], found[3].kind, found[3].code))
    return tuple(each for *_, each in fitting)
