"""Documents of a consumer: uploaded, renewed, verified by another, withdrawn for good (CON13)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from consumers.access import visible_documents
from consumers.choices import DocumentKind
from consumers.models import (
    Consumer,
    ConsumerDocument,
    ConsumerDocumentVersion,
    DocumentUpload,
    ViewLogEntry,
)
from consumers.operations import (
    UnableToDecideDocument,
    UnableToKeepDocument,
    UnableToUpload,
    add_document,
    remove_upload,
    renew_document,
    withdraw_document,
)
from consumers.queries.documents import PAGE_SIZE
from consumers.tasks import sweep_trays
from smart360.comms.models import Notice
from smart360.documents.models import PendingFile, StoredFile
from smart360.kernel.errors import constraint_of
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.consumers.documenting import TITLE, add, decide, lay
from tests.documents.hostile import CORPUS, jpg, pdf

ClientAs = Callable[..., Client]


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE)


@pytest.fixture
def david(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


def lines(consumer: Consumer) -> list[str]:
    entries = Entry.objects.filter(consumer=consumer, kind__startswith="DOCUMENT_").order_by("id")
    return list(entries.values_list("kind", flat=True))


class TestActs:
    def test_the_tray_becomes_one_document_once(
        self, consumer: Consumer, sarah: Person, david: Person, at: datetime
    ) -> None:
        lay(consumer, sarah, at, files=2)
        lay(consumer, david, at)
        key, owed = uuid4(), OwedWork.objects.count()
        for _ in range(2):
            made = add_document(
                consumer=consumer.pk, kind="IDENTITY", title=TITLE, by=sarah, at=at, form_key=key
            )
        assert ConsumerDocument.objects.get() == made
        assert (made.state, made.version, made.uploaded_by) == ("PROCESSING", 1, sarah)
        files = ConsumerDocumentVersion.objects.order_by("position")
        assert [(each.number, each.position) for each in files] == [(1, 1), (1, 2)]
        assert DocumentUpload.objects.get().person == david, "everybody has their own tray"
        assert PendingFile.objects.count() == 1
        assert lines(consumer) == ["DOCUMENT_ADDED"]
        assert OwedWork.objects.count() == owed + 1, "the supervisor's e-mail"
        rung = Notice.objects.get(dedupe_key=f"document:{made.pk}:1:PROCESSING")
        assert rung.person == david
        assert consumer.name not in rung.sentence
        with pytest.raises(UnableToSubmitAgain):
            add_document(
                consumer=consumer.pk, kind="BILL", title=TITLE, by=sarah, at=at, form_key=key
            )

    def test_no_word_of_it_stands_on_a_row_that_stays(
        self, consumer: Consumer, sarah: Person, at: datetime
    ) -> None:
        """Erasure blanks the one title; the file's name, which may name somebody, is not kept."""
        made = add(consumer, sarah, at)
        line = Entry.objects.get(kind="DOCUMENT_ADDED")
        assert (line.text, line.new["document"]) == (None, made.pk)
        assert StoredFile.objects.get().title == f"Document {made.pk} version 1 file 1"
        assert made.title.text == TITLE

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"kind": "GONE"}, "kind"),
            ({"title": " \u200b"}, "title"),
            ({"title": "x" * 121}, "title"),
        ],
    )
    def test_it_says_what_it_is(
        self, consumer: Consumer, sarah: Person, at: datetime, change: dict[str, str], field: str
    ) -> None:
        lay(consumer, sarah, at)
        said = {"kind": "REPORT", "title": TITLE} | change
        with pytest.raises(UnableToKeepDocument) as refused:
            add_document(consumer=consumer.pk, by=sarah, at=at, form_key=uuid4(), **said)
        assert refused.value.field == field
        assert not ConsumerDocument.objects.exists()
        assert DocumentUpload.objects.count() == 1, "the files stay for the next try"

    def test_without_a_file_there_is_none(
        self, consumer: Consumer, sarah: Person, david: Person, at: datetime
    ) -> None:
        made = add(consumer, sarah, at)
        lay(consumer, david, at)
        with pytest.raises(UnableToKeepDocument, match="Add a file first"):
            add_document(
                consumer=consumer.pk, kind="BILL", title=TITLE, by=sarah, at=at, form_key=uuid4()
            )
        with pytest.raises(UnableToKeepDocument, match="Add a file first"):
            renew_document(document=made.pk, by=sarah, at=at, form_key=uuid4())
        made.refresh_from_db()
        assert made.version == 1

    def test_a_tray_takes_five_files_and_fifty_megabytes(
        self, consumer: Consumer, sarah: Person, at: datetime
    ) -> None:
        lay(consumer, sarah, at, files=5)
        with pytest.raises(UnableToUpload, match="At most 5 files"):
            lay(consumer, sarah, at)
        for each in list(DocumentUpload.objects.all()):
            for _ in range(2):
                remove_upload(consumer=consumer.pk, file=each.file_id, by=sarah)
        assert not PendingFile.objects.exists()

    def test_a_new_version_keeps_the_old_and_is_verified_anew(
        self, consumer: Consumer, sarah: Person, david: Person, at: datetime
    ) -> None:
        made = add(consumer, sarah, at)
        decide(made, "VERIFIED", david, at)
        lay(consumer, david, at, files=2)
        key = uuid4()
        for _ in range(2):
            newer = renew_document(document=made.pk, by=david, at=at, form_key=key)
        assert (newer.version, newer.state, newer.uploaded_by) == (2, "PROCESSING", david)
        assert newer.decided_by is None
        kept = ConsumerDocumentVersion.objects.order_by("number", "position")
        assert [(each.number, each.position) for each in kept] == [(1, 1), (2, 1), (2, 2)]
        assert all(default_storage.exists(each.file.stored_as) for each in kept)
        with pytest.raises(UnableToDecideDocument, match="Version 2 came meanwhile"):
            decide(made, "VERIFIED", sarah, at, version=1)
        assert lines(consumer) == ["DOCUMENT_ADDED", "DOCUMENT_VERIFIED", "DOCUMENT_RENEWED"]

    def test_another_verifies_then_publishes_it(
        self, consumer: Consumer, sarah: Person, david: Person, at: datetime
    ) -> None:
        made, own = add(consumer, sarah, at), add(consumer, david, at)
        with pytest.raises(UnableToDecideDocument) as refused:
            decide(own, "VERIFIED", david, at)
        assert refused.value.is_forbidden, "X6"
        with pytest.raises(UnableToDecideDocument):
            decide(made, "PUBLISHED", david, at)
        for state in ("VERIFIED", "PUBLISHED"):
            assert decide(made, state, david, at).state == state
        with pytest.raises(UnableToDecideDocument, match="Published by David Chen already"):
            decide(made, "REJECTED", david, at, reason="Too late")
        assert lines(consumer)[2:] == ["DOCUMENT_VERIFIED", "DOCUMENT_PUBLISHED"]

    def test_a_rejected_one_says_why_and_may_come_again(
        self, consumer: Consumer, sarah: Person, david: Person, at: datetime
    ) -> None:
        made = add(consumer, sarah, at)
        for reason in ("", "  ", "x" * 251):
            with pytest.raises(UnableToDecideDocument) as refused:
                decide(made, "REJECTED", david, at, reason=reason)
            assert refused.value.field == "reason"
        rejected = decide(made, "REJECTED", david, at, reason="Maria's page 2 is missing")
        assert rejected.reason is not None
        assert Notice.objects.get(dedupe_key=f"document:{made.pk}:1:REJECTED").person == sarah
        lay(consumer, sarah, at)
        newer = renew_document(document=made.pk, by=sarah, at=at, form_key=uuid4())
        assert (newer.state, newer.reason) == ("PROCESSING", None)

    def test_it_is_withdrawn_for_good_and_never_deleted(
        self, consumer: Consumer, sarah: Person, david: Person, person: MakePerson, at: datetime
    ) -> None:
        made = add(consumer, sarah, at)
        with pytest.raises(UnableToKeepDocument) as refused:
            withdraw_document(document=made.pk, by=person(Role.BILLING), at=at)
        assert refused.value.is_forbidden
        for _ in range(2):
            withdraw_document(document=made.pk, by=sarah, at=at)
        lay(consumer, sarah, at)
        with pytest.raises(UnableToKeepDocument, match="was withdrawn"):
            renew_document(document=made.pk, by=sarah, at=at, form_key=uuid4())
        with pytest.raises(UnableToDecideDocument, match="was withdrawn"):
            decide(made, "VERIFIED", david, at)
        assert lines(consumer) == ["DOCUMENT_ADDED", "DOCUMENT_WITHDRAWN"]
        assert ConsumerDocumentVersion.objects.count() == 1

    def test_what_is_left_on_a_tray_is_swept_with_its_bytes(
        self, consumer: Consumer, sarah: Person, at: datetime, stands: SetClock,
        django_capture_on_commit_callbacks: Any,
    ) -> None:  # fmt: skip
        lay(consumer, sarah, at - timedelta(days=8))
        name = PendingFile.objects.get().stored_as
        lay(consumer, sarah, at)
        with django_capture_on_commit_callbacks(execute=True):
            assert [sweep_trays() for _ in range(2)] == [1, 0]
        assert DocumentUpload.objects.count() == PendingFile.objects.count() == 1
        assert not default_storage.exists(name)


class TestWhoMayKnow:
    @pytest.mark.parametrize(
        ("kind", "who"),
        [
            ("AGREEMENT", "y-yyy---"),
            ("IDENTITY", "y---y---"),
            ("CERTIFICATE", "y-y-y---"),  # CSE: their own upload
        ],
    )
    def test_each_kind_is_for_some(
        self,
        consumer: Consumer,
        sarah: Person,
        person: MakePerson,
        at: datetime,
        kind: str,
        who: str,
    ) -> None:
        add(consumer, sarah, at, kind=kind)
        seen = [
            visible_documents(consumer.pk, to=sarah if role == Role.CSE else person(role)).exists()
            for role in (
                Role.CSE, Role.CALL_CENTRE, Role.RECOVERY, Role.BILLING, Role.SUPERVISOR,
                Role.ADMIN, Role.TECHNICIAN, Role.DISPATCHER,
            )
        ]  # fmt: skip
        assert seen == [each == "y" for each in who]

    def test_the_call_centre_sees_what_is_published(
        self, consumer: Consumer, sarah: Person, david: Person, person: MakePerson, at: datetime
    ) -> None:
        made, emily = add(consumer, sarah, at), person(Role.CALL_CENTRE)
        for state in ("VERIFIED", "PUBLISHED"):
            assert not visible_documents(consumer.pk, to=emily).exists()
            decide(made, state, david, at)
        assert visible_documents(consumer.pk, to=emily).exists()
        withdraw_document(document=made.pk, by=sarah, at=at)
        assert not visible_documents(consumer.pk, to=emily).exists()


class TestDatabase:
    def refused(self, **change: Any) -> str | None:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
            ConsumerDocument.objects.update(**change)
        return constraint_of(refused.value)

    def test_it_moves_along_its_arrows_by_another_person(
        self, consumer: Consumer, sarah: Person, david: Person, at: datetime
    ) -> None:
        made = add(consumer, sarah, at)
        by_david = {"decided_at": at, "decided_by": david}
        arrows = "documents_move_along_arrows"
        assert self.refused(state="PUBLISHED", **by_david) == arrows
        assert self.refused(kind="BILL") == arrows
        assert self.refused(version=3) == arrows
        assert self.refused(uploaded_by=david) == arrows
        own = {"state": "VERIFIED", "decided_at": at, "decided_by": sarah}
        assert self.refused(**own) == "a_document_is_verified_by_another"
        assert self.refused(state="VERIFIED") == "a_decided_document_says_by_whom"
        decide(made, "VERIFIED", david, at)
        assert self.refused(state="PROCESSING", decided_at=None, decided_by=None) == arrows
        withdraw_document(document=made.pk, by=sarah, at=at)
        assert self.refused(withdrawn_at=None, withdrawn_by=None) == arrows
        with pytest.raises(IntegrityError), transaction.atomic():  # noqa: TID251
            ConsumerDocument.objects.all().delete()

    def test_a_file_comes_with_its_version(
        self, consumer: Consumer, sarah: Person, david: Person, at: datetime
    ) -> None:
        made = add(consumer, sarah, at, files=5)
        file = StoredFile.objects.create(
            title="x", content_type="PDF", size=1, sha256="0" * 64, stored_as="x", created_at=at
        )
        more = {"document": made, "number": 1, "position": 6, "file": file, "uploaded_at": at}
        for change, name in (
            ({"uploaded_by": sarah}, "version_takes_so_many_files"),
            ({"uploaded_by": david}, "files_come_with_their_version"),
            ({"uploaded_by": sarah, "number": 2}, "files_come_with_their_version"),
        ):
            with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
                ConsumerDocumentVersion.objects.create(**(more | change))
            assert constraint_of(refused.value) == name


class TestPage:
    @pytest.fixture(autouse=True)
    def _clock(self, stands: SetClock) -> None:
        """The day of the tests."""

    def url(self, name: str, consumer: Consumer, *more: Any) -> str:
        return reverse(name, args=[consumer.account_number, *more])

    def send(
        self, client: Client, consumer: Consumer, *files: tuple[str, bytes], query: str = ""
    ) -> Any:
        sent = [SimpleUploadedFile(name, body) for name, body in files]
        address = self.url("tray_add", consumer) + query
        return client.post(address, {"file": sent, "form_key": str(uuid4())}, follow=True)

    def test_from_files_to_published(self, consumer: Consumer, client_as: ClientAs) -> None:
        desk, boss = client_as(Role.CSE), client_as(Role.SUPERVISOR)
        tab, new = self.url("consumer_documents", consumer), self.url("document_new", consumer)
        assert new in desk.get(tab).text
        page = self.send(desk, consumer, ("front.jpg", jpg()), ("terms.pdf", pdf()))
        assert page.redirect_chain == [(new, 302)]
        assert "2 of 5 files" in page.text
        wrong = desk.post(new, {"kind": "", "title": TITLE, "form_key": str(uuid4())})
        assert wrong.status_code == 422
        assert TITLE in wrong.text
        assert "Choose what it is" in wrong.text
        assert "Add a file first" not in wrong.text
        said = {"kind": "AGREEMENT", "title": TITLE, "form_key": str(uuid4())}
        page = desk.post(new, said, follow=True)
        made = ConsumerDocument.objects.get()
        one = self.url("document_detail", consumer, made.pk)
        assert page.redirect_chain == [(one, 302)]
        assert "Document added" in page.text
        assert self.url("document_decide", consumer, made.pk) not in page.text
        for decision, word in (("VERIFIED", "Verified"), ("PUBLISHED", "Published")):
            assert f'value="{decision}"' in boss.get(one).text
            answer = boss.post(
                self.url("document_decide", consumer, made.pk),
                {"decision": decision, "version": "1", "reason": "", "form_key": str(uuid4())},
                follow=True,
            )
            assert f"{word}: version 1" in answer.text
        file = self.url("document_file", consumer, made.pk, 1, 2)
        answer = client_as(Role.CALL_CENTRE).get(file)
        assert answer.content == pdf()
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["Content-Disposition"].startswith("attachment;")
        assert TITLE in desk.get(tab, {"kind": "AGREEMENT", "state": "PUBLISHED"}).text
        assert TITLE not in desk.get(tab, {"state": "WITHDRAWN"}).text
        assert "Unknown filter" in desk.get(tab, {"state": "GONE"}).text
        assert not ViewLogEntry.objects.exists()

    def test_a_new_version_goes_back_to_its_document(
        self, consumer: Consumer, sarah: Person, client_as: ClientAs, at: datetime
    ) -> None:
        made, desk = add(consumer, sarah, at), client_as(Role.BILLING)
        new = self.url("document_version", consumer, made.pk)
        assert desk.post(new, {"form_key": str(uuid4())}).status_code == 422
        page = self.send(desk, consumer, ("b.pdf", pdf()), query=f"?document={made.pk}")
        assert page.redirect_chain == [(new, 302)]
        answer = desk.post(new, {"form_key": str(uuid4())}, follow=True)
        assert "Version 2" in answer.text
        assert self.url("document_file", consumer, made.pk, 1, 1) in answer.text
        withdraw = self.url("document_withdraw", consumer, made.pk)
        assert "Withdrawn" in desk.post(withdraw, follow=True).text

    @pytest.mark.parametrize("hostile", CORPUS[::12], ids=lambda hostile: hostile.id)
    def test_a_hostile_file_is_refused_in_the_words_of_the_door(
        self, consumer: Consumer, client_as: ClientAs, hostile: Any
    ) -> None:
        """The same door as evidence; its whole corpus is sent to it in tests/documents."""
        answer = self.send(client_as(Role.CSE), consumer, (hostile.name, hostile.make()))
        kept = PendingFile.objects.first()
        assert (answer.status_code == 422) == (kept is None)
        if kept is None:
            assert "was not added" in answer.text

    def test_who_may_not_know_finds_nothing(
        self, consumer: Consumer, make_consumer: MakeConsumer, sarah: Person, client_as: ClientAs,
        at: datetime,
    ) -> None:  # fmt: skip
        made = add(consumer, sarah, at, kind=DocumentKind.IDENTITY)
        other = make_consumer(account_number="OTHER-1")
        robert = client_as(Role.RECOVERY)
        assert TITLE not in robert.get(self.url("consumer_documents", consumer)).text
        for path in ("document_detail", "document_version"):
            assert robert.get(self.url(path, consumer, made.pk)).status_code == 404
        assert robert.get(self.url("document_file", consumer, made.pk, 1, 1)).status_code == 404
        boss = client_as(Role.SUPERVISOR)
        assert boss.get(self.url("document_detail", other, made.pk)).status_code == 404
        for key in (0, 2**63, 10**30):
            path = f"{self.url('consumer_documents', consumer)}/{key}"
            assert boss.get(path).status_code == 404
            assert boss.get(f"{path}/{key}/{key}").status_code == 404
        assert not ViewLogEntry.objects.exists()
        timeline = boss.get(self.url("consumer_timeline", consumer)).text
        assert "Document added" in timeline
        assert "proof of identity" not in timeline

    def test_each_look_at_a_proof_of_identity_is_written_down(
        self, consumer: Consumer, sarah: Person, client_as: ClientAs, at: datetime
    ) -> None:
        made = add(consumer, sarah, at, kind=DocumentKind.IDENTITY)
        desk = client_as(sarah)
        one = self.url("document_detail", consumer, made.pk)
        assert "Seen by" not in desk.get(one).text
        desk.get(self.url("document_file", consumer, made.pk, 1, 1))
        page = client_as(Role.SUPERVISOR).get(one).text
        assert "Seen by" in page
        looks = ViewLogEntry.objects.order_by("pk").values_list("person__full_name", "file_id")
        file = ConsumerDocumentVersion.objects.get().pk
        assert list(looks) == [
            ("Sarah Johnson", None), ("Sarah Johnson", file), ("David Chen", None),
        ]  # fmt: skip

    def test_all_that_is_missing_is_said_together(
        self, consumer: Consumer, client_as: ClientAs
    ) -> None:
        desk, new = client_as(Role.CSE), self.url("document_new", consumer)
        nothing = desk.post(new, {"kind": "", "title": " ", "form_key": str(uuid4())})
        assert nothing.status_code == 422
        for said in ("Add a file first", "Kind: Choose what it is", "Title: Enter the title"):
            assert nothing.text.count(said) == 1
        right = {"kind": "AGREEMENT", "title": TITLE, "form_key": str(uuid4())}
        no_file = desk.post(new, right)
        assert (no_file.status_code, no_file.text.count("Add a file first")) == (422, 1)

    def test_the_reason_is_for_rejecting_alone(
        self, consumer: Consumer, sarah: Person, client_as: ClientAs, at: datetime
    ) -> None:
        made, boss = add(consumer, sarah, at), client_as(Role.SUPERVISOR)
        page = boss.get(self.url("document_detail", consumer, made.pk)).text
        assert "Only to reject it: who uploaded it reads the reason." in page
        sent = {"decision": "REJECTED", "version": "1", "reason": " ", "form_key": str(uuid4())}
        refused = boss.post(self.url("document_decide", consumer, made.pk), sent)
        assert refused.status_code == 422
        assert "Reason: Enter the reason for rejection" in refused.text

    def test_a_look_by_a_refused_decision_is_written_down_too(
        self, consumer: Consumer, sarah: Person, client_as: ClientAs, at: datetime
    ) -> None:
        made = add(consumer, sarah, at, kind=DocumentKind.IDENTITY)
        boss = client_as(Role.SUPERVISOR)
        late = {"decision": "VERIFIED", "version": "2", "reason": "", "form_key": str(uuid4())}
        for sent, status in (({"form_key": str(uuid4())}, 422), (late, 409)):
            answer = boss.post(self.url("document_decide", consumer, made.pk), sent)
            assert answer.status_code == status
            assert TITLE in answer.text
        looks = ViewLogEntry.objects.values_list("person__full_name", flat=True)
        assert list(looks) == ["David Chen"] * 2

    def test_who_only_reads_sees_the_published_version_alone(
        self, consumer: Consumer, sarah: Person, person: MakePerson, client_as: ClientAs,
        at: datetime,
    ) -> None:  # fmt: skip
        """The one before it was rejected: it was somebody else's paper."""
        made, boss = add(consumer, sarah, at), person(Role.SUPERVISOR)
        decide(made, "REJECTED", boss, at, reason="It is of somebody else")
        lay(consumer, sarah, at)
        made = renew_document(document=made.pk, by=sarah, at=at, form_key=uuid4())
        for decision in ("VERIFIED", "PUBLISHED"):
            made = decide(made, decision, boss, at)
        page = self.url("document_detail", consumer, made.pk)
        old, new = (self.url("document_file", consumer, made.pk, each, 1) for each in (1, 2))
        for role, first in ((Role.CALL_CENTRE, 404), (Role.BILLING, 200)):
            client = client_as(role)
            assert [client.get(each).status_code for each in (old, new)] == [first, 200], role
            assert (old in client.get(page).text) == (first == 200), role
            assert new in client.get(page).text

    def test_pages_through_all_in_few_statements(
        self, consumer: Consumer, sarah: Person, client_as: ClientAs, at: datetime,
        django_assert_max_num_queries: Any,
    ) -> None:  # fmt: skip
        for _ in range(PAGE_SIZE + 2):
            add(consumer, sarah, at)
        desk, tab = client_as(sarah), self.url("consumer_documents", consumer)
        desk.get(tab)
        with django_assert_max_num_queries(16):
            first = desk.get(tab)
        assert len(first.content) < 40_000
        second = desk.get(tab + first.context["next_url"])
        assert [len(each.context["rows"]) for each in (first, second)] == [PAGE_SIZE, 2]
        back = desk.get(tab + second.context["previous_url"])
        assert list(back.context["rows"]) == list(first.context["rows"])
