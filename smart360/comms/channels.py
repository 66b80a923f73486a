"""The ways out of the house. Each takes a letter as plain values, and returns or raises.

Returning means that the next server has taken it. ``Undeliverable`` means that it never will.
Anything else that is raised means "not now": the owed work is tried again later.
"""

from collections.abc import Mapping
from smtplib import SMTPDataError, SMTPRecipientsRefused
from types import MappingProxyType
from typing import Protocol

from anymail.exceptions import AnymailRecipientsRefused
from django.core.mail import EmailMessage

from smart360.comms.choices import Channel
from smart360.comms.queries import Parcel
from smart360.kernel.errors import Broken

REFUSED = "The recipient's mail server refused it"
FOR_GOOD = 500  # SMTP: 4xx is for now, 5xx is for good


class Undeliverable(Exception):
    """The other side refused for good; ``why`` is a sentence for the log, without addresses."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Way(Protocol):
    """One way out: e-mail today, SMS by a provider of the utility's choice later (decision 36)."""

    def hand_over(self, parcel: Parcel) -> None:
        """Give the letter to the next server. Raises Undeliverable."""


class EmailWay:
    """E-mail as plain text through Django's configured backend."""

    def hand_over(self, parcel: Parcel) -> None:
        """Send one e-mail with its own Message-ID, so that a second copy is known as one."""
        letter = EmailMessage(
            subject=parcel.subject,
            body=parcel.body,
            from_email=parcel.sender,
            to=[parcel.to],
            reply_to=[parcel.reply_to],
            headers={"Message-ID": parcel.letter_id, "Auto-Submitted": "auto-generated"},
        )
        try:
            letter.send(fail_silently=False)
        except SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if codes and min(codes) >= FOR_GOOD:
                raise Undeliverable(f"{REFUSED} ({codes[0]})") from error
            raise
        except SMTPDataError as error:
            if error.smtp_code >= FOR_GOOD:
                raise Undeliverable(f"{REFUSED} ({error.smtp_code})") from error
            raise
        except AnymailRecipientsRefused as error:
            raise Undeliverable(REFUSED) from error


WAYS: Mapping[str, Way] = MappingProxyType({Channel.EMAIL.value: EmailWay()})


def way_of(channel: str) -> Way:
    """The way out for a channel."""
    try:
        return WAYS[channel]
    except KeyError:
        raise Broken(f"nothing goes out by {channel}") from None
