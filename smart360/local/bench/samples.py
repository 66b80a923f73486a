"""What is asked for: addresses, names and numbers taken from the data by seeded chance."""

from dataclasses import dataclass
from random import Random

from consumers.models import Consumer
from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Case
from smart360.kernel.text import normalise

LENGTHS = (3, 4, 6, 10)
EVERYWHERE = "Springfield, IL"  # in half of all addresses
NOWHERE = ("zzq", "qxqz", "zzqxvk", "zzqxvkwwpj")


@dataclass(frozen=True)
class SomeOne:
    """A consumer whose facts are searched for."""

    account: str
    name: str
    phone: str

    @property
    def last_name(self) -> str:
        """The word by which one asks."""
        return normalise(self.name).split()[-1].lower()


def some_consumers(chance: Random, number: int) -> list[SomeOne]:
    """Consumers from all over the table."""
    last = Consumer.objects.order_by("-pk").values_list("pk", flat=True)[0]
    keys = [chance.randint(1, last) for _ in range(number * 2)]
    found = Consumer.objects.filter(pk__in=keys).values_list("account_number", "name", "phone")
    return [SomeOne(*each) for each in found][:number]


def search_texts(chance: Random, people: list[SomeOne]) -> dict[str, list[str]]:
    """For each kind of search the texts that are tried, one after the other."""
    long_named = [each for each in people if len(each.last_name) >= 11] or people
    texts: dict[str, list[str]] = {}
    for length in LENGTHS:
        texts[f"common, {length}"] = [EVERYWHERE[:length]]
        texts[f"rare, {length}"] = [each.last_name[:length] for each in long_named]
        texts[f"infix, {length}"] = [
            each.last_name[1 : 1 + length] for each in long_named if len(each.last_name) > length
        ] or [EVERYWHERE[1 : 1 + length]]
    texts["two words"] = [
        " ".join((normalise(each.name).split()[0][:4], each.last_name[:4])).lower()
        for each in people
    ]
    texts["account number"] = [each.account for each in people]
    texts["phone"] = [f"({each.phone[2:5]}) {each.phone[5:8]}-{each.phone[8:]}" for each in people]
    texts["no hit"] = list(NOWHERE)
    for those in texts.values():
        chance.shuffle(those)
    return {kind: [text for text in those if len(text) >= 3] for kind, those in texts.items()}


def some_requests(chance: Random, number: int) -> list[str]:
    """Numbers of requests that are open or ended not long ago."""
    last = Case.objects.order_by("-pk").values_list("pk", flat=True)[0]
    keys = [chance.randint(last // 2, last) for _ in range(number * 2)]
    return list(Case.objects.filter(pk__in=keys).values_list("number", flat=True))[:number]


def free_consumers(chance: Random, number: int) -> list[Consumer]:
    """Consumers without an open request, who can ask for a disconnection; each is taken once.

    Asked again as long as a much used database gives too few. Raises LookupError when it has none.
    """
    last = Consumer.objects.order_by("-pk").values_list("pk", flat=True)[0]
    found: dict[int, Consumer] = {}
    for _ in range(50):
        keys = [chance.randint(1, last) for _ in range(number * 20)]
        busy = Case.objects.filter(consumer__in=keys, status__in=OPEN_STATUSES).values("consumer")
        free = Consumer.objects.filter(pk__in=keys, status="ACTIVE").exclude(pk__in=busy)
        found |= {each.pk: each for each in free.exclude(email="")[:number]}
        if len(found) >= number:
            return list(found.values())[:number]
    raise LookupError("too few accounts without an open request: load a fresh database")
