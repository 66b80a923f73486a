"""Who is sent: by area, skill and free minutes; the most free, then the lowest key (SO3)."""

from hypothesis import given
from hypothesis import strategies as st

from smart360.fieldwork.rules import (
    Candidate,
    OrderNumber,
    TemplateTerms,
    can_do,
    chosen,
    fitness,
    kind_is_offered,
    order_name,
    read_number,
    template_fits,
)

AREAS = ("", "North", "South")
SKILLS = (1, 2, 3)
people = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 12),
        areas=st.frozensets(st.sampled_from(AREAS[1:])),
        skills=st.frozensets(st.sampled_from(SKILLS)),
        free=st.integers(0, 480),
    ),
    max_size=12,
    unique_by=lambda each: each.key,
)
wishes = st.tuples(st.sampled_from(AREAS), st.sampled_from((None, *SKILLS)), st.integers(1, 480))


@given(people, wishes, st.randoms())
def test_the_choice(candidates: list[Candidate], wish: tuple[str, int | None, int], chance) -> None:  # type: ignore[no-untyped-def]
    area, skill, minutes = wish
    who = chosen(candidates, area=area, skill=skill, minutes=minutes)
    able = [
        each
        for each in candidates
        if (not each.areas or area in each.areas)
        and (skill is None or skill in each.skills)
        and each.free >= minutes
    ]
    # nobody is sent only when nobody can come
    assert (who is None) == (not able)
    # the order in which they are given changes nothing
    shuffled = list(candidates)
    chance.shuffle(shuffled)
    assert chosen(shuffled, area=area, skill=skill, minutes=minutes) == who
    if who is None:
        return
    (sent,) = [each for each in able if each.key == who]
    # nobody who can come has more time, and of those with as much nobody a lower key
    assert all((each.free, -each.key) <= (sent.free, -sent.key) for each in able)


@given(people, wishes)
def test_one_who_cannot_come_changes_nothing(
    candidates: list[Candidate], wish: tuple[str, int | None, int]
) -> None:
    area, skill, minutes = wish
    fit = [each for each in candidates if can_do(each, area=area, skill=skill)]
    asked = {"area": area, "skill": skill, "minutes": minutes}
    assert chosen(candidates, **asked) == chosen(fit, **asked)  # type: ignore[arg-type]  # as named


# ------------------------------------------------------------------ numbers
def test_numbers_long_and_short() -> None:
    assert read_number("SO-2024-005678") == OrderNumber(2024, 5678)
    for short in ("SO-5678", "5678", " so-5678 ", "SO5678", "005678"):
        assert read_number(short) == OrderNumber(None, 5678)
    for wrong in (
        "",
        "SO-",
        "DIS-2024-001234",
        "٥٦٧٨",
        "SO-2024-00-1",
        "0",
        "SO-2024-000000",
        "1" * 40,
    ):
        assert read_number(wrong) is None


@given(st.text())
def test_whatever_is_typed_is_read_or_not(text: str) -> None:
    found = read_number(text)
    assert found is None or found.serial > 0


def test_a_short_number_means_one_of_any_year() -> None:
    assert OrderNumber(None, 7).among([2023, 2024]) == ["SO-2024-000007", "SO-2023-000007"]
    assert OrderNumber(2021, 7).among([2023, 2024]) == ["SO-2021-000007"]


# ------------------------------------------------------------------ templates
def test_templates_by_utilities_and_category() -> None:
    everybody = TemplateTerms(frozenset(), frozenset())
    water = TemplateTerms(frozenset({"WATER"}), frozenset())
    firms = TemplateTerms(frozenset(), frozenset({2}))
    assert template_fits(everybody, utilities=(), category=1)
    assert not template_fits(water, utilities=(), category=1)
    assert not template_fits(water, utilities={"GAS"}, category=1)
    assert template_fits(water, utilities={"GAS", "WATER"}, category=1)
    assert template_fits(firms, utilities={"GAS"}, category=2)
    assert not template_fits(firms, utilities={"GAS"}, category=1)


def test_what_does_all_of_it_comes_first() -> None:
    everybody = TemplateTerms(frozenset(), frozenset())
    water = TemplateTerms(frozenset({"WATER"}), frozenset())
    both = {"WATER", "GAS"}
    assert min([water, everybody], key=lambda t: fitness(t, utilities=both)) == everybody
    assert min([everybody, water], key=lambda t: fitness(t, utilities={"WATER"})) == water


def test_supply_changes_by_its_request_only() -> None:
    assert kind_is_offered("DISCONNECTION", case_kind="DISCONNECTION")
    assert not kind_is_offered("DISCONNECTION", case_kind="RECONNECTION")
    assert not kind_is_offered("RECONNECTION", case_kind=None)
    assert kind_is_offered("REPAIR", case_kind=None)


def test_names() -> None:
    assert order_name("Repair", "Cher") == "Repair - Cher"
    assert order_name("Repair", "John Michael Smith") == "Repair - John Smith"
    assert len(order_name("R" * 79, "John Smith")) <= 80
