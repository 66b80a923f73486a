"""The register of protected consumers: entries that stand, end soon or have ended (BEY11)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from consumers.choices import DocumentKind
from consumers.models import AccountHold, Consumer, ConsumerDocument, ProtectionKind
from consumers.queries.protecting import HOLDS_NO_MORE, hold_state, lost_with
from smart360.web.paging import Page, Sort, page_of

PAGE_SIZE = 25
SOON = timedelta(days=30)
REMINDED_BEFORE = timedelta(days=14)
STANDING, ENDING, LOST, ENDED = "standing", "soon", "lost", "ended"
STATES = (
    (STANDING, "Stands"),
    (ENDING, "Ends within 30 days"),
    (LOST, "Stands without its certificate"),
    (ENDED, "Ended"),
)
ENDS_FIRST = Sort("ends", "what ends first", ("to_on", "id"))
ENDED_LAST = Sort("ended", "ended last", ("-to_on", "-id"))
MOST_CERTIFICATES = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the register; ``state`` is the tone's code."""

    consumer: Consumer
    """As it is kept: a page shows it through ``access.shown``."""
    kind: str
    source: str
    certificate: int | None
    from_on: date
    to_on: date
    state: str
    registered_by: str
    lost: str
    """What became of its certificate, if it holds no more."""


def list_register(
    consumers: QuerySet[Consumer], *, today: date, state: str, kind: int | None, cursor: str
) -> Page[Entry]:
    """A page of the entries about ``consumers``, of one state and, where asked, one kind."""
    entries = AccountHold.objects.filter(protection__isnull=False, consumer__in=consumers)
    over = Q(lifted_at__isnull=False) | Q(to_on__lt=today)
    entries = entries.filter(over) if state == ENDED else entries.exclude(over)
    if state == ENDING:
        entries = entries.filter(to_on__lte=today + SOON)
    elif state == LOST:
        entries = entries.filter(certificate__in=ConsumerDocument.objects.filter(HOLDS_NO_MORE))
    if kind:
        entries = entries.filter(protection=kind)
    with_all = entries.select_related(
        "consumer__category", "consumer__subcategory", "protection", "placed_by",
        "proposal__proposed_by", "certificate",
    )  # fmt: skip
    sort = ENDED_LAST if state == ENDED else ENDS_FIRST
    found = page_of(with_all, sort=sort, cursor=cursor, size=PAGE_SIZE)
    rows = [_entry(each, today) for each in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def _entry(hold: AccountHold, today: date) -> Entry:
    assert hold.protection is not None
    assert hold.to_on is not None  # the database says so
    by = hold.proposal.proposed_by if hasattr(hold, "proposal") else hold.placed_by
    return Entry(
        consumer=hold.consumer,
        kind=hold.protection.name,
        source=hold.source,
        certificate=hold.certificate_id,
        from_on=hold.from_on,
        to_on=hold.to_on,
        state=hold_state(hold, today),
        registered_by=by.full_name if by else "",
        lost=lost_with(hold),
    )


def kinds_of_protection(*, is_active: bool = False) -> list[ProtectionKind]:
    """The kinds that an administrator has set, by name; only those offered when ``is_active``."""
    kinds = ProtectionKind.objects.order_by("name")
    return list(kinds.filter(is_active=True) if is_active else kinds)


def find_kind(kind: int) -> ProtectionKind | None:
    """A kind that is offered now."""
    return ProtectionKind.objects.filter(pk=kind, is_active=True).first()


def certificates_among(documents: QuerySet[ConsumerDocument]) -> list[tuple[str, str]]:
    """The newest of ``documents`` that an entry can rest on, newest first: key and title."""
    rows = _certificates(documents).select_related("title").order_by("-pk")[:MOST_CERTIFICATES]
    return [(str(each.pk), f"{each.title.text}, {each.get_state_display()}") for each in rows]


def has_certificate(consumer: int, document: int) -> bool:
    """Whether an entry can rest on this document of the consumer: none that was taken back."""
    documents = ConsumerDocument.objects.filter(consumer=consumer, pk=document)
    return _certificates(documents).exists()


def _certificates(documents: QuerySet[ConsumerDocument]) -> QuerySet[ConsumerDocument]:
    return documents.filter(kind=DocumentKind.CERTIFICATE).exclude(HOLDS_NO_MORE)


def ending_soon(*, today: date) -> list[int]:
    """Entries that end within two weeks and of which nobody was told, what ends first."""
    entries = AccountHold.objects.filter(
        protection__isnull=False,
        lifted_at__isnull=True,
        reminded_at__isnull=True,
        to_on__range=(today, today + REMINDED_BEFORE),
    )
    return list(entries.order_by("to_on", "id").values_list("pk", flat=True))
