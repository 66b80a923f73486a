"""Documents of a consumer, version by version, and who looked at which (CON13)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consumers.choices import DocumentKind, DocumentState
from consumers.models.accounts import Consumer
from consumers.models.merging import nothing_begins
from consumers.rules.documents import MOST_BYTES, MOST_FILES
from smart360.documents.models import PendingFile, StoredFile
from smart360.trail.models import PersonalText
from smart360.trail.rules import refuse_the_erased

MOVES = """
    IF TG_OP = 'INSERT' THEN
        IF (NEW.version, NEW.state) = (1, 'PROCESSING')
           AND NEW.decided_by_id IS NULL AND NEW.withdrawn_at IS NULL THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
       AND (NEW.id, NEW.consumer_id, NEW.kind, NEW.title_id)
         = (OLD.id, OLD.consumer_id, OLD.kind, OLD.title_id) THEN
        IF NEW.version = OLD.version + 1 THEN  -- begins anew
            IF NEW.state = 'PROCESSING' AND NEW.withdrawn_at IS NULL THEN
                RETURN NEW;
            END IF;
        ELSIF (NEW.version, NEW.uploaded_at, NEW.uploaded_by_id)
            = (OLD.version, OLD.uploaded_at, OLD.uploaded_by_id) THEN
            IF (OLD.state, NEW.state) IN (
                ('PROCESSING', 'VERIFIED'), ('PROCESSING', 'REJECTED'),
                ('VERIFIED', 'PUBLISHED'), ('VERIFIED', 'REJECTED'))
               AND NEW.withdrawn_at IS NULL THEN
                RETURN NEW;
            END IF;
            IF NEW.withdrawn_at IS NOT NULL
               AND to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdrawn_by_id']
                 = to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdrawn_by_id'] THEN
                RETURN NEW;
            END IF;
        END IF;
    END IF;
    RAISE EXCEPTION 'a document moves along its arrows, and is withdrawn for good'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_move_along_arrows';
"""
WHOSE_DOCUMENT = (
    "(SELECT d.consumer_id FROM consumers_consumerdocument d WHERE d.id = NEW.document_id)"
)
BELONGS = """
    -- The row above is held, so that the files of a version are counted one after the other (F2).
    PERFORM 1 FROM consumers_consumerdocument
      WHERE id = NEW.document_id AND version = NEW.number AND state = 'PROCESSING'
        AND (uploaded_at, uploaded_by_id) = (NEW.uploaded_at, NEW.uploaded_by_id)
        FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'files come with their version' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'files_come_with_their_version';
    END IF;
"""
WITHIN_LIMITS = """
    SELECT count(*), coalesce(sum(f.size), 0) INTO files, bytes
      FROM {table} e JOIN {files} f ON f.id = e.file_id WHERE {same};
    SELECT f.size + bytes INTO bytes FROM {files} f WHERE f.id = NEW.file_id;
    IF files >= {most_files} THEN
        RAISE EXCEPTION 'too many files' USING ERRCODE = 'check_violation',
            CONSTRAINT = '{owner}_takes_so_many_files';
    END IF;
    IF bytes > {most_bytes} THEN
        RAISE EXCEPTION 'too many bytes' USING ERRCODE = 'check_violation',
            CONSTRAINT = '{owner}_takes_so_many_bytes';
    END IF;
    RETURN NEW;
"""
MOST = {"most_files": MOST_FILES, "most_bytes": MOST_BYTES}
COUNTED: list[tuple[str, str]] = [("files", "integer"), ("bytes", "bigint")]


class ConsumerDocument(models.Model):
    """An agreement, a certificate, a proof of identity: one paper in all its versions.

    State, uploader and decision are those of its newest version; what was before stands on the
    timeline. The title may name somebody, so that its words lie apart.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=15, choices=DocumentKind)
    title = models.OneToOneField(PersonalText, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, help_text="The newest one's number.")
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.PROCESSING)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.OneToOneField(
        PersonalText, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Why it was rejected.",
    )  # fmt: skip
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=DocumentKind.values), name="document_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=DocumentState.PROCESSING, decided_at__isnull=True,
                            decided_by__isnull=True, reason__isnull=True)
                | Q(state__in=(DocumentState.VERIFIED, DocumentState.PUBLISHED),
                    decided_at__isnull=False, decided_by__isnull=False, reason__isnull=True)
                | Q(state=DocumentState.REJECTED, decided_at__isnull=False,
                    decided_by__isnull=False, reason__isnull=False),
                name="a_decided_document_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("uploaded_by")),
                name="a_document_is_verified_by_another",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="a_withdrawn_document_says_by_whom",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["consumer", "-id"], name="document_by_consumer")]
        triggers = [
            nothing_begins(also=pgtrigger.UpdateOf("version", "reason_id")),
            pgtrigger.Trigger(
                name="documents_move_along_arrows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(MOVES),
            ),
            pgtrigger.Trigger(
                name="a_version_has_a_file",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("version"),
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (SELECT 1 FROM consumers_consumerdocumentversion v
                                    WHERE (v.document_id, v.number) = (NEW.id, NEW.version)) THEN
                        RAISE EXCEPTION 'a document without a file'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_version_has_a_file';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"


class ConsumerDocumentVersion(models.Model):
    """One file of one version of a document; it stays, whatever becomes of the document.

    A version has its files in order, such as both sides of a card. ``file`` is what an erasure
    removes the bytes of.
    """

    append_only = True

    document = models.ForeignKey(
        ConsumerDocument, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(help_text="Of the version; the first is 1.")
    position = models.PositiveSmallIntegerField(help_text="Of the file in it.")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number", "position"], name="a_place_of_a_version_has_one_file"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, position__gte=1), name="files_of_versions_begin_at_1"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_version_is_within_limits",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=COUNTED,
                func=pgtrigger.Func(
                    refuse_the_erased(WHOSE_DOCUMENT)
                    + BELONGS
                    + WITHIN_LIMITS.format(
                        **MOST,
                        table="consumers_consumerdocumentversion",
                        files="documents_storedfile",
                        same="(e.document_id, e.number) = (NEW.document_id, NEW.number)",
                        owner="version",
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"file {self.position} of version {self.number}"


class DocumentUpload(models.Model):
    """One file that somebody uploaded for a consumer and has not added to a document yet.

    Everybody has a tray of their own for each consumer; a sweep empties what was left in it.
    """

    removable = True

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file = models.OneToOneField(PendingFile, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["consumer", "person"], name="upload_in_its_tray"),
            models.Index(fields=["added_at"], name="upload_by_age"),  # nightly sweep
        ]
        triggers = [
            nothing_begins(),
            pgtrigger.Protect(name="an_upload_stays_in_its_tray", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="a_tray_is_within_limits",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=COUNTED,
                func=pgtrigger.Func(
                    """
                    PERFORM 1 FROM consumers_consumer WHERE id = NEW.consumer_id FOR NO KEY UPDATE;
                    """
                    + WITHIN_LIMITS.format(
                        **MOST,
                        table="consumers_documentupload",
                        files="documents_pendingfile",
                        same="(e.consumer_id, e.person_id) = (NEW.consumer_id, NEW.person_id)",
                        owner="tray",
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"upload for {self.consumer_id}"


class ViewLogEntry(models.Model):
    """Somebody looked at a proof of identity: its page or, with ``file``, one of its files (X5)."""

    append_only = True

    document = models.ForeignKey(ConsumerDocument, on_delete=models.PROTECT, related_name="looks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file = models.ForeignKey(
        ConsumerDocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "view log entries"
        indexes = [models.Index(fields=["document", "-id"], name="look_by_document")]

    def __str__(self) -> str:
        return f"look at {self.document_id}"
