"""The limit view of the list of consumers: its rows the shortest Django way, and nothing else."""

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.template import engines

from consumers.models import Consumer, Guard, Premise
from smart360.staff.permissions import Permission
from smart360.web.gate import requires

FILTERS = {"status": "status", "category": "category", "area": "connections__premise__area"}
ORDERS = {"-balance": ("-figures__balance", "-pk"), "newest": ("-pk",)}
ROWS = """<table>{% for row in rows %}<tr>
<th><a href="{% url "consumer_detail" row.account_number %}">{{ row.account_number }}</a></th>
<td>{{ row.name }}{% if row.is_vip %} VIP{% endif %}</td><td>{{ row.phone }}</td>
<td>{{ row.place }}</td><td>{{ row.status }}</td><td>{{ row.guard|default:"" }}</td>
<td>{{ row.figures__balance }}</td>
<td><a href="{% url "consumer_detail" row.account_number %}">View</a></td></tr>
{% endfor %}</table>"""
WHOLE = "<!doctype html><html lang=en><head><title>Consumers</title></head><body>"


@requires(Permission.SEARCH_CONSUMERS)
def consumers_limit(request: HttpRequest) -> HttpResponse:
    """25 accounts that fit the filters, each with its first address, its guard and its balance."""
    asked = request.GET
    consumers = Consumer.objects.filter(archived_at=None)
    consumers = consumers.filter(
        **{FILTERS[name]: asked[name] for name in FILTERS if asked.get(name)}
    )
    if asked.get("vip"):
        consumers = consumers.filter(is_vip=True)
    places = Premise.objects.filter(connections__consumer=OuterRef("pk"))
    guards = Guard.objects.filter(consumer=OuterRef("pk"))
    rows = consumers.order_by(*ORDERS.get(asked.get("sort", ""), ("account_number",))).values(
        *("account_number", "name", "phone", "status", "is_vip", "figures__balance"),
        place=Subquery(places.order_by("connections__id").values("address")[:1]),
        guard=Subquery(guards.order_by("id").values("placed_by")[:1]),
    )
    words = ROWS if request.headers.get("HX-Request") else WHOLE + ROWS
    template = engines["django"].from_string(words)
    return HttpResponse(template.render({"rows": rows[:26]}, request))
