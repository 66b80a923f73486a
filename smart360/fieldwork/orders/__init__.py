"""What operations do to a service order: make it, plan it, give it to somebody, end it.

Every function is a step: it runs inside an operation that has locked the order's case, or its
consumer when there is no case. The place in a slot is locked after that, then technicians in the
order of their keys, then their days.
"""

from smart360.fieldwork.orders.beginnings import create_order
from smart360.fieldwork.orders.days import lock_technicians
from smart360.fieldwork.orders.plans import (
    ask_ports,
    assign_order,
    dispatch_by_itself,
    move_visit,
    schedule_order,
    take_back_order,
)
from smart360.fieldwork.orders.rows import is_repeated, lock_order, touch_case
from smart360.fieldwork.orders.visits import (
    cancel_live_orders,
    cancel_order,
    complete_order,
    start_order,
)

__all__ = [
    "ask_ports",
    "assign_order",
    "cancel_live_orders",
    "cancel_order",
    "complete_order",
    "create_order",
    "dispatch_by_itself",
    "is_repeated",
    "lock_order",
    "lock_technicians",
    "move_visit",
    "schedule_order",
    "start_order",
    "take_back_order",
    "touch_case",
]
