"""What was said about a load's requests: messages, deliveries, and the work they owed."""

import re
from hashlib import sha256

from smart360.comms.choices import Channel, DeliveryState, Direction, Visibility
from smart360.comms.rules import NO_ADDRESS
from smart360.local.bench.copying import NULL, Spool, escaped, moment
from smart360.local.bench.setting import Setting
from smart360.local.bench.timelines import Made, or_null
from smart360.owed.choices import OwedState, Queue
from smart360.trail.choices import Event


class Letters:
    """Messages as lines for COPY, each with its line on the request's timeline."""

    def __init__(self, spool: Spool, setting: Setting) -> None:
        """In the wordings of the templates there are."""
        self.spool = spool
        self.wordings = {code: _prepared(setting, code) for code in setting.templates}

    def keep(self, words: str) -> tuple[int, str]:
        """Words that may name a person: their row and their digest."""
        own, digest = self.spool.next_id("trail_personaltext"), sha256(words.encode()).hexdigest()
        self.spool.lines["trail_personaltext"].append(f"{own}\t{escaped(words)}\t{digest}")
        return own, digest

    def tell(self, made: Made, code: str, after: int, *, once: int = 1, **values: str) -> None:
        """A courtesy message by its template, handed over two seconds later."""
        if not made.notifies or code not in self.wordings:
            return
        template, subject, body = self.wordings[code]
        values |= {"number": made.number, "consumer_name": made.account.name}
        self._letter(
            made, after, by=None, template=template, subject=subject.format_map(values),
            body=body.format_map(values), key=f"{code}:{made.number}:{once}",
        )  # fmt: skip

    def answer(self, made: Made, after: int, words: str) -> None:
        """The first word of a person: by e-mail, or by phone where there is no address."""
        key = f"{made.worker}:{made.case:08x}-0000-4000-8000-{after:012x}"
        if made.account.email:
            self._letter(
                made, after, by=made.worker, template=None,
                subject=f"Your request {made.number}", body=words, key=f"message:{key}",
            )  # fmt: skip
            made.note(Event.MESSAGE_SENT, made.worker, after, touches=True)
            return
        message, body = self.spool.next_id("comms_message"), self.keep(words)[0]
        self.spool.lines["comms_message"].append(
            f"{message}\t{made.case}\t{made.consumer}\t{Channel.PHONE.value}"
            f"\t{Direction.TO_CONSUMER.value}\t{Visibility.CONSUMER.value}\t{moment(made.at(after))}"
            f"\t{made.worker}\t{NULL}\tf\t{NULL}\t{NULL}\t{body}\t4\tcall:{key}"
        )
        made.note(Event.CALL_LOGGED, made.worker, after, touches=True)

    def _letter(
        self,
        made: Made,
        after: int,
        *,
        by: int | None,
        template: int | None,
        subject: str,
        body: str,
        key: str,
    ) -> None:
        lines, to = self.spool.lines, made.account.email
        message = self.spool.next_id("comms_message")
        body_id, subject_id = self.keep(body)[0], self.keep(subject)[0]
        to_id = self.keep(to)[0] if to else None
        at = moment(made.at(after))
        lines["comms_message"].append(
            f"{message}\t{made.case}\t{made.consumer}\t{Channel.EMAIL.value}"
            f"\t{Direction.TO_CONSUMER.value}\t{Visibility.CONSUMER.value}\t{at}\t{or_null(by)}"
            f"\t{or_null(template)}\tf\t{or_null(to_id)}\t{subject_id}\t{body_id}\t{NULL}\t{key}"
        )
        consumer, email = Visibility.CONSUMER.value, Channel.EMAIL.value
        if not to:
            state = DeliveryState.NOT_SENT.value
            lines["comms_delivery"].append(f"{message}\t{consumer}\t{state}\t{at}\t{NO_ADDRESS}")
            new = f'{{"why": "{NO_ADDRESS}", "channel": "{email}", "message": {message}}}'
            made.note(Event.MESSAGE_NOT_SENT, None, after, new=new)
            return
        sent = moment(made.at(after + 2))
        lines["comms_delivery"].append(
            f"{message}\t{consumer}\t{DeliveryState.SENT.value}\t{sent}\t"
        )
        new = f'{{"channel": "{email}", "message": {message}}}'
        made.note(Event.MESSAGE_DELIVERED, None, after + 2, new=new)
        own = self.spool.next_id("owed_owedwork")
        lines["owed_owedwork"].append(
            f"{own}\t{Queue.MAIL.value}\tcomms.deliver\tcomms.deliver:{message}"
            f'\t{{"message": {message}}}\t{OwedState.DONE.value}\t1\t{at}\t{at}\t{sent}\t'
        )


_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def _prepared(setting: Setting, code: str) -> tuple[int, str, str]:
    """A template with the utility's own values filled in, ready for ``format_map``."""

    def ready(wording: str) -> str:
        return _PLACEHOLDER.sub(
            lambda found: (
                setting.known[found[1]].replace("{", "{{").replace("}", "}}")
                if found[1] in setting.known
                else f"{{{found[1]}}}"
            ),
            wording,
        )

    own, subject, body = setting.templates[code]
    return own, ready(subject), ready(body)
