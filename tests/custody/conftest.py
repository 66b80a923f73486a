"""What imports begin with: known categories, and files to write."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

from consumers.models import Category, Subcategory
from smart360.organisation.models import Utility
from tests.custody.files import Values, WriteFile


@pytest.fixture(autouse=True)
def known(utility: Utility) -> None:
    """The categories that an administrator has made before an import."""
    residential = Category.objects.create(name="Residential")
    Subcategory.objects.create(category=residential, name="Standard")
    Subcategory.objects.create(category=Category.objects.create(name="Commercial"), name="Shop")


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Write a file: ``write([row, row])``."""

    def write_file(
        rows: Iterable[Values],
        *,
        delimiter: str = ",",
        encoding: str = "utf-8",
        name: str = "a.csv",
    ) -> Path:
        rows = list(rows)
        path = tmp_path / name
        with path.open("w", newline="", encoding=encoding) as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write_file
