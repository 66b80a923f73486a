"""Every oracle there is, by listing."""

from consumers import oracles as of_consumers
from disconnections import oracles as of_requests
from smart360.cases import oracles as of_cases
from smart360.comms import oracles as of_comms
from smart360.documents import oracles as of_documents
from smart360.kernel.oracle import Oracle
from smart360.owed import oracles as of_owed
from smart360.staff import oracles as of_staff
from smart360.trail import oracles as of_trail

ORACLES: tuple[Oracle, ...] = ()
EVERY_ORACLE: tuple[Oracle, ...] = (
    *of_requests.ORACLES,
    *of_cases.ORACLES,
    *of_consumers.ORACLES,
    *of_comms.ORACLES,
    *of_documents.ORACLES,
    *of_trail.ORACLES,
    *of_staff.ORACLES,
    *of_owed.ORACLES,
    *ORACLES,
)
