"""The Relationship Health Score of one consumer with all its arithmetic (CON7)."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from consumers import access
from consumers.views.profiles import found_consumer, shell
from smart360.insights.models import HealthScore
from smart360.insights.queries.health import health_now, score_history
from smart360.kernel import clock
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires
from smart360.web.shown import Bar


@require_GET
@requires(Permission.VIEW_HEALTH)
def consumer_health(request: HttpRequest, account: str) -> HttpResponse:
    """Each component with its figures, each penalty, the sum; and the months before."""
    consumer, person = found_consumer(request, account), signed_in_person(request)
    context = shell(request, access.shown(consumer, to=person)) | {
        "health": health_now(consumer.pk, at=clock.now()),
        "months": [_bar(each) for each in score_history(consumer.pk)],
        "month_heads": ("Month", "Score"),
    }
    return render(request, "insights/consumer_health.html", context)


def _bar(kept: HealthScore) -> Bar:
    month = f"{kept.month:%b %Y}"
    return Bar(Decimal(kept.score), month, (month, f"{kept.score}/100"))
