"""The orders in which lists show cases, as the database works them out.

They stand here because an index must say exactly what the list asks for.
"""

from django.db.models import Case as SqlCase
from django.db.models import F, IntegerField, Value, When
from django.db.models.functions import Coalesce

from smart360.cases.choices import Priority
from smart360.cases.sla import NEVER

DUE = Coalesce(F("adjusted_due_at"), Value(NEVER))
"""When a case is due; last while a hold has no known end."""
URGENCY = SqlCase(
    *(When(priority=code, then=Value(rank)) for rank, code in enumerate(Priority.values)),
    output_field=IntegerField(),
)
"""The most urgent first."""
