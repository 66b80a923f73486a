"""``manage.py grant_rights``: give the application's database role exactly its rights."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from smart360.kernel.rights import NEVER_SILENT, append_only_tables, removable_tables


class Command(BaseCommand):
    """Run by the owner after every ``migrate``; repeating it changes nothing."""

    help = "Grant the application's role its rights: to add everywhere, to remove where it must."

    def add_arguments(self, parser: CommandParser) -> None:
        """The role's name, if it is not the one of DATABASE_URL."""
        parser.add_argument("--role", required=True, help="the application's database role")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        """Grant, then take back what the protected tables must not allow."""
        name = sql.Identifier(role)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                raise CommandError(f"There is no database role {role}. Create it first.")
            for statement in (
                "GRANT USAGE ON SCHEMA public TO {role}",
                "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {role}",
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
                "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
                "REVOKE TRUNCATE ON ALL TABLES IN SCHEMA public FROM {role}",
            ):
                cursor.execute(sql.SQL(statement).format(role=name))
            cursor.execute(NEVER_SILENT)
            self._take_back_own_tables(cursor, name)
            removable = set(removable_tables())
            rights = [("GRANT DELETE ON {table} TO {role}", table) for table in removable]
            rights += [
                ("REVOKE DELETE ON {table} FROM {role}", table)
                for table in set(connection.introspection.table_names(cursor)) - removable
            ]
            rights += [
                ("REVOKE UPDATE ON {table} FROM {role}", table) for table in append_only_tables()
            ]
            for statement, table in rights:
                cursor.execute(sql.SQL(statement).format(table=sql.Identifier(table), role=name))

    def _take_back_own_tables(self, cursor: CursorWrapper, role: sql.Identifier) -> None:
        """No tables of its own, temporary ones neither: their triggers would pass for ours."""
        database = sql.Identifier(connection.settings_dict["NAME"])
        for statement in (
            "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
        ):
            cursor.execute(sql.SQL(statement).format(database=database, role=role))
