"""Reads of field work; the names that siblings and higher apps use."""

from smart360.fieldwork.queries.orders import (
    find_order_for,
    orders_of_case,
    orders_of_consumer,
)

__all__ = ["find_order_for", "orders_of_case", "orders_of_consumer"]
