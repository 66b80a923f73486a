"""The counts and the figures, which are the same for everybody who may see the list."""

import pytest

from disconnections.queries.requests import requests_seen_by
from smart360.cases.access import visible_cases
from smart360.cases.models import Case
from smart360.staff.choices import Role
from smart360.staff.permissions import Permission
from tests.conftest import MakePerson


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_who_may_see_the_list_may_see_every_case(person: MakePerson, role: Role) -> None:
    """X2: ``count_requests`` and ``list_figures`` count past the door, for it hides nothing.

    As soon as it shows somebody only some cases, both must ask it, or they tell of the others.
    """
    somebody = person(role)
    if somebody.has_permission(Permission.VIEW_REQUESTS):
        assert str(visible_cases(somebody).query) == str(Case.objects.all().query)
    else:
        assert visible_cases(somebody).query.is_empty()
        assert requests_seen_by(somebody).query.is_empty()
