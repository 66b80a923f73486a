"""Made-up accounts by their serial number: the same serial gives the same account, always."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from smart360.kernel.text import normalise
from smart360.local.demo.cast import (
    CATEGORIES,
    FIRMS,
    FIRST_NAMES,
    LAST_NAMES,
    METERS,
    MODELS,
    STREETS,
)

TOWNS = (
    ("Springfield, IL 62701", "Downtown"), ("Springfield, IL 62702", "North End"),
    ("Springfield, IL 62703", "South East"), ("Springfield, IL 62704", "West Side"),
    ("Chatham, IL 62629", "Chatham"), ("Rochester, IL 62563", "Rochester"),
    ("Auburn, IL 62615", "Auburn"), ("Taylorville, IL 62568", "Taylorville"),
    ("Lincoln, IL 62656", "Lincoln"), ("Jacksonville, IL 62650", "Jacksonville"),
)  # fmt: skip
# Surnames beyond the demo's: with these three parts most of 24,000 names are rare.
HEADS = (
    "Alder", "Ban", "Bex", "Bran", "Cald", "Carr", "Dal", "Dorn", "Eld", "Ern", "Fal", "Fen",
    "Gar", "Grim", "Hal", "Hol", "Ing", "Jarn", "Kel", "Kirk", "Lang", "Lun", "Mal", "Mor", "Nor",
    "Old", "Pem", "Quar", "Rad", "Ros", "Sal", "Stan", "Thorn", "Ul", "Van", "Wal", "Wex", "Yar",
    "Zel", "Zim",
)  # fmt: skip
MIDDLES = (
    "a", "be", "cro", "den", "e", "fi", "gra", "hu", "i", "ke", "le", "mo", "ne", "o", "pe", "ri",
    "sa", "ti", "u", "vi", "wa", "ye", "za", "bri", "cli", "dra", "ga", "lo", "mi", "ro",
)  # fmt: skip
TAILS = (
    "berg", "by", "dale", "dottir", "feld", "ford", "ham", "hauser", "iak", "ington", "ley", "man",
    "mark", "ner", "quist", "sen", "shaw", "son", "stein", "worth",
)  # fmt: skip
KINDS = (("ELECTRICITY",), ("ELECTRICITY", "WATER"), ("WATER",), ("ELECTRICITY", "WATER", "GAS"))
AREA_CODES = ("217", "217", "217", "309", "618", "779")
FIRST_YEAR = 2016
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz.")


@dataclass(frozen=True, slots=True)
class Account:
    """What stays the same about an account, whatever becomes of its request."""

    number: str
    name: str
    category: str
    subcategory: str
    is_vip: bool
    phone: str
    email: str
    address: str
    area: str
    search_text: str
    registered_on: str
    utilities: tuple[str, ...]


def account(serial: int) -> Account:
    """The account with this serial number, from 0."""
    chance = Random(serial)
    roll = chance.random
    is_firm = roll() < 0.08
    name = _firm(serial, roll) if is_firm else _person(roll)
    category = ("Commercial", "Industrial")[roll() < 0.2] if is_firm else "Residential"
    finer = CATEGORIES[category]
    town, area = TOWNS[min(int(roll() * 14), 9)]
    street = STREETS[int(roll() * len(STREETS))]
    house = f"{1 + int(roll() * 9800)}"
    year = FIRST_YEAR + int(roll() * 8)
    return Account(
        number=f"ACC-{year}-{100000 + serial:06d}",
        name=name,
        category=category,
        subcategory=finer[int(roll() * len(finer))],
        is_vip=roll() < 0.04,
        phone=f"+1{AREA_CODES[int(roll() * 6)]}{220 + int(roll() * 770)}{int(roll() * 10000):04d}",
        email="" if roll() < 0.08 else f"{_mailbox(name)}{serial}@example.com",
        address=f"{house} {street}, {town}",
        area=area,
        search_text=f"{_compared(name)} {house} {_compared(f'{street}, {town}')}",
        registered_on=f"{year}-{1 + int(roll() * 12):02d}-{1 + int(roll() * 28):02d}",
        utilities=KINDS[min(int(roll() ** 2 * 4.2), 3)],
    )


def _person(roll: Callable[[], float]) -> str:
    first = FIRST_NAMES[int(roll() * len(FIRST_NAMES))]
    if roll() < 0.15:
        first = f"{first} {FIRST_NAMES[int(roll() * len(FIRST_NAMES))]}"
    if roll() < 0.2:
        last = HEADS[int(roll() * 40)] + MIDDLES[int(roll() * 30)] + TAILS[int(roll() * 20)]
    else:
        last = LAST_NAMES[int(roll() ** 1.5 * len(LAST_NAMES))]
    return f"{first} {last}"


def _firm(serial: int, roll: Callable[[], float]) -> str:
    if roll() < 0.5:
        return FIRMS[int(roll() * len(FIRMS))]
    return f"{HEADS[int(roll() * 40)]}{TAILS[int(roll() * 20)]} Works {serial % 1000}"


@lru_cache(maxsize=20_000)
def _compared(words: str) -> str:
    """What the search looks through is normalised; made of few parts, so each is done once."""
    return normalise(words)


@lru_cache(maxsize=20_000)
def _mailbox(name: str) -> str:
    return "".join(each for each in name.lower().replace(" ", ".") if each in LETTERS)


# What a meter of each utility looks like: prefix, unit, types, models.
METER_FACTS = {
    utility: (prefix, unit, types, MODELS[utility])
    for utility, (prefix, unit, types) in METERS.items()
}
