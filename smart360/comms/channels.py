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
FOR_GOOD = 500


class Undeliverable(Exception):
    """The other side refused for good; ``why`` is a sentence for the log, without addresses."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class NotNow(Exception):
    """The other side asks to be asked again. Says the code only: its words may hold an address."""


def refusal(code: int) -> Undeliverable | NotNow:
    """What an SMTP answer to a letter means: 5xx is for good, 4xx for now."""
    return Undeliverable(f"{REFUSED} ({code})") if code >= FOR_GOOD else NotNow(f"SMTP {code}")


class Way(Protocol):
    """One way out: e-mail today, SMS by a provider of the utility's choice later (decision 36)."""

    def hand_over(self, parcel: Parcel) -> None:
        """Give the letter to the next server. Raises Undeliverable."""


class EmailWay:
    """E-mail as plain text, with a document if there is one, through Django's backend."""

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
        if enclosed := parcel.enclosure:
            letter.attach(enclosed.name, enclosed.body, enclosed.media_type)
        try:
            letter.send(fail_silently=False)
        except SMTPRecipientsRefused as error:
            raise refusal(min(code for code, _ in error.recipients.values())) from None
        except SMTPDataError as error:
            raise refusal(error.smtp_code) from None
        except AnymailRecipientsRefused:
            raise Undeliverable(REFUSED) from None


WAYS: Mapping[str, Way] = MappingProxyType({Channel.EMAIL.value: EmailWay()})


def way_of(channel: str) -> Way:
    """The way out for a channel."""
    try:
        return WAYS[channel]
    except KeyError:
        raise Broken(f"nothing goes out by {channel}") from None
