"""One migrated database that each test process copies: ``python -m tests.template`` makes it.

To migrate takes ten seconds and more, and every process of the suite would do it.
"""

import django
from django.db import connection


def make() -> None:
    """Make the database that the settings name as template, migrated, with nobody connected."""
    of_tests = connection.settings_dict["TEST"]
    of_tests["NAME"], of_tests["TEMPLATE"] = of_tests["TEMPLATE"], None
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()


if __name__ == "__main__":
    django.setup()
    make()
