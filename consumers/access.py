"""The only doors to a consumer for a person: which ones they find, and what of them they see."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from consumers import ports
from consumers.choices import AccountStatus, DocumentKind, DocumentState, HoldProposalState
from consumers.models import (
    LIVED_IN_FIRST,
    Consumer,
    ConsumerDocument,
    HoldProposal,
    Premise,
)
from consumers.models.figures import NEVER_DUE
from consumers.rules.profiles import ConnectionFacts, ShownConsumer, masked_name
from consumers.rules.searching import SearchHit
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.formats import shown_date, shown_money
from smart360.web.shown import ListedAccount


def visible_consumers(person: Person) -> QuerySet[Consumer]:
    """The consumers that this person may open; none for somebody who may not (roles.md)."""
    if not person.has_permission(Permission.VIEW_CONSUMER):
        return Consumer.objects.none()
    return Consumer.objects.select_related("category", "subcategory")


def get_consumer(account_number: str, *, to: Person) -> Consumer | None:
    """The consumer with this account number, or None when there is none for this person.

    Its service addresses come with it, for ``shown``.
    """
    return with_account(with_places(visible_consumers(to)), account_number).first()


def with_places(consumers: QuerySet[Consumer]) -> QuerySet[Consumer]:
    """``consumers``, each with its service addresses for ``shown``."""
    places = Premise.objects.filter(connections__consumer=OuterRef("pk"))
    return consumers.annotate(
        places=ArraySubquery(places.order_by(*LIVED_IN_FIRST).values("address"))
    )


def with_account(consumers: QuerySet[Consumer], account_number: str) -> QuerySet[Consumer]:
    """Those of ``consumers`` with this account number: one or none, whatever was typed."""
    if "\0" in account_number or not account_number.isprintable():
        return consumers.none()
    return consumers.filter(account_number=account_number)


def premises_of(consumer: Consumer, *, to: Person) -> QuerySet[Premise]:
    """The places of a consumer whose address this person may see."""
    if not to.has_permission(Permission.SEE_CONTACT_DATA):
        return Premise.objects.none()
    return Premise.objects.filter(connections__consumer=consumer).distinct()


def visible_proposals(person: Person) -> QuerySet[HoldProposal]:
    """The holds, waiting or decided, that were proposed for accounts that this person may open."""
    if not person.has_permission(Permission.PROTECT_ACCOUNT):
        return HoldProposal.objects.none()
    return HoldProposal.objects.filter(consumer__in=visible_consumers(person))


def has_proposal(consumer: Consumer, proposal: int, *, to: Person) -> bool:
    """Whether this is a hold that was proposed for this consumer, and ``to`` may see it."""
    return visible_proposals(to).filter(pk=proposal, consumer=consumer).exists()


def knows_protections(consumer: int, person: Person) -> bool:
    """Whether a person may read why a household is protected (need to know, roles.md).

    Recovery and supervisors may; others who propose such while they work on an open case of the
    consumer, or once a supervisor has accepted what they proposed. To propose is not enough: it
    would open each certificate to whoever asks.
    """
    if person.has_permission(Permission.SEE_PROTECTIONS):
        return True
    if not person.has_permission(Permission.PROPOSE_PROTECTION):
        return False
    own = HoldProposal.objects.filter(
        consumer=consumer, proposed_by=person, state=HoldProposalState.ACCEPTED
    )
    return ports.works_on(consumer, person.pk) or own.exists()


def known_certificates(consumer: int, *, to: Person) -> QuerySet[ConsumerDocument]:
    """The certificates that this person may rest a protection on: all, or those they uploaded."""
    certificates = ConsumerDocument.objects.filter(consumer=consumer, kind=DocumentKind.CERTIFICATE)
    if knows_protections(consumer, to):
        return certificates
    return certificates.filter(uploaded_by=to)


def kinds_of_documents(person: Person) -> list[str]:
    """The kinds of documents that this person may add, in their order."""
    if not person.has_permission(Permission.UPLOAD_DOCUMENT):
        return []
    sees_identity = person.has_permission(Permission.SEE_IDENTITY_DOCUMENTS)
    return [each.value for each in DocumentKind if sees_identity or each != DocumentKind.IDENTITY]


def visible_documents(consumer: int, *, to: Person) -> QuerySet[ConsumerDocument]:
    """The documents of a consumer of which this person may know.

    Who neither uploads nor verifies sees what is published. Proofs of identity are for who may see
    such; a certificate for who knows protections, and for who uploaded it.
    """
    documents = ConsumerDocument.objects.filter(consumer=consumer)
    if not to.has_permission(Permission.VIEW_DOCUMENTS):
        return documents.none()
    if not to.has_permission(Permission.SEE_IDENTITY_DOCUMENTS):
        documents = documents.exclude(kind=DocumentKind.IDENTITY)
    if not knows_protections(consumer, to):
        documents = documents.exclude(~Q(uploaded_by=to), kind=DocumentKind.CERTIFICATE)
    if not sees_every_version(to):
        documents = documents.filter(state=DocumentState.PUBLISHED, withdrawn_at__isnull=True)
    return documents


def sees_every_version(person: Person) -> bool:
    """Whether a person works on documents; others see the version that is published alone.

    One before it may have been rejected because it was somebody else's paper.
    """
    works_on_them = (Permission.UPLOAD_DOCUMENT, Permission.VERIFY_DOCUMENT)
    return any(person.has_permission(each) for each in works_on_them)


def shown(
    consumer: Consumer, to: Person, *, addresses: Iterable[str] | None = None
) -> ShownConsumer:
    """The consumer as ``to`` may see it: pages use this and never the model's personal fields.

    Without contact data (administrators) the name is masked and the rest absent; without
    personal data (dispatchers) there is no e-mail and no billing address. ``addresses`` are those
    of the service connections in order, when the caller has them already.
    """
    sees_contact = to.has_permission(Permission.SEE_CONTACT_DATA)
    sees_personal = to.has_permission(Permission.SEE_PERSONAL_DATA)
    plain = ShownConsumer(
        id=consumer.pk,
        account_number=consumer.account_number,
        status=consumer.status,
        is_vip=consumer.is_vip,
        category=consumer.category.name,
        subcategory=consumer.subcategory.name if consumer.subcategory else "",
        registered_on=consumer.registered_on,
        version=consumer.version,
        name=masked_name(consumer.name) if consumer.erased_at is None else consumer.name,
        erased_at=consumer.erased_at,
    )
    if sees_contact:
        plain = replace(
            plain,
            name=consumer.name,
            phone=consumer.phone,
            service_addresses=tuple(
                dict.fromkeys(_addresses_of(consumer) if addresses is None else addresses)
            ),
            sees_contact_data=True,
        )
    if sees_contact and sees_personal:
        plain = replace(
            plain,
            email=consumer.email,
            billing_address=consumer.billing_address,
            sees_personal_data=True,
        )
    return plain


def _addresses_of(consumer: Consumer) -> Iterable[str]:
    found: list[str] | None = vars(consumer).get("places")
    if found is not None:
        return found
    places = Premise.objects.filter(connections__consumer=consumer)
    return places.order_by(*LIVED_IN_FIRST).values_list("address", flat=True)


def shown_hits(hits: Iterable[SearchHit], to: Person) -> list[SearchHit]:
    """What a search found, as ``to`` may see it."""
    if to.has_permission(Permission.SEE_CONTACT_DATA):
        return list(hits)
    return [replace(hit, name=masked_name(hit.name), phone="", address="") for hit in hits]


def shown_connections(connections: Iterable[ConnectionFacts], to: Person) -> list[ConnectionFacts]:
    """What a consumer is supplied with, as ``to`` may see it."""
    if to.has_permission(Permission.SEE_CONTACT_DATA):
        return list(connections)
    return [replace(each, address="", area="") for each in connections]


def exported_consumers(person: Person, *, today: date) -> QuerySet[Consumer]:
    """The accounts that this person may take away in a file (roles.md "Export CSV").

    Who collects gets those to be collected: in collection, or unpaid past a due date.
    """
    consumers = visible_consumers(person)
    if person.has_permission(Permission.EXPORT_CONSUMERS):
        return consumers
    if person.has_permission(Permission.EXPORT_COLLECTION):
        return consumers.filter(
            Q(status=AccountStatus.COLLECTION) | Q(figures__oldest_due_on__lt=today)
        )
    return consumers.none()


def sees_protection(person: Person) -> bool:
    """Whether this person may look for protected accounts; others know it of whom they work on."""
    return person.has_permission(Permission.SEE_PROTECTIONS)


def shown_account(facts: dict[str, Any], to: Person, *, currency: str) -> ListedAccount:
    """One row of the list (``queries.list_accounts``), as ``to`` may see it."""
    sees_contact = to.has_permission(Permission.SEE_CONTACT_DATA)
    sees_balance = to.has_permission(Permission.VIEW_BALANCE)
    return ListedAccount(
        number=facts["account_number"],
        name=facts["name"] if sees_contact else masked_name(facts["name"]),
        is_vip=facts["is_vip"],
        phone=facts["phone"] if sees_contact else "",
        address=facts["place"] if sees_contact else "",
        status=facts["status"],
        request=facts["open_request"],
        held_by=facts.get("held_by_name") or "",
        merged_into=facts["goes_on_as"],
        outstanding=shown_money(facts["balance"], currency) if sees_balance else None,
        since=_since(facts["due"]) if sees_balance else "",
    )


def _since(due: date) -> str:
    return "" if due == NEVER_DUE else f"since {shown_date(due)}"
