"""Every oracle there is, by listing.

What one app alone can ask lies in its own ``oracles.py``; what compares the records of several
with each other, or looks at the database as a whole, lies here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from billing import oracles as of_billing
from complaints import oracles as of_complaints
from consumers import oracles as of_consumers
from disconnections import oracles as of_requests
from smart360.cases import oracles as of_cases
from smart360.comms import oracles as of_comms
from smart360.documents import oracles as of_documents
from smart360.fieldwork import oracles as of_fieldwork
from smart360.insights.oracles import database, erasures, histories, messages
from smart360.kernel.oracle import Oracle
from smart360.owed import oracles as of_owed
from smart360.staff import oracles as of_staff
from smart360.trail import oracles as of_trail

EVERY_ORACLE: tuple[Oracle, ...] = (
    *of_requests.ORACLES,
    *of_complaints.ORACLES,
    *of_cases.ORACLES,
    *histories.ORACLES,
    *of_consumers.ORACLES,
    *of_billing.ORACLES,
    *of_fieldwork.ORACLES,
    *of_comms.ORACLES,
    *messages.ORACLES,
    *erasures.ORACLES,
    *of_documents.ORACLES,
    *of_trail.ORACLES,
    *of_staff.ORACLES,
    *of_owed.ORACLES,
    *database.ORACLES,
)

NOT_IN_THE_DATA: Mapping[str, str] = MappingProxyType(
    {
        "X2": "tests/access",
        "X3": "tests/access",
        "X4": "tests/staff/test_change_person.py",
        "X5": "tests/access",
        "R2": "tests/faults/test_worst_day.py",
        "R3": "tests/faults/test_worst_day.py",
    }
)
"""Invariants that no row can show to be broken, and where they are proved."""
