"""``manage.py grant_rights``: give the application's database role exactly its rights."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from psycopg import sql

from smart360.kernel.rights import append_only_tables


class Command(BaseCommand):
    """Run by the owner after every ``migrate``; repeating it changes nothing."""

    help = "Grant the application's role its rights; append-only tables get SELECT and INSERT only."

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
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
                "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
                "REVOKE TRUNCATE ON ALL TABLES IN SCHEMA public FROM {role}",
            ):
                cursor.execute(sql.SQL(statement).format(role=name))
            for table in append_only_tables():
                cursor.execute(
                    sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}").format(
                        table=sql.Identifier(table), role=name
                    )
                )
