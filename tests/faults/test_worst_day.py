"""The worst day: nothing lost, nothing twice beyond a copy per crash, pages keep answering."""

import random
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
import redis

from smart360.local.environment import ROOT
from smart360.local.processes import Process
from tests.architecture.running import new_state
from tests.faults.clients import LIST, NEW, PAGES, Browser, Crowd, Seen, crowd, next_account
from tests.faults.mailbox import Mailbox, mailbox
from tests.faults.rig import Rig, kill, no_room, stopped
from tests.seeds import chance_for

pytestmark = pytest.mark.timeout(7200)  # 200 kills on a busy machine
SECONDS = 120  # "within seconds", on a machine that does much else; a lease takes 150
LONGEST_PAGE = 30  # a browser here gives up after 60
TOLD_IN = 10  # a statement waits 3 s for a row
APP = "smart360_app"
Amount = Callable[[int, int], int]


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as server:
        yield server


@pytest.fixture(scope="module")
def rig(box: Mailbox, amount: Amount) -> Iterator[Rig]:
    with new_state() as folder:
        running = Rig(folder, box)
        try:
            running.start(people=10, accounts=amount(1_000, 20_000))
            yield running
        finally:
            running.product.stop()


# ------------------------------------------------------------------ what must hold afterwards
def assert_nothing_lost(rig: Rig, seen: Seen, *, copies: int) -> None:
    """Nothing lost, nothing twice, nothing unseen, no oracle speaks.

    ``copies`` is how many letters may have come once more in all: those of the tests before, and
    one for each letter that a worker may have had in hand when it ended.
    """
    assert seen.odd == [], rig.last_words("web")
    assert seen.twice == []
    rig.settle()
    kept = dict(
        rig.ask(
            "SELECT c.account_number, k.number FROM cases_case k"
            " JOIN consumers_consumer c ON c.id = k.consumer_id"
        )
    )
    lost = {account: made for account, made in seen.created.items() if kept.get(account) != made}
    assert lost == {}
    unsent = rig.ask(
        "SELECT k.number, d.state FROM cases_case k JOIN comms_message m ON m.case_id = k.id"
        " JOIN comms_delivery d ON d.message_id = m.id WHERE d.state NOT IN ('SENT', 'FAILED')"
    )
    assert unsent == []
    without = rig.ask(
        "SELECT k.number FROM cases_case k JOIN disconnections_disconnectionrequest r"
        " ON r.case_id = k.id LEFT JOIN owed_owedwork w ON w.dedupe_key = 'receipt:' || k.number"
        " WHERE r.receipt_id IS NULL AND w.state IS DISTINCT FROM 'FAILED'"
    )
    assert without == []
    by_recipient = rig.mailbox.by_recipient
    for account in seen.created:
        address = f"consumer{int(account[4:])}@example.com"
        assert len(by_recipient.get(address, ())) == 1, f"{account}: not one letter"
    assert extra_copies(rig.mailbox) <= copies, "more copies than crashes"
    assert_invariants(rig)


def assert_invariants(rig: Rig) -> None:
    """The product's own oracles are silent."""
    asked = rig.manage("check_invariants")
    assert asked.returncode == 0, asked.stdout + asked.stderr


def extra_copies(box: Mailbox) -> int:
    """How many letters came more than once."""
    return box.copies.total() - len(box.copies)


def letters_in_hand(rig: Rig) -> int:
    """How many letters may be on their way when the database ends: one in each mail worker."""
    return len(rig.children("worker-mail"))


def report(name: str, seen: Seen, **more: object) -> None:
    """One line of figures, for docs/RELIABILITY.md."""
    facts = {
        "created": len(seen.created),
        "answers": dict(seen.statuses),
        "no answer": seen.no_answer,
        "longest page": f"{seen.longest:.1f} s {seen.longest_page}",
        **more,
    }
    print(f"\n{name}: {facts}")  # noqa: T201  (the figures of docs/RELIABILITY.md)


# ------------------------------------------------------------------ kill -9
class Killer:
    """Ends one part after the other, at random moments or in the middle of something."""

    def __init__(self, rig: Rig, at_work: Crowd, chance: random.Random) -> None:
        self.rig, self.at_work, self.chance = rig, at_work, chance
        self.crashes = 0
        self.kills: Counter[str] = Counter()
        self.kinds: dict[str, Callable[[], int]] = {
            "web worker in a create": self.in_a_create,
            "web, master and workers": lambda: self.whole("web"),
            "mail child in a hand-over": self.in_a_hand_over,
            "mail parent and children": lambda: self.whole("worker-mail"),
            "PDF child in a document": self.in_a_document,
            "beat": lambda: self.whole("beat"),
            "PostgreSQL back-end": lambda: 2 * self.rig.kill_back_end(self.chance),
            "PostgreSQL, all of it": lambda: self.whole("postgres") and 2,
            # by night
            "web master alone": lambda: self.parent("web"),
            "mail child": lambda: self.rig.kill_child("worker-mail", self.chance) or 0,
            "mail parent alone": lambda: self.parent("worker-mail"),
            "PDF parent and child": lambda: self.whole("worker-pdf"),
        }
        """What is killed → how many workers may have had a letter in hand then."""

    def whole(self, name: str) -> int:
        children = len(self.rig.children(name))
        self.rig.kill(name)
        return children

    def parent(self, name: str) -> int:
        children = len(self.rig.children(name))
        self.rig.kill_parent(name)
        return children

    def in_a_create(self) -> int:
        submits = self.at_work.seen.submits
        submits.clear()
        self.rig.wait_until(submits.is_set, "nobody submits")
        time.sleep(self.chance.uniform(0, 0.1))
        return int(self.rig.kill_child("web", self.chance))

    def in_a_hand_over(self) -> int:
        """The letter is taken, its worker ends before it can say so."""
        server = self.rig.mailbox.server
        server.dawdles_over.clear()
        server.mode = "dawdles"
        self.rig.wait_until(server.dawdles_over.is_set, "no letter comes")
        server.mode = "accepts"
        children = self.rig.children("worker-mail")
        return sum(kill(child) for child in children)

    def in_a_document(self) -> int:
        self.rig.wait_until(lambda: self.rig.is_claimed("PDF"), "no receipt is made")
        time.sleep(self.chance.uniform(0, 0.2))
        self.rig.kill_child("worker-pdf", self.chance)
        return 0

    def kill(self, kind: str) -> float:
        """Kill, and wait until a create that came later is acknowledged; how long it took."""
        self.crashes += int(self.kinds[kind]())
        self.kills[kind] += 1
        killed_at = time.monotonic()
        made = self.at_work.seen.created_at
        self.rig.wait_until(
            lambda: bool(made) and made[-1] > killed_at + 0.05, f"{kind}: no create"
        )
        return time.monotonic() - killed_at


def test_parts_are_killed_under_load(rig: Rig, amount: Amount, box: Mailbox) -> None:
    """R1, N3: kill -9 of every part, at random moments and in the middle of what it does."""
    before = extra_copies(box)
    slowest: dict[str, float] = {}
    with crowd(rig, people=3, pause=0.2) as at_work:
        rig.wait_until(lambda: bool(at_work.seen.created), "nothing was created")
        killer = Killer(rig, at_work, chance_for("kill -9"))
        kinds = list(killer.kinds)[: amount(8, 12)]
        killer.chance.shuffle(kinds)
        for turn in range(amount(8, 200)):
            kind = kinds[turn] if turn < len(kinds) else killer.chance.choice(kinds)
            slowest[kind] = max(slowest.get(kind, 0), killer.kill(kind))
            rig.go_on(killer.chance.uniform(0, 0.8))
    mailed = rig.settle("MAIL")
    settled = rig.settle()
    report(
        "kill -9",
        at_work.seen,
        kills=killer.kills.total(),
        crashes=killer.crashes,
        mailed=f"{mailed:.1f} s",
        settled=f"{settled:.1f} s",
        extra_copies=extra_copies(box) - before,
        slowest={kind: f"{killer.kills[kind]} × {took:.1f} s" for kind, took in slowest.items()},
        mended=Counter(rig.mended),
    )
    assert_nothing_lost(rig, at_work.seen, copies=before + killer.crashes)


# ------------------------------------------------------------------ Redis
class Away:
    """What may happen to Redis while everybody goes on working."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.client = redis.Redis.from_url(rig.product.environment["REDIS_URL"])

    @contextmanager
    def flushed(self) -> Iterator[None]:
        self.client.flushall()
        yield
        self.client.flushall()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.rig.paused.add("valkey")
        self.rig.part("valkey").stop()
        yield
        self.rig.paused.discard("valkey")

    @contextmanager
    def killed(self) -> Iterator[None]:
        self.rig.kill("valkey")
        yield

    @contextmanager
    def hung(self) -> Iterator[None]:
        with stopped(self.rig.part("valkey").running.pid):
            yield

    @contextmanager
    def full(self) -> Iterator[None]:
        self.client.config_set("maxmemory", "1")
        yield
        self.client.config_set("maxmemory", "0")


def test_redis_is_only_a_wake_up(rig: Rig, amount: Amount, box: Mailbox) -> None:
    """R2: flushed, stopped, hung, killed, full: pages and writes go on, mail comes later."""
    recovered: dict[str, float] = {}
    before = extra_copies(box)
    with crowd(rig, people=2, pause=0.5) as at_work:
        away = Away(rig)
        seen = at_work.seen
        for _ in range(amount(1, 4)):
            for name in ("flushed", "stopped", "hung", "killed", "full")[: amount(3, 5)]:
                with getattr(away, name)():
                    began = time.monotonic()
                    rig.wait_until(partial(seen.has_created_since, began), f"{name}: no create")
                    rig.go_on(amount(1, 15))
                at = rig.ask("SELECT now()")[0][0]
                took = rig.wait_until(partial(rig.is_paid, "MAIL", at), f"{name}: not paid")
                recovered[name] = max(recovered.get(name, 0), took)
    report(
        "Redis",
        at_work.seen,
        recovered={name: f"{took:.1f} s" for name, took in recovered.items()},
        extra_copies=extra_copies(box) - before,
    )
    assert at_work.seen.statuses[503] == 0
    assert at_work.seen.no_answer == 0
    assert at_work.seen.longest < LONGEST_PAGE
    assert max(recovered.values()) < SECONDS
    assert_nothing_lost(rig, at_work.seen, copies=before)


def test_two_beats_do_no_harm(rig: Rig, box: Mailbox, tmp_path: Path) -> None:
    """T3: each letter goes out once, whoever ticks."""
    before = extra_copies(box)
    second = [*rig.command_of("beat"), "-s", str(tmp_path / "second.db")]
    with crowd(rig, people=2, pause=0.3) as at_work, (tmp_path / "log").open("wb") as log:
        beat = Process("beat 2", second, environment=rig.product.environment, folder=ROOT, log=log)
        try:
            rig.go_on(5)
        finally:
            beat.stop()
    assert_nothing_lost(rig, at_work.seen, copies=before)


# ------------------------------------------------------------------ the mail server
def test_a_bad_mail_server_delays_and_never_loses(rig: Rig, amount: Amount, box: Mailbox) -> None:
    """R3, N2, N3, COM4: refusing, hanging, greylisting, rejecting, dropping after the text."""
    seen, before = Seen(), extra_copies(box)
    browser = Browser(rig, rig.cast["people"][0], seen)
    browser.sign_in()
    waits = {each: next_account() for each in ("hung", "refused")}
    box.server.mode = "hangs"
    made = {"hung": create(browser, waits["hung"])}
    rig.go_on(amount(1, 45))  # by night for longer than a worker waits
    assert state_of(rig, made["hung"]) == "QUEUED"
    box.take_away()
    made["refused"] = create(browser, waits["refused"])
    rig.wait_until(lambda: error_of(rig, made["refused"]) != "", "refused: no attempt")
    box.put_back()
    habits = ("greylists", "drops", "rejects", "rejects_text", "accepts")
    numbers = {habit: next_account() for habit in habits}
    for habit, number in numbers.items():
        box.server.habits[f"consumer{number}@example.com"] = [habit]
        made[habit] = create(browser, number)
    failed = {"rejects", "rejects_text"}
    took = rig.settle()
    for habit, case in made.items():
        assert state_of(rig, case) == ("FAILED" if habit in failed else "SENT"), habit
    copies = {habit: copies_to(box, number) for habit, number in numbers.items()}
    assert copies == {"greylists": 1, "drops": 2, "rejects": 0, "rejects_text": 0, "accepts": 1}
    assert [copies_to(box, number) for number in waits.values()] == [1, 1]
    supervisor = Browser(rig, "supervisor", seen)
    supervisor.sign_in()
    for habit in failed:  # visible, with Retry beside it, and Retry works
        page = supervisor.insist(f"{LIST}{made[habit]}/communication").text
        assert "Not delivered" in page
        retry = re.findall(r'action="(/messages/\d+/retry)"', page)
        assert len(retry) == 1
        assert supervisor.insist(retry[0], {}).status_code == 302
        rig.wait_until(partial(is_sent, rig, made[habit]), "Retry: not sent")
        assert copies_to(box, numbers[habit]) == 1
    report("mail server", seen, settled=f"{took:.1f} s")
    assert seen.statuses[503] == 0
    assert_nothing_lost(rig, seen, copies=before + copies["drops"] - 1)


def create(browser: Browser, number: int) -> str:
    made = browser.create(f"ACC-{number:06d}")
    assert made is not None, browser.seen.odd
    return made


def state_of(rig: Rig, number: str) -> str:
    """What became of a request's letter."""
    found = rig.ask(
        "SELECT d.state FROM comms_delivery d JOIN comms_message m ON m.id = d.message_id"
        " JOIN cases_case k ON k.id = m.case_id WHERE k.number = %s",
        [number],
    )
    return str(found[0][0])


def is_sent(rig: Rig, number: str) -> bool:
    return state_of(rig, number) == "SENT"


def error_of(rig: Rig, number: str) -> str:
    """Why the last attempt to deliver it failed."""
    found = rig.ask(
        "SELECT w.last_error FROM owed_owedwork w JOIN comms_message m"
        " ON (w.about ->> 'message')::bigint = m.id JOIN cases_case k ON k.id = m.case_id"
        " WHERE w.kind = 'comms.deliver' AND k.number = %s",
        [number],
    )
    return str(found[0][0])


def copies_to(box: Mailbox, number: int) -> int:
    """How many letters came for a consumer."""
    address = f"consumer{number}@example.com"
    return sum(letter["To"] == address for letter in list(box.server.letters))


# ------------------------------------------------------------------ the disk
def test_a_full_disk_is_told_and_mended_by_retry(rig: Rig, box: Mailbox) -> None:
    """R3, bad-inputs.md 130: no row, no half file, the page says so; Retry gives the receipt."""
    seen, before = Seen(), extra_copies(box)
    browser = Browser(rig, rig.cast["people"][0], seen)
    browser.sign_in()
    media = Path(rig.product.environment["STATE_DIR"]) / "media"
    create(browser, next_account())
    rig.settle()
    files, rows = files_in(media), stored_files(rig)
    with no_room(rig, "worker-pdf"):
        made = create(browser, next_account())
        receipt = f"{LIST}{made}/receipt.pdf"
        rig.wait_until(lambda: receipt_work(rig, made)[1] == "UnableToStore", "the disk had room")
        assert browser.insist(receipt).status_code == 202
        # The waits between the attempts are half an hour in all: let them have passed.
        key = f"receipt:{made}"
        rig.tell(
            "UPDATE owed_owedwork SET attempts = 7, next_at = now() WHERE dedupe_key = %s", [key]
        )
        rig.wait_until(lambda: receipt_work(rig, made)[0] == "FAILED", "it was never given up")
        page = browser.insist(receipt)
        assert "The receipt could not be made." in page.text
        assert stored_files(rig) == rows
        assert files_in(media) == files
        for path in (*PAGES, f"{LIST}{made}", f"{LIST}{made}/receipt"):
            assert browser.insist(path).status_code == 200, path
    retry = re.findall(rf'action="({LIST}{made}/receipt/retry)"', page.text)
    assert browser.insist(retry[0], {}).status_code == 302
    took = rig.wait_until(
        lambda: browser.insist(receipt).headers["Content-Type"] == "application/pdf",
        "Retry gave no receipt",
    )
    report("disk full", seen, retry=f"{took:.1f} s")
    assert seen.statuses[503] == 0
    assert_nothing_lost(rig, seen, copies=before)


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def stored_files(rig: Rig) -> int:
    return int(rig.ask("SELECT count(*) FROM documents_storedfile")[0][0])


def receipt_work(rig: Rig, number: str) -> tuple[str, str]:
    found = rig.ask(
        "SELECT state, last_error FROM owed_owedwork WHERE dedupe_key = %s", [f"receipt:{number}"]
    )
    return str(found[0][0]), str(found[0][1])


# ------------------------------------------------------------------ the database
def test_pages_say_that_the_database_is_away(rig: Rig, amount: Amount, box: Mailbox) -> None:
    """R1: stopped at once under load and started again; 503 in words meanwhile, nothing lost."""
    pauses, in_hand, before = [], 0, extra_copies(box)
    with crowd(rig, people=3) as at_work:
        rig.wait_until(lambda: bool(at_work.seen.created), "nothing was created")
        for _ in range(amount(1, 20)):
            rig.paused.add("postgres")
            in_hand += letters_in_hand(rig)
            rig.part("postgres").running.send_signal(signal.SIGQUIT)  # immediate: no farewell
            rig.wait_until(lambda: rig.part("postgres").has_ended, "PostgreSQL did not stop")
            reader = Browser(rig, "nobody", Seen())
            page = reader.send("/sign-in")
            assert page is not None
            assert page.status_code == 503
            assert "cannot reach its database right now" in page.text
            assert "Retry-After" in page.headers
            rig.go_on(2)
            rig.paused.discard("postgres")
            rig.wait_until(rig.answers, "PostgreSQL did not come back")
            back = time.monotonic()
            rig.wait_until(partial(at_work.seen.has_created_since, back), "no create afterwards")
            pauses.append(time.monotonic() - back)
            rig.go_on(1)
    report("database stopped", at_work.seen, recovered=f"{max(pauses):.1f} s")
    assert at_work.seen.longest < LONGEST_PAGE
    assert max(pauses) < SECONDS
    assert_nothing_lost(rig, at_work.seen, copies=before + in_hand)


def test_no_connection_is_left(rig: Rig, box: Mailbox) -> None:
    """The server takes no more connections: pages go on or say so, and all is well afterwards."""
    before = extra_copies(box)
    with crowd(rig, people=3) as at_work:
        rig.wait_until(lambda: bool(at_work.seen.created), "nothing was created")
        in_hand = letters_in_hand(rig)
        rig.tell("ALTER ROLE smart360_app CONNECTION LIMIT 1")
        rig.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [APP])
        rig.go_on(3)
        rig.tell("ALTER ROLE smart360_app CONNECTION LIMIT -1")
        freed = time.monotonic()
        took = rig.wait_until(
            partial(at_work.seen.has_created_since, freed), "no create afterwards"
        )
    report("no connection left", at_work.seen, recovered=f"{took:.1f} s")
    assert at_work.seen.longest < LONGEST_PAGE
    assert_nothing_lost(rig, at_work.seen, copies=before + in_hand)


def test_a_row_that_somebody_holds_is_told_in_words(rig: Rig, box: Mailbox) -> None:
    """A consumer's row is locked for longer than a statement waits: 409 in time, no harm."""
    seen, before = Seen(), extra_copies(box)
    browser = Browser(rig, rig.cast["people"][0], seen)
    browser.sign_in()
    number = next_account()
    account = f"ACC-{number:06d}"
    with psycopg.connect(rig.superuser) as holder:
        holder.execute(
            "SELECT 1 FROM consumers_consumer WHERE account_number = %s FOR UPDATE", [account]
        )
        began = time.monotonic()
        answer = browser.send(f"{NEW}/consumer", {"account": account, "fresh": "1"})
        took = time.monotonic() - began
        assert answer is not None
        assert answer.status_code == 409
        assert "Somebody else is working on this right now." in answer.text
        assert took < TOLD_IN
        holder.rollback()
    create(browser, number)
    report("row held", seen, waited=f"{took:.1f} s")
    assert seen.statuses[503] == 0
    assert_nothing_lost(rig, seen, copies=before)
