"""``./dev check``: every check that needs no test, one line each. Standard library only."""

import secrets
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass

from smart360.local.environment import PYTHON, ROOT, VENV
from smart360.local.servers import APPLICATION
from smart360.local.terminal import give_up

DEPLOYED = {
    "DJANGO_SETTINGS_MODULE": "smart360.settings.base",
    "ALLOWED_HOSTS": "smart360.example.org",
    "PUBLIC_URL": "https://smart360.example.org",
    "DEFAULT_FROM_EMAIL": "service@example.org",
}


@dataclass(frozen=True)
class Check:
    """One command that must end with 0; ``program`` is a program of the environment."""

    name: str
    program: str
    arguments: tuple[str, ...]

    def command(self) -> list[str]:
        """What is run."""
        if self.program == "manage.py":
            return [str(PYTHON), "manage.py", *self.arguments]
        return [str(VENV / "bin" / self.program), *self.arguments]


CHECKS = (
    Check("ruff", "ruff", ("check", ".")),
    Check("format", "ruff", ("format", "--check", ".")),
    Check("types", "mypy", ()),
    Check("imports", "lint-imports", ("--no-cache",)),
    Check("migrations", "manage.py", ("makemigrations", "--check", "--dry-run")),
    Check("migrate", "manage.py", ("migrate", "--noinput", "-v", "0")),
    Check("grants", "manage.py", ("grant_rights", "--role", APPLICATION)),
    Check(
        "deploy",
        "manage.py",
        ("check", "--deploy", "--fail-level", "WARNING", "--database", "default"),
    ),
    Check("templates", "djlint", ("templates", "--lint", "--quiet")),
    Check("migration lint", "python", ("scripts/lint_migrations.py",)),
    Check(
        "compose",
        "check-jsonschema",
        ("--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
    ),
)


def run_all(environment: Mapping[str, str], names: list[str]) -> int:
    """Run the checks, all of them even if one fails; 1 if any failed."""
    known = {check.name for check in CHECKS}
    if unknown := set(names) - known:
        give_up(
            f"no such check: {', '.join(sorted(unknown))}. There are: {', '.join(sorted(known))}"
        )
    settings = {**environment, **DEPLOYED, "SECRET_KEY": secrets.token_urlsafe(64)}
    failed = 0
    for check in CHECKS:
        if names and check.name not in names:
            continue
        began = time.monotonic()
        done = subprocess.run(
            check.command(), cwd=ROOT, env=settings, check=False, capture_output=True, text=True
        )
        verdict = "failed" if done.returncode else "ok"
        print(f"{check.name:15} {verdict:7} {time.monotonic() - began:5.1f} s", flush=True)
        if done.returncode:
            failed += 1
            print(f"{done.stdout}{done.stderr}".rstrip(), flush=True)
    return 1 if failed else 0
