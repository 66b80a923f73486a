"""Components inside a line: icon, tag, state, priority, date, phone number, progress."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from smart360.web import formats, tones
from smart360.web.templatetags.ui.library import register

DECORATION = SafeString('aria-hidden="true"')
SPRITE = Path(__file__).resolve().parents[4] / "static" / "icons.svg"


@cache
def known_icons() -> frozenset[str]:
    """The names of the sprite's icons."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))


@register.simple_tag
def icon(name: str, *, label: str = "") -> SafeString:
    """An icon; decoration unless it has a `label`, which is then read out."""
    if not label:
        return _decoration(name)
    heard = format_html('role="img" aria-label="{}"', label)
    return SafeString(_decoration(name).replace(DECORATION, heard, 1))


@cache
def _decoration(name: str) -> SafeString:
    """Drawn once: a page has dozens of icons, and the sprite's address never changes."""
    if name not in known_icons():
        raise ValueError(f"there is no icon {name!r} in static/icons.svg (see scripts/vendor.py)")
    return format_html(
        '<svg class="s-icon" {}><use href="{}#{}"/></svg>', DECORATION, static("icons.svg"), name
    )


def badge(shown: tones.Badge, word: str = "") -> SafeString:
    """The tag of one `Badge`, with another word if one is given."""
    solid = " is-solid" if shown.is_solid else ""
    return format_html(
        '<span class="s-tag t-{}{}">{}{}</span>',
        shown.tone, solid, icon(shown.icon), word or shown.word,
    )  # fmt: skip


@register.simple_tag
def tag(word: str, *, tone: str, icon: str, solid: bool = False) -> SafeString:
    """A state in words: tone, icon and the word."""
    return badge(tones.Badge(word, tones.known_tone(tone), icon, is_solid=solid))


@register.simple_tag
def status_tag(code: str) -> SafeString:
    """The status of a case: `PENDING`, `IN_PROGRESS`, `ON_HOLD`, `COMPLETED`, …"""
    return badge(tones.badge_of(tones.CASE_STATUS, code))


@register.simple_tag
def account_status_tag(code: str) -> SafeString:
    """The status of an account: `ACTIVE`, `INACTIVE`, `PENDING`, `DISCONNECTED`, `COLLECTION`."""
    return badge(tones.badge_of(tones.ACCOUNT_STATUS, code))


@register.simple_tag
def supply_tag(code: str) -> SafeString:
    """The state of supply of one service connection."""
    return badge(tones.badge_of(tones.SUPPLY_STATE, code))


@register.simple_tag
def meter_tag(code: str) -> SafeString:
    """The reading status of a meter: `ACTIVE`, `INACTIVE`, `MAINTENANCE`."""
    return badge(tones.badge_of(tones.METER, code))


@register.simple_tag
def verification_tag(code: str) -> SafeString:
    """Whether a reading was checked: `PENDING`, `VERIFIED`."""
    return badge(tones.badge_of(tones.VERIFICATION, code))


@register.simple_tag
def document_tag(code: str) -> SafeString:
    """How far a document is: `PROCESSING`, `VERIFIED`, `PUBLISHED`, `REJECTED`, `WITHDRAWN`."""
    return badge(tones.badge_of(tones.DOCUMENT, code))


@register.simple_tag
def kind_tag(code: str) -> SafeString:
    """The kind of a case: `DISCONNECTION`, `RECONNECTION`, `COMPLAINT`."""
    return badge(tones.badge_of(tones.CASE_KIND, code))


@register.simple_tag
def delivery_tag(code: str) -> SafeString:
    """What became of a message: `QUEUED`, `SENT`, `FAILED`, `NOT_SENT`."""
    return badge(tones.badge_of(tones.DELIVERY, code))


@register.simple_tag
def arrangement_tag(code: str) -> SafeString:
    """How a payment arrangement stands: `RUNNING`, `KEPT`, `BROKEN`, `CANCELLED`."""
    return badge(tones.badge_of(tones.ARRANGEMENT, code))


@register.simple_tag
def order_tag(code: str) -> SafeString:
    """Where a service order stands, such as `SCHEDULED` or `COMPLETED`."""
    return badge(tones.badge_of(tones.SERVICE_ORDER, code))


@register.simple_tag
def hold_tag(code: str) -> SafeString:
    """Whether a hold protects an account: `STANDS`, `LAPSED`, `LIFTED`; or not yet: `PROPOSED`."""
    return badge(tones.badge_of(tones.ACCOUNT_HOLD, code))


@register.simple_tag
def certificate_tag(code: str) -> SafeString:
    """Why the certificate of a protection holds no more: `WITHDRAWN`, `REJECTED`."""
    return badge(tones.badge_of(tones.CERTIFICATE, code))


@register.simple_tag
def payment_tag(code: str) -> SafeString:
    """What became of a payment: `PENDING`, `PROCESSED`, `FAILED`, or taken back, `REVERSED`."""
    return badge(tones.badge_of(tones.PAYMENT, code))


def _toned(table: Mapping[str, tones.Badge], code: str, css: str) -> SafeString:
    shown = tones.badge_of(table, code)
    return format_html(
        '<span class="{}"><span class="s-tone t-{}">{}</span>{}</span>',
        css, shown.tone, icon(shown.icon), shown.word,
    )  # fmt: skip


@register.simple_tag
def priority(code: str) -> SafeString:
    """A priority: `LOW`, `MEDIUM`, `HIGH`, `CRITICAL`."""
    return _toned(tones.PRIORITY, code, "s-prio")


@register.simple_tag
def utility(code: str) -> SafeString:
    """A utility with its mark: `ELECTRICITY`, `WATER`, `GAS`."""
    return _toned(tones.UTILITY, code, "s-prio")


@register.simple_tag
def vip(is_vip: bool) -> SafeString:
    """The crown and the word after a VIP's name; nothing for anybody else."""
    if not isinstance(is_vip, bool):
        raise TypeError(f"vip wants True or False, not {is_vip!r}")
    return _crowned() if is_vip else SafeString()


@cache
def _crowned() -> SafeString:
    return format_html(' <span class="s-vip">{} VIP</span>', icon("crown"))


def timed(moment: date | datetime | time, words: str) -> SafeString:
    """`<time>` around `words`."""
    stamp = formats.local(moment) if isinstance(moment, datetime) else moment
    return format_html('<time datetime="{}">{}</time>', stamp.isoformat(), words)


DATE_FORMS = {
    "plain": formats.shown_date,
    "day": formats.shown_day,
    "long": formats.shown_long_date,
    "short": formats.shown_short_date,
}


@register.simple_tag
def date_tag(
    value: date | datetime | None, *, form: str = "plain", missing: str = formats.MISSING
) -> SafeString | str:
    """A day: plain `Dec 10, 2024`, day `Tue, Dec 10, 2024`, long `Tuesday, …`, short `Dec 10`."""
    shown = DATE_FORMS[form]
    if value is None:
        return missing
    return timed(formats.day_of(value), shown(value))


@register.simple_tag
def datetime_tag(
    value: datetime | None, *, short: bool = False, missing: str = formats.MISSING
) -> SafeString | str:
    """A moment: `Dec 10, 2024, 09:30 AM`, without the year when `short`."""
    if value is None:
        return missing
    words = formats.shown_short_datetime(value) if short else formats.shown_datetime(value)
    return timed(value, words)


@register.simple_tag
def time_tag(value: datetime | time | None, *, missing: str = formats.MISSING) -> SafeString | str:
    """A time of day: `09:30 AM`."""
    return missing if value is None else timed(value, formats.shown_time(value))


@register.simple_tag
def slot_tag(starts: time | None, ends: time | None, *, missing: str = formats.NOT_CHOSEN) -> str:
    """A time slot: `10:00 AM – 12:00 PM`."""
    return missing if starts is None or ends is None else formats.shown_slot(starts, ends)


@register.simple_tag
def duration_tag(value: timedelta | None, *, missing: str = formats.MISSING) -> str:
    """A length of time: `18 h 45 m`."""
    return missing if value is None else formats.shown_duration(value)


@register.simple_tag
def hours_tag(value: timedelta | Decimal | None) -> str:
    """A time that was needed: `1.50 h`, or `Pending`."""
    return formats.shown_hours(value)


@register.simple_tag
def phone(number: str, *, missing: str = formats.MISSING) -> SafeString | str:
    """A phone number as a link that dials."""
    number = str(number or "")
    if not number:
        return missing
    dialled = "+" * number.startswith("+") + re.sub(r"\D", "", number)
    return format_html('<a href="tel:{}">{}</a>', dialled, formats.shown_phone(number))


@register.simple_tag
def email(address: str, *, missing: str = formats.MISSING) -> SafeString | str:
    """An e-mail address as a link."""
    return format_html('<a href="mailto:{0}">{0}</a>', address) if address else missing


@register.simple_tag
def reading(value: Decimal | int | None, unit: str, *, missing: str = formats.MISSING) -> str:
    """A meter reading with its unit: `18,245 kWh`."""
    return missing if value is None else formats.shown_reading(value, unit)


@register.simple_tag
def money(value: Decimal | None, currency: str, *, missing: str = formats.MISSING) -> str:
    """A sum in the utility's currency: `$1,234.56`, `−$200.00`."""
    return missing if value is None else formats.shown_money(value, currency)


@register.simple_tag
def price(value: Decimal | None, currency: str, *, missing: str = formats.MISSING) -> str:
    """What one unit costs, with all its decimals: `$0.112`, `$12.50`."""
    return missing if value is None else formats.shown_price(value, currency)


@register.simple_tag
def progress(value: float, *, max: float = 100, label: str, tone: str = "brand") -> SafeString:
    """A bar; `label` says in words what it shows."""
    if not label:
        raise ValueError("a progress bar needs a label")
    return format_html(
        '<progress class="s-bar t-{}" value="{}" max="{}" aria-label="{}"></progress>',
        tones.known_tone(tone), value, max, label,
    )  # fmt: skip


@register.simple_tag
def sla_chip(
    state: str,
    *,
    at: datetime,
    due_at: datetime | None = None,
    warns_at: datetime | None = None,
    percent: int | None = None,
    resumes_at: datetime | None = None,
) -> SafeString:
    """The SLA of a case in one line of a list; `state` is a code of `tones.SLA`.

    Running states count down live from `due_at`. `percent` is the share of the time that is used.
    """
    look = look_of_sla(state, at, due_at, warns_at, percent, resumes_at)
    time = format_html(
        '<time data-countdown datetime="{}" data-at="{}"{}>{}</time>',
        due_at.isoformat() if due_at else "",
        at.isoformat(),
        format_html(' data-warns="{}"', look.warns_at.isoformat()) if look.warns_at else "",
        look.left,
    )
    bar = SafeString()
    if look.percent is not None:
        bar = progress(look.percent, label=look.heard, tone=look.badge.tone)
    return _chip(look.badge, look.words(time), bar)


class SlaLook(NamedTuple):
    """What is shown of a case's SLA, on its own and in a row of a list."""

    badge: tones.Badge
    state: str
    word: str
    left: str = ""
    warns_at: datetime | None = None
    percent: int | None = None

    @property
    def heard(self) -> str:
        """What the bar says."""
        return f"{self.word}: {self.percent} % of the time used"

    def words(self, time: str) -> SafeString:
        """The word and the time that is left or over. Codes, moments, numbers: nothing typed."""
        if not self.left:
            return SafeString(self.word)
        if not self.word:
            return SafeString(time)
        # Solid: another target was missed, and this is time left, not time over.
        left = "<span data-left> left</span>" if self.badge.is_solid else ""
        return SafeString(f"<b>{self.word}</b> · {time}{left}")


def look_of_sla(
    state: str,
    at: datetime,
    due_at: datetime | None,
    warns_at: datetime | None,
    percent: int | None,
    resumes_at: datetime | None,
) -> SlaLook:
    """What is shown at this moment of a stored state; ``state`` is then the one shown."""
    shown = tones.badge_of(tones.SLA, state)
    if state == "PAUSED" and resumes_at:
        return SlaLook(shown, state, f"Paused to {formats.shown_short_date(resumes_at)}")
    if state in {"PAUSED", "MET", "MISSED"} or due_at is None:
        return SlaLook(shown, state, shown.word)
    left = formats.shown_remaining(due_at, at)
    if due_at <= at:  # right at the moment of display, whatever the workers did
        return SlaLook(tones.SLA["BREACHED"], "BREACHED", "", left)
    if shown.is_solid:
        return SlaLook(shown, state, shown.word, left)
    warns = warns_at if state == "ON_TRACK" else None
    return SlaLook(shown, state, shown.word, left, warns, percent)


def _chip(shown: tones.Badge, words: str, bar: SafeString) -> SafeString:
    over = " is-over" if shown.is_solid else ""
    return format_html(
        '<div class="s-sla t-{}{}" data-sla><span>{}<span>{}</span></span>{}</div>',
        shown.tone, over, icon(shown.icon), words, bar,
    )  # fmt: skip


# ------------------------------------------------------------------ the same, as rows of a list
# Twenty-five rows need no seventy-five drawings: CSS draws the icon of a class (css/marks.css).
@cache
def _marked(css: str, shown: tones.Badge) -> SafeString:
    return format_html(
        '<span class="{} t-{} i-{}">{}</span>', css, shown.tone, shown.icon, shown.word
    )


@register.simple_tag
def status_mark(code: str) -> SafeString:
    """The status of a case in a row of a list, as `status_tag`."""
    return _marked("s-tag", tones.badge_of(tones.CASE_STATUS, code))


@register.simple_tag
def priority_mark(code: str) -> SafeString:
    """A priority in a row of a list, as `priority`."""
    return _marked("s-prio", tones.badge_of(tones.PRIORITY, code))


@register.simple_tag
def sla_mark(
    state: str,
    *,
    at: datetime,
    due_at: datetime | None = None,
    warns_at: datetime | None = None,
    percent: int | None = None,
    resumes_at: datetime | None = None,
) -> SafeString:
    """The SLA of a case in a row of a list, as `sla_chip`; its table says the moment once.

    The table wants `data-at`, from which the running ones count down.
    """
    look = look_of_sla(state, at, due_at, warns_at, percent, resumes_at)
    warns = f' data-warns="{_stamp(look.warns_at)}"' if look.warns_at else ""
    time = f'<time datetime="{_stamp(due_at)}"{warns}>{look.left}</time>' if due_at else ""
    bar = ""
    if look.percent is not None:
        bar = f'<progress value="{look.percent}" max="100" aria-label="{look.heard}"></progress>'
    return _sla(look.badge, look.words(time), bar)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _sla(shown: tones.Badge, words: str, bar: str = "") -> SafeString:
    over = " is-over" if shown.is_solid else ""
    return SafeString(
        f'<div class="s-sla t-{shown.tone}{over} i-{shown.icon}"><span>{words}</span>{bar}</div>'
    )


@register.filter
def or_missing(value: object) -> object:
    """`--` for what is not known."""
    return formats.MISSING if value in (None, "") else value


@register.filter
def or_not_chosen(value: object) -> object:
    """`Not specified` for what nobody chose."""
    return formats.NOT_CHOSEN if value in (None, "") else value


@register.filter
def or_not_yet(value: object) -> object:
    """`Pending` for what has not happened yet."""
    return formats.NOT_YET if value in (None, "") else value


@register.filter
def initials(name: str) -> str:
    """`SJ` for Sarah Johnson."""
    return formats.initials(name)


@register.filter
def capped(number: int, cap: int = 500) -> str:
    """`46`, or `500+` when counting stopped at the cap."""
    return formats.shown_count(number, cap)


def _folded(text: str) -> str:
    """`text` without accents and in lower case, letter for letter, so that places stay the same."""
    if text.isascii():
        return text.lower()
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[0] for letter in text)


@register.filter
def marked(text: str, query: str) -> SafeString:
    """`text` with every place marked where a word of `query` stands, in any case or accent."""
    text = unicodedata.normalize("NFC", str(text))
    query = unicodedata.normalize("NFC", str(query))
    words = [re.escape(_folded(word)) for word in query.split() if len(word) > 1]
    if not words:
        return conditional_escape(text)
    shown, shown_to = [], 0
    for found in re.finditer("|".join(words), _folded(text)):
        shown.append(
            format_html(
                "{}<mark>{}</mark>",
                text[shown_to : found.start()],
                text[found.start() : found.end()],
            )
        )
        shown_to = found.end()
    shown.append(conditional_escape(text[shown_to:]))
    return SafeString("".join(shown))  # every part was escaped above
