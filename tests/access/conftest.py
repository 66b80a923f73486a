"""Worlds for the tests of access."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.access.world import Worlds
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock


@pytest.fixture
def worlds(
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    make_complaint: MakeComplaint,
    person: MakePerson,
    client_as: Callable[..., Client],
    stands: SetClock,
    at: datetime,
    settings: Any,
    tmp_path: Path,
) -> Worlds:
    """Makes what a visitor finds: ``worlds.of(Role.CSE)``."""
    settings.MEDIA_ROOT = tmp_path
    return Worlds(make_consumer, make_request, make_complaint, person, client_as, at)
