"""Consumers, what serves them, who holds their profile, what they owe, what protects them."""

from consumers.models.accounts import (
    Category,
    Consumer,
    Guard,
    Premise,
    ProfileLock,
    ServiceConnection,
    Subcategory,
)
from consumers.models.documents import (
    ConsumerDocument,
    ConsumerDocumentVersion,
    DocumentUpload,
    ViewLogEntry,
)
from consumers.models.figures import (
    AccountChange,
    AccountTally,
    BalanceChange,
    BalanceTotal,
    ConsumerFigures,
)
from consumers.models.holds import AccountHold, HoldProposal, ProtectionKind
from consumers.models.inventory import InventoryMovement, Warehouse
from consumers.models.merges import MAY_MERGE, AccountMerge
from consumers.models.meters import Device, Meter, MeterAssignment, Reading
from consumers.models.notes import ConsumerNote
from consumers.models.occupancy import LIVED_IN_FIRST, HandedOverService, OccupancyChange
from consumers.models.readings import ReadingFile, ReadingFileRow
from consumers.models.standing import CollectionMove, CollectionPolicy

__all__ = [
    "LIVED_IN_FIRST",
    "MAY_MERGE",
    "AccountChange",
    "AccountHold",
    "AccountMerge",
    "AccountTally",
    "BalanceChange",
    "BalanceTotal",
    "Category",
    "CollectionMove",
    "CollectionPolicy",
    "Consumer",
    "ConsumerDocument",
    "ConsumerDocumentVersion",
    "ConsumerFigures",
    "ConsumerNote",
    "Device",
    "DocumentUpload",
    "Guard",
    "HandedOverService",
    "HoldProposal",
    "InventoryMovement",
    "Meter",
    "MeterAssignment",
    "OccupancyChange",
    "Premise",
    "ProfileLock",
    "ProtectionKind",
    "Reading",
    "ReadingFile",
    "ReadingFileRow",
    "ServiceConnection",
    "Subcategory",
    "ViewLogEntry",
    "Warehouse",
]
