"""Tariffs and the policy in Django admin: refused at the field, sealed by the first invoice."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import zeal
from django.db import DatabaseError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from billing.admin import FIRST_SLAB, SAME_SLAB
from billing.models import BillingPolicy, Tariff, TariffSlab
from billing.queries.cycles import rates_of
from consumers.choices import UtilityType
from consumers.models import Category, Consumer
from smart360.kernel.db import operation
from smart360.staff.choices import Role
from smart360.web.formats import shown_date
from tests.billing.rates import make_tariff
from tests.billing.test_run_billing import DECEMBER, run_cycle

__all__ = ["run_cycle"]
pytestmark = [pytest.mark.django_db(transaction=True)]
TARIFFS = "/admin/billing/tariff/"
ClientAs = Callable[..., Client]


@pytest.fixture
def admin(client_as: ClientAs, utility: object, stands: Any) -> Client:
    return client_as(Role.ADMIN)


def fields(category: Category, **more: str) -> dict[str, str]:
    """What the form of a tariff with one slab and one tax sends."""
    return {
        "name": "Residential 2025",
        "utility_type": "ELECTRICITY",
        "category": str(category.pk),
        "begins_on": "2025-01-01",
        "last_on": "",
        "fixed_charge": "12.50",
        "slabs-TOTAL_FORMS": "1",
        "slabs-INITIAL_FORMS": "0",
        "slabs-0-above": "0",
        "slabs-0-rate": "0.123456",
        "taxes-TOTAL_FORMS": "1",
        "taxes-INITIAL_FORMS": "0",
        "taxes-0-name": "Sales tax",
        "taxes-0-percent": "7",
        "taxes-0-is_on_fixed": "on",
        "taxes-0-is_on_usage": "on",
    } | more


def test_adds_a_tariff_with_slabs_and_taxes(admin: Client) -> None:
    category = Category.objects.create(name="Residential")
    answer = admin.post(f"{TARIFFS}add/", fields(category, last_on="2025-12-31"))
    assert answer.status_code == 302, answer.content.decode()
    tariff = Tariff.objects.get()
    assert (tariff.valid.lower, tariff.valid.upper) == (date(2025, 1, 1), date(2026, 1, 1))
    assert tariff.slabs.get().rate == Decimal("0.123456")
    assert tariff.taxes.get().percent == 7
    history = admin.get(f"{TARIFFS}{tariff.pk}/history/").content.decode()
    assert "Added tariff slab" in history
    assert "Residential 2025" in admin.get(TARIFFS).content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"fixed_charge": "NaN"}, "Enter a number."),
        ({"fixed_charge": "Infinity"}, "Enter a number."),
        ({"fixed_charge": "1e3"}, "Enter a number."),
        ({"fixed_charge": "-0.01"}, "Enter a number from 0.00 to 9999999.99."),
        ({"fixed_charge": "10000000.00"}, "Enter a number from 0.00 to 9999999.99."),
        ({"fixed_charge": "1.234"}, "Ensure that there are no more than 2 decimal places."),
        ({"begins_on": "1/2/25"}, "Enter a valid date"),
        ({"begins_on": ""}, "This field is required."),
        ({"last_on": "2024-12-31"}, "The last day lies before the first."),
        ({"begins_on": "9999-12-31"}, "Enter a valid date from 1900 to 2199."),
        ({"begins_on": "0025-01-01"}, "Enter a valid date from 1900 to 2199."),
        ({"last_on": "9999-12-31"}, "Enter a valid date from 1900 to 2199."),
        ({"slabs-0-above": "-1"}, "Enter a number from 0.000 to 99999999.999."),
        ({"slabs-0-rate": "NaN"}, "Enter a number."),
        ({"slabs-0-rate": "-0.1"}, "Enter a number from 0.000000 to 99999.999999."),
        ({"slabs-0-rate": "0.1234567"}, "no more than 6 decimal places"),
        ({"taxes-0-percent": "100.001"}, "Enter a number from 0.000 to 100.000."),
        ({"taxes-0-percent": "-7"}, "Enter a number from 0.000 to 100.000."),
    ],
)
def test_a_wrong_tariff_is_refused_at_its_field(
    admin: Client, wrong: dict[str, str], sentence: str
) -> None:
    category = Category.objects.create(name="Residential")
    answer = admin.post(f"{TARIFFS}add/", fields(category, **wrong))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Tariff.objects.exists()


def test_a_tax_is_on_something(admin: Client) -> None:
    data = fields(Category.objects.create(name="Residential"))
    del data["taxes-0-is_on_fixed"], data["taxes-0-is_on_usage"]
    answer = admin.post(f"{TARIFFS}add/", data)
    assert "Say what the tax is on." in answer.content.decode()
    assert not Tariff.objects.exists()


@pytest.mark.parametrize("begins_on", ["2024-12-31", "2025-01-01", "2023-12-31"])
def test_an_overlap_is_told_beside_the_first_day(admin: Client, begins_on: str) -> None:
    other = make_tariff(until=date(2025, 7, 1))
    answer = admin.post(f"{TARIFFS}add/", fields(other.category, begins_on=begins_on))
    assert answer.status_code == 200
    assert (
        f"{other.name} is valid from {shown_date(date(2024, 1, 1))} on." in answer.content.decode()
    )
    assert Tariff.objects.get() == other


def test_another_category_may_have_the_same_days(admin: Client) -> None:
    make_tariff()
    answer = admin.post(f"{TARIFFS}add/", fields(Category.objects.create(name="Industrial")))
    assert answer.status_code == 302
    assert Tariff.objects.count() == 2


# ------------------------------------------------------------------ once it was used
@pytest.fixture
def used(make_consumer: Callable[..., Consumer], run_cycle: Callable[..., Any]) -> Tariff:
    tariff = make_tariff()
    make_consumer()
    run_cycle(DECEMBER)
    return tariff


def test_a_used_tariff_only_ends(admin: Client, used: Tariff) -> None:
    page = admin.get(f"{TARIFFS}{used.pk}/change/").content.decode()
    assert 'name="last_on"' in page
    for name in ("fixed_charge", "begins_on", "slabs-0-rate", "taxes-0-percent"):
        assert f'name="{name}"' not in page
    change = fields(used.category, fixed_charge="1.00", last_on="2025-06-30")
    assert admin.post(f"{TARIFFS}{used.pk}/change/", change).status_code == 302
    used.refresh_from_db()
    assert (used.fixed_charge, used.valid.upper) == (Decimal("12.50"), date(2025, 7, 1))
    assert list(used.slabs.values_list("rate", flat=True)) == [Decimal("0.10"), Decimal("0.15")]


def test_it_does_not_end_before_what_was_billed(admin: Client, used: Tariff) -> None:
    answer = admin.post(f"{TARIFFS}{used.pk}/change/", fields(used.category, last_on="2024-12-30"))
    assert "Bills were made by it for days after this one." in answer.content.decode()
    used.refresh_from_db()
    assert used.valid.upper is None


def copy(admin: Client, *tariffs: Tariff) -> Any:
    chosen = [str(tariff.pk) for tariff in tariffs]
    return admin.post(TARIFFS, {"action": "copy_versions", "_selected_action": chosen})


def test_a_copy_begins_next_month_and_may_be_changed(
    admin: Client, used: Tariff, stands: Any
) -> None:
    stands.go_on(days=30)  # January 9, 2025
    answer = copy(admin, used)
    new = Tariff.objects.exclude(pk=used.pk).get()
    assert answer["Location"] == f"{TARIFFS}{new.pk}/change/"
    used.refresh_from_db()
    assert (used.valid.upper, new.valid.lower, new.valid.upper) == (
        date(2025, 2, 1),
        date(2025, 2, 1),
        None,
    )
    assert new.name.endswith(", from 2025-02-01")
    assert list(new.slabs.order_by("above").values_list("above", "rate")) == list(
        used.slabs.order_by("above").values_list("above", "rate")
    )
    page = admin.get(f"{TARIFFS}{new.pk}/change/").content.decode()
    assert 'name="fixed_charge"' in page
    slab = TariffSlab.objects.filter(tariff=new).earliest("above")
    slab.rate = Decimal("0.20")
    slab.save(update_fields=["rate"])


def test_no_copy_where_bills_were_made_already(admin: Client, used: Tariff, stands: Any) -> None:
    stands.go_on(days=-40)  # October 31, 2024: the copy would begin in November
    answer = copy(admin, used)
    assert answer.status_code == 302
    assert "bills were made by it" in admin.get(TARIFFS).content.decode()
    assert Tariff.objects.get() == used


def test_no_copy_where_the_next_version_stands(admin: Client, utility: object) -> None:
    old = make_tariff(until=date(2025, 1, 1))
    new = make_tariff(from_on=date(2025, 1, 1))
    copy(admin, old)
    assert "is valid from" in admin.get(TARIFFS).content.decode()
    assert list(Tariff.objects.order_by("valid")) == [old, new]
    old.refresh_from_db()
    assert old.valid == DateRange(date(2024, 1, 1), date(2025, 1, 1))


# ------------------------------------------------------------------ the policy
POLICY = {
    "days_to_pay": "20",
    "two_people_from": "250.00",
    "refund_two_people_from": "50.00",
    "largest_payment": "9999999999.99",
    "deposit_interest": "0",
    "unusual_from": "10",
}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"days_to_pay": "0"}, "Enter a number from 1 to 365."),
        ({"days_to_pay": "366"}, "Enter a number from 1 to 365."),
        ({"days_to_pay": "1_0"}, "Enter a whole number."),
        ({"two_people_from": "NaN"}, "Enter a number."),
        ({"refund_two_people_from": "-1"}, "Enter a number from 0.00 to 9999999999.99."),
        ({"largest_payment": "0"}, "Enter a number from 0.01 to 9999999999.99."),
        ({"deposit_interest": "101"}, "Enter a number from 0.000 to 100.000."),
        ({"unusual_from": "1"}, "Enter a number from 2 to 1000."),
    ],
)
def test_a_wrong_policy_is_refused_at_its_field(
    admin: Client, wrong: dict[str, str], sentence: str
) -> None:
    answer = admin.post("/admin/billing/billingpolicy/1/change/", POLICY | wrong)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()


def test_the_policy_is_changed_and_its_history_shown(admin: Client) -> None:
    address = "/admin/billing/billingpolicy/1/change/"
    assert admin.post(address, POLICY | {"days_to_pay": "14"}).status_code == 302
    assert BillingPolicy.objects.get().days_to_pay == 14
    assert "14" in admin.get("/admin/billing/billingpolicy/1/history/").content.decode()
    assert admin.get("/admin/billing/billingpolicy/add/").status_code == 403


# ------------------------------------------------------------------ slabs
def slabs(*bounds: str, rate: str = "0.10") -> dict[str, str]:
    """The slabs that a form sends, in this order."""
    sent = {"slabs-TOTAL_FORMS": str(len(bounds))}
    for row, bound in enumerate(bounds):
        sent |= {f"slabs-{row}-above": bound, f"slabs-{row}-rate": rate}
    return sent


def errors_at(answer: Any, row: int) -> list[str]:
    """What stands beside the bound of a slab."""
    formset = answer.context["inline_admin_formsets"][0].formset
    return list(formset.forms[row].errors.get("above", []))


@pytest.mark.parametrize(("bounds", "row"), [(("1",), 0), (("500", "200"), 1), (("0.001",), 0)])
def test_the_first_slab_begins_at_nothing(admin: Client, bounds: tuple[str, ...], row: int) -> None:
    """Else the first units would be free, and nobody would have said so."""
    category = Category.objects.create(name="Residential")
    answer = admin.post(f"{TARIFFS}add/", fields(category, **slabs(*bounds)))
    assert answer.status_code == 200
    assert errors_at(answer, row) == [FIRST_SLAB]
    assert FIRST_SLAB in answer.content.decode()
    assert not Tariff.objects.exists()


def test_slabs_that_begin_together_are_told_beside_the_bound(admin: Client) -> None:
    category = Category.objects.create(name="Residential")
    answer = admin.post(f"{TARIFFS}add/", fields(category, **slabs("0", "200.5", "200.500")))
    assert answer.status_code == 200
    assert sorted(errors_at(answer, 1) + errors_at(answer, 2)) == [SAME_SLAB]
    assert not Tariff.objects.exists()


def test_slabs_may_be_typed_in_any_order(admin: Client) -> None:
    """A slab ends where the next begins: their order is their bounds'."""
    category = Category.objects.create(name="Residential")
    answer = admin.post(f"{TARIFFS}add/", fields(category, **slabs("500", "0", "200")))
    assert answer.status_code == 302
    tariff = Tariff.objects.get()
    assert [slab.above for slab in rates_of(tariff).slabs] == [0, 200, 500]


def test_a_tariff_needs_no_slab(admin: Client) -> None:
    category = Category.objects.create(name="Residential")
    answer = admin.post(f"{TARIFFS}add/", fields(category, **slabs()))
    assert answer.status_code == 302


@pytest.mark.parametrize("how", ["removed", "raised"])
def test_the_first_slab_is_not_taken_away_alone(admin: Client, how: str) -> None:
    tariff = make_tariff()
    first, second = tariff.slabs.order_by("above")
    sent = fields(tariff.category, begins_on="2024-01-01") | {
        "slabs-TOTAL_FORMS": "2",
        "slabs-INITIAL_FORMS": "2",
        "slabs-0-id": str(first.pk), "slabs-0-above": "0", "slabs-0-rate": "0.1",
        "slabs-1-id": str(second.pk), "slabs-1-above": "200", "slabs-1-rate": "0.15",
        "taxes-TOTAL_FORMS": "0",
    }  # fmt: skip
    sent |= {"slabs-0-DELETE": "on"} if how == "removed" else {"slabs-0-above": "100"}
    with zeal.zeal_ignore([{"model": "billing.TariffSlab", "field": "get()"}]):  # Django's, per row
        answer = admin.post(f"{TARIFFS}{tariff.pk}/change/", sent)
    assert answer.status_code == 200
    assert errors_at(answer, 1 if how == "removed" else 0) == [FIRST_SLAB]
    assert tariff.slabs.filter(above=0).exists()


def test_the_database_refuses_a_slab_without_the_first() -> None:
    tariff = make_tariff()
    with pytest.raises(DatabaseError, match="the first slab of a tariff begins at 0"):
        tariff.slabs.filter(above=0).delete()
    with pytest.raises(DatabaseError, match="the first slab of a tariff begins at 0"):
        tariff.slabs.filter(above=0).update(above=1)
    other = make_tariff(UtilityType.WATER, slabs=())
    with pytest.raises(DatabaseError, match="the first slab of a tariff begins at 0"):
        TariffSlab.objects.create(tariff=other, above=10, rate=1)


@operation
def add_slabs(tariff: Tariff, *bounds: int) -> None:
    for bound in bounds:
        TariffSlab.objects.create(tariff=tariff, above=bound, rate=1)


def test_the_control_slabs_may_come_in_any_order_if_they_are_whole_in_the_end() -> None:
    other = make_tariff(UtilityType.WATER, slabs=())
    add_slabs(other, 10, 0)
    assert sorted(other.slabs.values_list("above", flat=True)) == [0, 10]
    other.slabs.all().delete()
    assert not other.slabs.exists()
