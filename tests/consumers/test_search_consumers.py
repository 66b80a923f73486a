"""One search everywhere: account, phone, name, address, meter (CON2, bad-inputs 1–20)."""

import unicodedata
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consumers.choices import AccountStatus, LockPurpose
from consumers.models import Consumer
from consumers.operations import take_profile_lock
from consumers.queries import branches, samples, search
from consumers.queries.samples import some_texts
from consumers.rules import looking_up
from consumers.rules.looking_up import MOST_PIECES, Drawn, Way, pieces_of, way_to_find
from consumers.rules.searching import TOO_LONG, TOO_SHORT, read_search
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(make_consumer: MakeConsumer) -> tuple[Consumer, Consumer, Consumer]:
    """John Smith, Adelaide Smithson, and Peter Smiles of Smith Street."""
    return (
        make_consumer(account_number="ACC-2024-001789"),
        make_consumer(
            "Adelaide Smithson",
            account_number="ACC-2021-000230",
            phone="+1 555 410 2218",
            address="14 Orchard Way, Springfield, IL 62702",
            is_vip=True,
            status=AccountStatus.COLLECTION,
        ),
        make_consumer(
            "Peter Smiles",
            account_number="WU-10001",
            phone="(555) 730-9911",
            address="40 Smith Street, Springfield, IL 62703",
            status=AccountStatus.INACTIVE,
        ),
    )


def numbers(text: str, **kwargs: Any) -> list[str]:
    return [hit.account_number for hit in search(text, **kwargs)]


class TestFinds:
    """AC001: search by name, account number or phone, partial, as you type."""

    @pytest.mark.parametrize(
        "text", ["John", "john michael", "SMITH JOHN", "chael", "  john   smi ", "jo sm mi"]
    )
    def test_by_name(self, three: tuple[Consumer, Consumer, Consumer], text: str) -> None:
        """AC001: by name, in any case and any order of words."""
        assert "ACC-2024-001789" in numbers(text)

    @pytest.mark.parametrize(
        "text", ["ACC-2024-001789", "acc-2024", "001789", "1789", "acc-2024-0"]
    )
    def test_by_account(self, three: tuple[Consumer, Consumer, Consumer], text: str) -> None:
        """AC001: by account number, its beginning or its end."""
        found = search(text)
        assert (found[0].account_number, found[0].matched_by) == ("ACC-2024-001789", "account")

    @pytest.mark.parametrize(
        "text",
        ["(555) 123-4567", "5551234567", "+1 555 123 4567", "15551234567", "555-123", "4567"],
    )
    def test_by_phone(self, three: tuple[Consumer, Consumer, Consumer], text: str) -> None:
        """AC001: by phone, whatever signs stand between the digits."""
        found = search(text)
        assert found[0].account_number == "ACC-2024-001789"
        assert found[0].matched_by == "phone"

    def test_a_number_kept_with_its_country_is_found_without(
        self, three: tuple[Consumer, Consumer, Consumer]
    ) -> None:
        assert numbers("555 410 2218") == ["ACC-2021-000230"]

    def test_by_address(self, three: tuple[Consumer, Consumer, Consumer]) -> None:
        found = search("orchard way")
        assert [(hit.account_number, hit.matched_by) for hit in found] == [
            ("ACC-2021-000230", "address")
        ]

    def test_by_meter(self, three: tuple[Consumer, Consumer, Consumer]) -> None:
        meter = three[0].connections.get().assignments.get().meter
        for text in (meter.number, meter.number[:-1], meter.number[-6:]):
            hits = {hit.account_number: hit.matched_by for hit in search(text)}
            assert hits["ACC-2024-001789"] == "meter"

    def test_every_word_must_be_there(self, three: tuple[Consumer, Consumer, Consumer]) -> None:
        assert numbers("smith orchard") == ["ACC-2021-000230"]
        assert numbers("smith nowhere") == []

    def test_accents_and_case_do_not_matter(self, make_consumer: MakeConsumer) -> None:
        make_consumer("José Ñandú", account_number="J-1")
        make_consumer(unicodedata.normalize("NFD", "José Núñez"), account_number="J-2")
        for text in ("JOSÉ", "José", unicodedata.normalize("NFD", "José"), "jose"):
            assert numbers(text) == ["J-1", "J-2"]

    def test_the_order_is_what_a_person_expects(
        self, three: tuple[Consumer, Consumer, Consumer], make_consumer: MakeConsumer
    ) -> None:
        """Name's beginning, a word's beginning in the name, then the address."""
        make_consumer("Smith Adam", account_number="ACC-9", address="1 Elm Street")
        assert numbers("smith") == ["ACC-9", "ACC-2021-000230", "ACC-2024-001789", "WU-10001"]

    def test_two_letters_begin_a_word_and_a_single_one_narrows(
        self, three: tuple[Consumer, Consumer, Consumer]
    ) -> None:
        """Letters alone are no search through names: every index has too much of them."""
        assert numbers("ad s") == ["ACC-2021-000230"]
        assert numbers("mi jo") == ["ACC-2024-001789"]
        assert numbers("ith jo") == ["ACC-2024-001789"]
        assert numbers("j m s") == []

    @pytest.mark.parametrize(
        ("way", "sample"),
        {
            "by index": (),
            "by row": ["SPRINGFIELD SMITH JOHN ORCHARD"] * 9,
            "in part": ["SMITH", *["JOHN"] * 8],
        }.items(),
    )
    @pytest.mark.parametrize("margin", [10, 0.02])
    def test_words_that_many_have_are_found_as_others(
        self,
        three: tuple[Consumer, Consumer, Consumer],
        monkeypatch: pytest.MonkeyPatch,
        way: str,
        sample: list[str],
        margin: float,
    ) -> None:
        """By index or row by row, also when that stops before any is met: the same consumers."""
        monkeypatch.setattr(some_texts, "drawn", Drawn(sample, 10_000))
        monkeypatch.setattr(some_texts, "until", float("inf"))
        monkeypatch.setattr(looking_up, "MARGIN", margin)
        with CaptureQueriesContext(connection) as asked:
            assert set(numbers("smith springfield")) == {
                "ACC-2024-001789",
                "ACC-2021-000230",
                "WU-10001",
            }
        assert ("WITH met AS" in asked[0]["sql"]) == (way == "by row")
        assert numbers("jo smith") == ["ACC-2024-001789"]
        assert numbers("smith orchard") == ["ACC-2021-000230"]
        assert numbers("smith ,") == []
        assert numbers("smith", statuses=["INACTIVE"]) == ["WU-10001"]

    def test_without_the_index_those_that_come_last_are_missed(
        self, three: tuple[Consumer, Consumer, Consumer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control of the above: what is met in one row is not all."""
        monkeypatch.setattr(some_texts, "drawn", Drawn(["SPRINGFIELD SMITH"], 10_000))
        monkeypatch.setattr(some_texts, "until", float("inf"))
        monkeypatch.setattr(looking_up, "MARGIN", 0.02)
        monkeypatch.setattr(branches, "IF_FEW", " AND false")
        assert len(numbers("smith springfield")) == 1

    def test_signs_within_a_word_must_be_there(self, make_consumer: MakeConsumer) -> None:
        """The index looks for letters and digits alone; what it finds is looked at again."""
        make_consumer("Rita Bell-Moore", account_number="R-1")
        make_consumer("Rita Bell Moore", account_number="R-2")
        assert numbers("bell-moore") == ["R-1"]
        assert set(numbers("bell moore")) == {"R-1", "R-2"}
        assert numbers("l-moo") == ["R-1"]
        assert numbers("bell%moore") == numbers("bell_moore") == []

    @pytest.mark.parametrize("text", ["al-hassan &", "al-hassan b& bros %", "& hassa al-hassan"])
    def test_signs_are_looked_for_among_those_with_the_other_words(
        self, text: str, make_consumer: MakeConsumer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Only so many rows are; whoever lacks a word whole is none of them, however many."""
        monkeypatch.setattr(branches, "AT_MOST", " LIMIT 3")
        for n in range(9):
            make_consumer("Omar Hassan & Bros, % Al, & B O", account_number=f"R-{n}")
        make_consumer("Al-Hassan B& Bros O& % &", account_number="S-1")
        assert numbers(text) == ["S-1"]
        assert len(numbers("hassan &")) == 3, "the limit holds"

    def test_a_table_that_was_never_counted_has_what_was_drawn(
        self, three: tuple[Consumer, Consumer, Consumer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(samples, "LEAST_SAMPLE", 1)
        drawn = samples.Sample()
        assert drawn.way_to_find(("SMITH",), most=50).by_index
        assert (drawn.drawn.accounts, len(drawn.drawn.texts)) == (3, 3)

    @pytest.mark.parametrize(
        ("words", "accounts", "most", "way"),
        [
            (("OAK", "STREET"), 10_000, 50, Way(("OAK",), 1000)),
            (("OAK", "STREET"), 600, 50, Way(("OAK",), 365)),
            (("OAK", "STREET"), 30, 50, Way(("OAK",))),
            (("OAK", "STREET"), 10_000, None, Way(("OAK",))),
            (("OAK", "QUARRY"), 10_000, 50, Way(("QUA", "OAK"))),
            (("STREET", "BIRCH", "&"), 10_000, 50, Way(("BIR", "IRC", "RCH"))),
            (("1", "ST"), 10_000, 50, Way(("1",), 1208)),
            (("1", "K"), 10_000, 50, None),
        ],
    )
    def test_looks_where_there_is_least_to_read(
        self, words: tuple[str, ...], accounts: int, most: int | None, way: Way | None
    ) -> None:
        """At most ten times what the sample promises, and never more than the index would cost."""
        sample = ["1 OAK STREET", "2 ELM STREET", "3 OAK STREET", "4 QUARRY STREET"]
        if way is None:
            assert not read_search(" ".join(words)).can_be_text
        else:
            assert way_to_find(words, Drawn(sample, accounts), most=most) == way

    def test_without_a_sample_all_pieces_are_looked_up(self) -> None:
        words = ("SMITH", "301-6402", "AL", "%")
        pieces = ("SMI", "MIT", "ITH", "301", "640", "402", "AL")
        assert way_to_find(words, Drawn(), most=50) == Way(pieces)

    def test_a_piece_that_many_have_is_left_to_the_rows(self) -> None:
        """One in a thousand is a Zoe, half live in a street: its list would take longer."""
        sample = ["ZOE SMITH 1 OAK STREET", *["ANN SMITH 1 OAK ROAD"] * 500, *["X STREET"] * 499]
        drawn = Drawn(sample, 1_000_000)
        assert way_to_find(("ZOE", "STREET"), drawn, most=50) == Way(("ZOE",))

    def test_a_rare_piece_spares_rows(self) -> None:
        """Both have few, together fewer: all rows with the one would be read for the other."""
        sample = [*["MATE KIM"] * 30, *["JO PARK"] * 30, "MATE PARK", *["X Y"] * 2_939]
        drawn = Drawn(sample, 1_000_000)
        way = way_to_find(("MATE", "PARK"), drawn, most=50)
        assert {piece in "MATE" for piece in way.by_index} == {True, False}
        assert way.look_through == 0

    def test_a_long_text_weighs_no_more_pieces_than_a_short_one(self) -> None:
        words = tuple(f"{sign * 12}" for sign in "ABCDEFGH")
        longest = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ",)
        assert len(pieces_of(words)) <= MOST_PIECES
        assert len(pieces_of(longest)) == MOST_PIECES

    def test_status_is_a_filter(self, three: tuple[Consumer, Consumer, Consumer]) -> None:
        assert numbers("smi", statuses=["INACTIVE"]) == ["WU-10001"]


class TestFacts:
    def test_a_hit_tells_enough_to_choose(self, three: tuple[Consumer, Consumer, Consumer]) -> None:
        hit = search("Adelaide")[0]
        assert hit.consumer == three[1].pk
        assert hit.is_vip
        assert hit.status == "COLLECTION"
        assert hit.address == "14 Orchard Way, Springfield, IL 62702"
        assert (hit.lock_holder, hit.open_request) == ("", "")

    def test_one_statement_whatever_is_found(
        self, three: tuple[Consumer, Consumer, Consumer]
    ) -> None:
        search("once")  # the first one in a process takes a sample
        for text in ("smi", "5551234567", "nobody at all"):
            with CaptureQueriesContext(
                connection,
            ) as statements:
                search(text)
            assert len(statements) == 1


@pytest.mark.django_db(transaction=True)
def test_who_holds_and_what_guards_is_shown(
    make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """AC002: a consumer that somebody else holds is shown with the holder's name."""
    consumer, sarah = make_consumer(), person(Role.CSE)
    asked = make_request(consumer, by=sarah)
    take_profile_lock(consumer=consumer.pk, purpose=LockPurpose.EDIT_PROFILE, by=sarah, at=at)
    hit = search("john", at=at)[0]
    assert (hit.lock_holder, hit.lock_since) == ("Sarah Johnson", at)
    assert hit.open_request == asked.case.number


class TestBadInput:
    @pytest.mark.parametrize(
        "text", ["ab", "a  ", "   ", "\u200b\u200b\u200b", "", "a\u0301b", "a  b"]
    )
    def test_fewer_than_three_characters_ask_nothing(
        self, three: tuple[Consumer, Consumer, Consumer], text: str
    ) -> None:
        with CaptureQueriesContext(connection) as statements:
            assert search(text) == []
        assert len(statements) == 0
        assert read_search(text).problem == TOO_SHORT

    def test_more_than_a_hundred_ask_nothing(
        self, three: tuple[Consumer, Consumer, Consumer]
    ) -> None:
        with CaptureQueriesContext(connection) as statements:
            assert search("x" * 101) == []
        assert len(statements) == 0
        assert read_search("x" * 10_000).problem == TOO_LONG
        assert read_search("x" * 100).problem == ""

    @pytest.mark.parametrize(
        "text",
        [
            *("%%%", "___", "' OR 1=1 --", "(((", "[a-z", "\\\\\\", "{{7*7}}", "{% debug %}"),
            *("%s %(x)s", "{only}", "smi%", "sm_th", "a\0bcd", "\udced\udca0\udc80"),
            "<script>alert(1)</script>",
        ],
    )
    def test_every_sign_stands_for_itself(
        self, three: tuple[Consumer, Consumer, Consumer], text: str
    ) -> None:
        assert search(text) == []

    @pytest.mark.parametrize("text", ["５５５１２３", "٥٥٥١٢٣"])
    def test_other_digits_are_digits(
        self, three: tuple[Consumer, Consumer, Consumer], text: str
    ) -> None:
        assert isinstance(search(text), list)


@pytest.mark.database
@pytest.mark.parametrize(
    ("typed", "indexes"),
    [
        ("john smith", {"consumer_by_text"}),
        ("ACC-2024-001789", {"consumer_by_account", "consumer_by_account_end"}),
        ("jo sm li", {"consumer_by_text"}),
        ("smith &", {"consumer_by_text"}),
        ("EM-440017", {"meter_by_number", "meter_by_number_end"}),
        (
            "(555) 123-4567",
            {"consumer_by_phone", "consumer_by_phone_last_ten", "consumer_by_phone_end"},
        ),
    ],
)
def test_every_branch_stands_on_its_index(
    make_consumer: MakeConsumer, typed: str, indexes: set[str]
) -> None:
    """A condition that no longer fits its index would read every consumer at each keystroke."""
    make_consumer()
    search("once")
    with CaptureQueriesContext(connection) as statements:
        search(typed)
    with connection.cursor() as cursor:
        # Trigrams are read by bitmap only, the others in their own order without sorting.
        kinds = ("indexscan",) if "consumer_by_text" in indexes else ("bitmapscan", "sort")
        for kind in ("seqscan", *kinds):
            cursor.execute(f"SET LOCAL enable_{kind} = off")
        cursor.execute("EXPLAIN " + statements[0]["sql"].replace("%", "%%"), [])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert [name for name in indexes if name not in plan] == []
