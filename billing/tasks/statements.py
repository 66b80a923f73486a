"""The workers' side of statements of account: the PDF."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from billing.models import StatementPaper
from billing.operations.statements import attach_statement
from billing.queries.statements import statement_of
from smart360.documents.render import to_pdf
from smart360.organisation.queries import get_logo, get_utility

LOGO = "logo"


def make_statement(about: Mapping[str, Any], at: datetime) -> None:
    """Make the paper that ``about`` names, once however often it is tried."""
    paper = StatementPaper.objects.select_related("consumer").get(pk=about["statement"])
    if paper.pdf_id is None:
        attach_statement(statement=paper.pk, body=statement_pdf(paper), at=at)


def statement_pdf(paper: StatementPaper) -> bytes:
    """A statement on the utility's paper, as the ledger stood when it was asked for."""
    utility, logo = get_utility(), get_logo()
    statement = statement_of(
        paper.consumer_id,
        from_on=paper.from_on,
        to_on=paper.to_on,
        zone=utility.zone,
        before=paper.upto,
    )
    with timezone.override(utility.zone):
        html = render_to_string(
            "billing/statement_paper.html",
            {
                "statement": statement,
                "consumer": paper.consumer,
                "utility": utility,
                "logo_url": f"memory:{LOGO}",
                "printed_at": paper.asked_at,
            },
        )
    return to_pdf(html, paper_size=utility.paper_size, images={LOGO: logo} if logo else None)
