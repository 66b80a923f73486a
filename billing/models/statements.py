"""Statements of account that somebody let be made as paper (CON9)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consumers.models import Consumer
from smart360.documents.models import StoredFile
from smart360.trail.rules import refuse_the_erased


class StatementPaper(models.Model):
    """One statement of account as a PDF: these days, as the ledger stood when it was asked for.

    ``upto`` is the consumer's last posting then, so that a worker that comes later writes the same
    paper, and who asks again before anything was posted gets it.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="statements")
    from_on = models.DateField()
    to_on = models.DateField()
    upto = models.BigIntegerField(help_text="The consumer's last posting when it was asked for.")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    pdf = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consumer", "from_on", "to_on", "upto"], name="a_statement_is_made_once"
            ),
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="a_statement_ends_after_it_begins"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_statement_is_made_of_the_erased",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(refuse_the_erased("NEW.consumer_id") + "RETURN NEW;"),
            ),
            pgtrigger.Trigger(
                name="statements_stay_as_asked_for",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    -- Its paper is made afterwards, once.
                    IF TG_OP = 'UPDATE' THEN
                        IF OLD.pdf_id IS NULL
                           AND to_jsonb(NEW) - 'pdf_id' = to_jsonb(OLD) - 'pdf_id'
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'statement % stays as it is', OLD.id
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'statements_stay_as_asked_for';
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on} – {self.to_on}"
