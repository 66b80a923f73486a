"""What nobody should send, and somebody will (bad-inputs.md): values and shapes of one field.

A value takes the place of what a field would hold. A shape changes how the field is sent: not at
all, twice, as a list, as a file. ``mutated`` makes new values out of these by chance.
"""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass

TAG = "x-evil"
"""An element that none of our pages has: where it is found, somebody's text became markup."""
ATTRIBUTE = "onevil"
SUM = "15838"  # what {{ 7919|add:7919 }} would show


@dataclass(frozen=True)
class Payload:
    """One value; ``is_markup`` when a page that forgets to escape it would show something else."""

    name: str
    value: str | bytes
    is_markup: bool = False


def _named(is_markup: bool, **values: str | bytes) -> tuple[Payload, ...]:
    return tuple(Payload(name, value, is_markup) for name, value in values.items())


def _cursor(text: str) -> str:
    """What a place in a list looks like in an address (smart360.web.paging)."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


MARKUP = _named(
    True,
    script=f"<script>{TAG}=1</script><{TAG}>",
    image=f'"><img src=x {ATTRIBUTE}=alert(1)><{TAG}>',
    quote=f"' {ATTRIBUTE}='alert(1)' x='",
    attribute=f'" autofocus {ATTRIBUTE}="alert(1)" x="',
    end_of_area=f"</textarea></title></script><{TAG}>",
    end_of_option=f"</option></select><{TAG}>",
    comment=f"--><{TAG}><!--",
    broken_tag=f"<{TAG}/onload=1//",
    entities=f"&lt;{TAG}&gt;&amp;<{TAG}>",
    vector=f"<svg><{TAG} {ATTRIBUTE}=1></svg>",
)
TEMPLATES = _named(
    False,
    template_sum="{{ 7919|add:7919 }}",
    template_secret="{{ settings.SECRET_KEY }}",
    template_tag="{% debug %}",
    template_include='{% include "/etc/passwd" %}',
    format_sign="%(name)s %s %d %n",
    format_brace="{0.__class__} {name}",
    shell_words="$(id) `id` ;id | id",
    ldap="*)(uid=*))(|(uid=*",
    xml='<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    path="../../../../etc/passwd",
    path_of_windows="..\\..\\windows\\win.ini",
    script_address="javascript:alert(1)",
    data_address="data:text/html,<x-evil>",
    other_site="https://evil.example/",
    other_site_short="//evil.example/",
    other_site_odd="/\\evil.example",
    header_end="a\r\nSet-Cookie: evil=1",
    header_end_escaped="a%0d%0aSet-Cookie: evil=1",
    mail_header="a@b.co\nBcc: evil@example.com",
)
STATEMENTS = _named(
    False,
    quote_or="' OR 1=1 --",
    quote_drop="'; DROP TABLE cases_case; --",
    quote_double='" OR ""="',
    union="1 UNION SELECT password FROM staff_person",
    sleep="1; SELECT pg_sleep(10)",
    percent="%%%",
    underscores="___",
    backslash="\\",
    backslash_quote="\\'",
    bracket="(",
    bracket_open="[a-",
    pattern="(a+)+$",
    lookup="account__user__password",
    dollar="$1 $$ $a$",
    cast="1::int",
)
FORMULAS = _named(
    False,
    formula='=HYPERLINK("http://e")',
    formula_plus="+1+cmd|' /C calc'!A0",
    formula_minus="-2+3",
    formula_at="@SUM(1+1)",
    formula_tab="\t=1",
    formula_return="\r=1",
    formula_wide="＝1+1",
)
LETTERS = _named(
    False,
    nul="a\0b",
    nul_alone="\0",
    control="a\x01\x08\x1b[31mb",
    delete="a\x7f\x9fb",
    surrogate="a\ud800b",
    surrogate_pair_turned="\udc00\ud800",
    not_utf8=b"a\xff\xfe\x80b",
    overlong=b"\xc0\xaf..\xc0\xaf",
    noncharacter="a\ufffe\uffffb",
    private_use="a\ue000\U0010fffdb",
    right_to_left="a\u202eexe.gpj",
    isolate="\u2066a\u2069",
    zero_width="\u200b\u200b\u200b",
    zero_width_inside="a\u200bb\ufeffc",
    soft_hyphen="a\u00adb",
    line_separator="a\u2028b\u2029c",
    marks="Z" + "\u0301" * 10_000,
    marks_nine="Z" + "\u0301" * 9,
    families="👩‍👩‍👧‍👦" * 250,
    flag="🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    blanks=" " * 3,
    odd_blanks="\u00a0\u2003\u3000",
    lines="\n\r\n\r\t",
    turkish="İıſK",
    ligature="ﷺ" * 100,
    wide="Ａ１",
    nfd="Jose\u0301",
    hebrew="שלום",
    long="W" * 10_000,
    long_words="a b " * 2_500,
    quite_long="W" * 251,
    longest_code="9" * 300,
    word_none="None",
    word_null="null",
    word_undefined="undefined",
    word_true="true",
    word_maybe="maybe",
    json='{"$ne": null}',
    list_literal="[1,2]",
    empty="",
)
NUMBERS = _named(
    False,
    underscore="1_000",
    comma="1,000",
    full_width="１２",
    arabic="٢٠",
    superscript="²",
    roman="Ⅷ",
    exponent="1e400",
    exponent_small="1e3",
    nan="NaN",
    infinity="-Infinity",
    fraction="1.5",
    hexadecimal="0x10",
    octal="010",
    zero="0",
    minus_zero="-0",
    minus="-1",
    plus="+1",
    beyond_int="2147483648",
    beyond_bigint="9223372036854775808",
    huge="9" * 5_000,
    huge_twenty="1" + "0" * 20,
    blank_number=" 7 ",
    number_line="7\n",
)
DATES = _named(
    False,
    yesterday="2024-12-09",
    year_nine_thousand="9999-12-31",
    year_ten_thousand="10000-01-01",
    year_zero="0000-00-00",
    year_one="0001-01-01",
    february_thirty="2026-02-30",
    month_thirteen="2026-13-01",
    arabic_date="٢٠٢٦-١٢-١٥",
    american="12/15/2026",
    words_date="Dec 15 2026",
    moment="2026-12-15T10:00:00Z",
    dashes_missing="20261215",
    week="2026-W50-2",
    minus_year="-2026-12-15",
    time_late="25:61",
    time_end="24:00",
    time_seconds="09:00:60",
    time_wide="０９:３０",
    time_negative="-1:00",
    month_only="2026-12",
    month_far="9999-12",
    month_nought="0000-01",
)
KEYS = _named(
    False,
    uuid_short="00000000",
    uuid_nobody="00000000-0000-0000-0000-000000000000",
    uuid_braces="{00000000-0000-4000-8000-000000000000}",
    uuid_letters="zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
    uuid_hyphens="-" * 36,
    cursor_word=_cursor('["a","word","word"]'),
    cursor_numbers=_cursor('["a",1,1]'),
    cursor_number_of_ten=_cursor('["b",10,1,1]'),
    cursor_three=_cursor('["a",1,"word",1]'),
    cursor_bool=_cursor('["a",true,true]'),
    cursor_null=_cursor('["a",null,null]'),
    cursor_of_lists=_cursor("[[],1,2]"),
    cursor_of_objects=_cursor("[{},{},{}]"),
    cursor_surrogate=_cursor('["a","\\ud800",1]'),
    cursor_nul=_cursor('["a","\\u0000",1]'),
    cursor_moment_naive=_cursor('["a",{"at":"2024-01-01T00:00:00"},1]'),
    cursor_moment_first=_cursor('["a",{"at":"0001-01-01T00:00:00+14:00"},1]'),
    cursor_moment_last=_cursor('["b",{"at":"9999-12-31T23:59:59-14:00"},1]'),
    cursor_day=_cursor('["b",{"on":"2024-01-01"},1]'),
    cursor_not_a_number=_cursor('["a",NaN,1]'),
    cursor_deep=_cursor("[" * 3_000),
    cursor_number=_cursor("7"),
    cursor_huge=_cursor('["a",' + "9" * 60 + ",1]"),
    cursor_very_huge=_cursor('["a",' + "9" * 5_000 + ",1]"),
    cursor_not_utf8=base64.urlsafe_b64encode(b'["a","\xff",1]').decode(),
)
PAYLOADS = (*MARKUP, *TEMPLATES, *STATEMENTS, *FORMULAS, *LETTERS, *NUMBERS, *DATES, *KEYS)

Pair = tuple[str, str | bytes]
Pairs = list[Pair]


def without(pairs: Pairs, name: str) -> Pairs:
    """The form without this field."""
    return [pair for pair in pairs if pair[0] != name]


def replaced(pairs: Pairs, name: str, value: str | bytes) -> Pairs:
    """The form with this value in the field."""
    return [*without(pairs, name), (name, value)]


def _renamed(suffix: str) -> Callable[[Pairs, str], Pairs]:
    def rename(pairs: Pairs, name: str) -> Pairs:
        values = [value for key, value in pairs if key == name] or ["1"]
        return [*without(pairs, name), *((name + suffix, value) for value in values)]

    return rename


def _twice(*values: str) -> Callable[[Pairs, str], Pairs]:
    return lambda pairs, name: [*pairs, *((name, value) for value in values)]


SHAPES: dict[str, Callable[[Pairs, str], Pairs]] = {
    "missing": without,
    "twice_the_same": lambda pairs, name: [*pairs, *(p for p in pairs if p[0] == name)],
    "twice_with_junk": _twice(f"<{TAG}>"),
    "twice_with_nul": _twice("\0"),
    "hundred_times": _twice(*map(str, range(100))),
    "as_list": _renamed("[]"),
    "as_object": _renamed("[a]"),
    "with_dots": _renamed(".a.b"),
    "with_lookup": _renamed("__in"),
    "with_nul": _renamed("\0"),
    "with_markup": _renamed(f'"><{TAG}>'),
    "in_capitals": lambda pairs, name: [
        (key.upper() if key == name else key, value) for key, value in pairs
    ],
}
"""How a field is sent when it is not sent as a browser would."""


def mutated(chance: random.Random, *known: str) -> Payload:
    """A value that nobody thought of: pieces of others, cut, doubled, joined, with odd letters."""
    pieces = [p.value for p in PAYLOADS if isinstance(p.value, str) and len(p.value) < 400]
    text = chance.choice([*pieces, *known])
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(text))
        match chance.randrange(6):
            case 0:
                text = text[:at] + chance.choice(pieces) + text[at:]
            case 1:
                text = text[:at]
            case 2:
                text = text[at:] + text[:at]
            case 3:
                text = text[:at] + chr(chance.choice(LIMITS) + chance.randint(0, 3)) + text[at:]
            case 4:
                text = (text * 3)[:2_000]
            case _:
                text = text.swapcase()
    return Payload("mutated", text)


LIMITS: tuple[int, ...] = (
    0,
    0x0A,
    0x22,
    0x27,
    0x3C,
    0x7F,
    0xA0,
    0x300,
    0x660,
    0x2028,
    0x202A,
    0xD7FF,
    0xDBFF,
)
LIMITS += (0xDFFF, 0xE000, 0xFEFF, 0xFFFC, 0x1F468, 0xE0020, 0x10FFFC)
