"""Rows as COPY takes them: which columns, in which form, and a spool that hands them over."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

# Tables in the order in which they may be filled, each with the columns that are given.
COLUMNS: dict[str, str] = {
    "consumers_consumer": "id, account_number, name, status, is_vip, category_id, subcategory_id,"
    " phone, phone_digits, email, billing_address, registered_on, search_text, version",
    "consumers_premise": "id, address, area",
    "consumers_serviceconnection": "id, consumer_id, premise_id, utility_type, supply_state,"
    " connected_on, area",
    "consumers_device": "id, number",
    "consumers_meter": "id, number, device_id, utility_type, meter_type, model, condition, unit,"
    " installed_on",
    "consumers_meterassignment": "id, meter_id, service_connection_id, during",
    "consumers_reading": "id, meter_id, value, read_on, verification",
    "cases_case": "id, number, kind, consumer_id, status, version, priority, notifies_consumer,"
    " created_at, created_by_id, updated_at, updated_by_id, assignee_id, acknowledged_at,"
    " acknowledged_by_id, responded_at, responded_by_id, ended_at, ended_by_id, closing_reason,"
    " closing_note, policy_id, due_at, adjusted_due_at, warns_at, breaches_at, next_alert_at",
    "cases_hold": "id, case_id, reason_id, waits_for, pauses, since, resume_by, at_resume_by,"
    " ended_at, put_by_id, ended_by_id",
    "cases_alert": "id, case_id, metric, level, was_due_at, raised_at",
    "consumers_guard": "id, consumer_id, placed_by, placed_at",
    "disconnections_slotday": "id, slot_id, day, capacity, booked",
    "disconnections_disconnectionrequest": "case_id, reason_id, permanence, consumer_status,"
    " preferred_on, slot_id, booking_id, notes, service_address, identity_check,"
    " identity_document, identity_last_four, tracking_token",
    "disconnections_requestedservice": "id, request_id, service_connection_id, was_connected",
    "trail_personaltext": "id, text, digest",
    "comms_message": "id, case_id, consumer_id, channel, direction, visibility, at, by_id,"
    " template_id, is_statutory, to_id, subject_id, body_id, call_minutes, dedupe_key",
    "comms_delivery": "message_id, visibility, state, state_at, why",
    "trail_entry": "id, case_id, consumer_id, kind, at, actor_id, old, new, text_id, case_version,"
    " seq, previous_hash, hash",
    "owed_owedwork": "id, queue, kind, dedupe_key, about, state, attempts, owed_at, next_at,"
    " done_at, last_error",
}
NULL = r"\N"
EPOCH = date(1970, 1, 1)
TIMES_OF_DAY = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}+00" for s in range(86400)]


class Spool:
    """Lines gathered for each table, and the last id given in each."""

    def __init__(self) -> None:
        """Nothing is gathered yet; ids begin at 1."""
        self.lines: dict[str, list[str]] = {table: [] for table in COLUMNS}
        self.ids: dict[str, int] = defaultdict(int)

    def next_id(self, table: str) -> int:
        """The next id of a table."""
        self.ids[table] += 1
        return self.ids[table]

    def taken(self) -> Iterator[tuple[str, str]]:
        """What was gathered, table by table in the order of COLUMNS; forgotten here."""
        for table, lines in self.lines.items():
            if lines:
                yield table, "\n".join(lines) + "\n"
                self.lines[table] = []


_days: dict[int, str] = {}


def moment(second: int | None) -> str:
    """A second since 1970 as a timestamp for COPY."""
    if second is None:
        return NULL
    return f"{day_of(second // 86400)} {TIMES_OF_DAY[second % 86400]}"


def day_of(number: int) -> str:
    """A day since 1970 as a date for COPY."""
    known = _days.get(number)
    if known is None:
        known = _days[number] = (EPOCH + timedelta(days=number)).isoformat()
    return known


def iso_moment(second: int) -> str:
    """A second since 1970 as ``datetime.isoformat`` writes it: what entries keep."""
    return datetime.fromtimestamp(second, UTC).isoformat()


def escaped(text: str) -> str:
    """Text of several lines on one line of COPY."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
