"""What the protections said, as pages show it: kept with a request, or before there is one."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from disconnections.choices import Answer, Stage
from disconnections.models import ProtectionVerdict, Reason, TimeSlot
from disconnections.queries.protections import judge_cut, wished_cut
from disconnections.rules import RequestWish
from disconnections.rules.protections import STERNNESS
from smart360.cases.choices import ApprovalState
from smart360.cases.models import Approval
from smart360.web.formats import shown_short_datetime
from smart360.web.shown import VerdictLine


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """One verdict as a panel shows it: the sternest lines first.

    ``checked`` says when and at which stage; empty when nothing is kept of it.
    """

    answer: str
    lines: tuple[VerdictLine, ...]
    checked: str = ""

    @property
    def is_blocked(self) -> bool:
        """Whether nothing may go on."""
        return self.answer == Answer.BLOCKED

    @property
    def needs_approval(self) -> bool:
        """Whether a supervisor has to allow it."""
        return self.answer == Answer.NEEDS_APPROVAL


def last_verdict(case: int, approval: Approval | None) -> ShownVerdict | None:
    """The last verdict kept of a request; None when no rule ever had a say. One statement."""
    kept = ProtectionVerdict.objects.filter(case=case).order_by("-pk").first()
    if kept is None:
        return None
    decided = _decided(approval)
    lines = [
        VerdictLine(
            found["answer"],
            found["name"],
            f"{found['sentence']}{decided}"
            if found["answer"] == Answer.NEEDS_APPROVAL
            else found["sentence"],
            found["source"],
        )
        for found in kept.findings
    ]
    when = shown_short_datetime(kept.at)
    return ShownVerdict(kept.answer, _sorted(lines), f"{when} · {kept.get_stage_display().lower()}")


def _decided(approval: Approval | None) -> str:
    """`` · approved by David Chen, Dec 10, 11:32 AM``"""
    if approval is None or approval.decided_at is None or approval.decided_by is None:
        return ""
    if approval.state not in (ApprovalState.APPROVED, ApprovalState.REJECTED):
        return ""
    when = shown_short_datetime(approval.decided_at)
    what = approval.get_state_display().lower()
    return f" · {what} by {approval.decided_by.full_name}, {when}"


def preview(wish: RequestWish, *, kind: str, at: datetime) -> ShownVerdict | None:
    """What would be said to a request that is not made yet; None when no rule has a say."""
    reason = Reason.objects.filter(pk=wish.reason).first()
    if reason is None:
        return None
    slot = TimeSlot.objects.filter(pk=wish.slot).first() if wish.slot else None
    cut = wished_cut(wish, kind, reason, slot, at)
    judgement = judge_cut(cut, stage=Stage.SUBMIT, at=at).judgement
    if not judgement.findings:
        return None
    lines = [
        VerdictLine(each.answer, each.name, each.sentence, each.source)
        for each in judgement.findings
    ]
    return ShownVerdict(judgement.answer, _sorted(lines))


def _sorted(lines: list[VerdictLine]) -> tuple[VerdictLine, ...]:
    return tuple(sorted(lines, key=lambda line: -STERNNESS[Answer(line.answer)]))


# ------------------------------------------------------------------ example packs
EXAMPLES = Path(__file__).resolve().parent.parent / "fixtures" / "rule_packs"


@dataclass(frozen=True, slots=True)
class ExamplePack:
    """A pack that comes with the product and can be taken over."""

    name: str
    code: str
    title: str
    rules: int


def example_packs() -> list[ExamplePack]:
    """Every example pack, by its title; what is in the files."""
    packs = []
    for path in EXAMPLES.glob("*.json"):
        rows = json.loads(path.read_text(encoding="utf-8"))
        head = rows[0]["fields"]
        packs.append(ExamplePack(path.stem, head["code"], head["name"], len(rows) - 1))
    return sorted(packs, key=lambda pack: pack.title)
