"""What the page tests share: reading a page, acting as people do."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from consumers.choices import SupplyState, UtilityType
from smart360.cases import operations as cases
from smart360.cases.models import HoldReason

ClientAs = Callable[..., Client]
LIST = "/cx/disconnections/"
HTMX = {"HX-Request": "true"}
OFF = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_GOOD}


def page_of(client: Client, path: str = LIST, **headers: str) -> str:
    answer = client.get(path, headers=headers or None)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def numbers_in(html: str) -> list[str]:
    return re.findall(
        r'<th scope="?row"?[^>]*><a [^>]*href="?(?:[^">]*/)?((?:DIS|REC)-[0-9-]+)[">]', html
    )


def at_path(asked: Any, tail: str = "") -> str:
    return f"{LIST}{asked.case.number}{tail}"


def put_on_hold(asked: Any, by: Any, at: datetime, code: str = "WAITING_CONSUMER") -> None:
    cases.put_on_hold(
        case=asked.pk,
        reason=HoldReason.objects.get(code=code).pk,
        resume_by=at + timedelta(days=2),
        at_resume_by="RESUMES",
        note="",
        by=by,
        at=at,
    )


def quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def hold_data(day: str = "2024-12-12", **more: str) -> dict[str, str]:
    reason = HoldReason.objects.get(code="WAITING_CONSUMER")
    return {
        "reason": str(reason.pk), "resume_on": day, "resume_at": "09:00", "at_resume_by": "RESUMES",
        "note": "", **more,
    }  # fmt: skip
