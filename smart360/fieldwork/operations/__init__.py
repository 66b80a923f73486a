"""What can be done with service orders."""

from smart360.fieldwork.operations.orders import (
    UnableToCancelOrder,
    UnableToCreateOrder,
    cancel_service_order,
    create_service_order,
)
from smart360.fieldwork.operations.plans import (
    UnableToAssignOrder,
    UnableToProceed,
    UnableToScheduleOrder,
    UnableToSetMinutes,
    UnableToTakeBackOrder,
    assign_service_order,
    schedule_service_order,
    set_day_minutes,
    take_back_service_order,
)
from smart360.fieldwork.operations.reports import attach_report, retry_report
from smart360.fieldwork.operations.visits import (
    UnableToCompleteOrder,
    UnableToStartOrder,
    complete_service_order,
    start_service_order,
)

__all__ = [
    "UnableToAssignOrder",
    "UnableToCancelOrder",
    "UnableToCompleteOrder",
    "UnableToCreateOrder",
    "UnableToProceed",
    "UnableToScheduleOrder",
    "UnableToSetMinutes",
    "UnableToStartOrder",
    "UnableToTakeBackOrder",
    "assign_service_order",
    "attach_report",
    "cancel_service_order",
    "complete_service_order",
    "create_service_order",
    "retry_report",
    "schedule_service_order",
    "set_day_minutes",
    "start_service_order",
    "take_back_service_order",
]
