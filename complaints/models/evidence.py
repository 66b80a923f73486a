"""What a consumer shows to prove a complaint."""

import pgtrigger
from django.db import models
from django.db.models import Q

from complaints.models.complaints import Complaint
from smart360.documents.models import StoredFile

WITHIN_LIMITS = """
    -- The row above is held, so that parallel uploads are counted one after the other (F2).
    PERFORM 1 FROM {above} WHERE {key} = NEW.{owner}_id FOR UPDATE;
    SELECT count(*), coalesce(sum(f.size), 0) INTO files, bytes
      FROM {table} e JOIN {files} f ON f.id = e.file_id WHERE e.{owner}_id = NEW.{owner}_id;
    SELECT f.size + bytes INTO bytes FROM {files} f WHERE f.id = NEW.file_id;
    SELECT s.most_files, s.most_megabytes INTO most_files, most_megabytes
      FROM complaints_complaintsettings s WHERE s.id = 1;
    IF files >= most_files THEN
        RAISE EXCEPTION 'too many files' USING ERRCODE = 'check_violation',
            CONSTRAINT = '{owner}_takes_so_many_files';
    END IF;
    IF bytes > most_megabytes * 1024 * 1024 THEN
        RAISE EXCEPTION 'too many bytes' USING ERRCODE = 'check_violation',
            CONSTRAINT = '{owner}_takes_so_many_bytes';
    END IF;
    RETURN NEW;
"""
COMES_WITH_IT = """
    -- The files come with the complaint: nobody adds proof once somebody looks into it.
    IF NOT EXISTS (SELECT 1 FROM cases_case c
                    WHERE c.id = NEW.complaint_id AND c.status = 'PENDING') THEN
        RAISE EXCEPTION 'evidence comes with its complaint' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'evidence_comes_with_its_complaint';
    END IF;
"""
COUNTED: list[tuple[str, str]] = [
    ("files", "integer"), ("bytes", "bigint"),
    ("most_files", "integer"), ("most_megabytes", "bigint"),
]  # fmt: skip


class Evidence(models.Model):
    """One file that came with a complaint; it stays (F2)."""

    append_only = True

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="evidence")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "position"], name="a_place_holds_one_piece_of_evidence"
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="evidence_begins_at_1"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="evidence_is_within_limits",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=COUNTED,
                func=pgtrigger.Func(
                    COMES_WITH_IT
                    + WITHIN_LIMITS.format(
                        above="complaints_complaint",
                        key="case_id",
                        owner="complaint",
                        table="complaints_evidence",
                        files="documents_storedfile",
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"evidence {self.position} of {self.complaint_id}"
