"""The workers' side of statements of account: the PDF."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing.models import StatementPaper
from billing.operations.statements import attach_statement
from billing.queries.statements import statement_of
from smart360.documents.render import on_paper
from smart360.organisation.queries import get_utility


def make_statement(about: Mapping[str, Any], at: datetime) -> None:
    """Make the paper that ``about`` names, once however often it is tried."""
    paper = StatementPaper.objects.select_related("consumer").get(pk=about["statement"])
    if paper.pdf_id is None:
        attach_statement(statement=paper.pk, body=statement_pdf(paper), at=at)


def statement_pdf(paper: StatementPaper) -> bytes:
    """A statement on the utility's paper, as the ledger stood when it was asked for."""
    statement = statement_of(
        paper.consumer_id,
        from_on=paper.from_on,
        to_on=paper.to_on,
        zone=get_utility().zone,
        before=paper.upto,
    )
    context = {"statement": statement, "consumer": paper.consumer}
    return on_paper("billing/statement_paper.html", context, at=paper.asked_at)
