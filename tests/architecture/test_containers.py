"""The containers are described as production wants them: without root, without secrets, watched."""

import re
import subprocess
from typing import Any

import pytest
from ruamel.yaml import YAML

from scripts.dockerfile_in_root import instructions
from smart360.celery import QUEUES
from smart360.local.environment import ROOT, VENV

COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_the_compose_file_is_valid() -> None:
    judged = subprocess.run(
        [
            str(VENV / "bin" / "check-jsonschema"),
            "--builtin-schema",
            "vendor.compose-spec",
            str(ROOT / "docker-compose.yml"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert judged.returncode == 0, judged.stdout


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_container_may_do_little(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "build" in service or service["user"] == "999:999"
    assert name == "migrate" or "healthcheck" in service


def test_the_image_does_not_run_as_root() -> None:
    users = re.findall(r"(?m)^USER (\w+)$", (ROOT / "Dockerfile").read_text())
    assert users == ["smart360"]


def test_no_secret_stands_in_the_compose_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "OWNER_PASSWORD", "APPLICATION_PASSWORD", "REDIS_PASSWORD"):
        assert re.search(rf"\$\{{{name}:\?", text), name
        assert not re.search(rf"\$\{{{name}:-", text), name


def test_every_queue_has_a_worker_of_its_own() -> None:
    served = [
        service["command"][service["command"].index("-Q") + 1]
        for name, service in SERVICES.items()
        if name.startswith("worker-")
    ]
    assert sorted(served) == sorted(QUEUES)


def test_only_the_migration_knows_the_owner_s_password() -> None:
    knowing = {
        name
        for name, service in SERVICES.items()
        if "OWNER_PASSWORD" in str(service.get("environment", {}))
    }
    assert knowing == {"migrate", "postgres"}


def test_the_image_gets_the_code_and_not_the_checkout() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {line[1:] for line in rules if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages <= let_in
    assert not let_in & {".env", ".git", ".state", "tests"}


def test_the_script_that_proves_the_dockerfile_reads_all_of_it() -> None:
    steps = list(instructions((ROOT / "Dockerfile").read_text()))
    assert {word for word, _ in steps} <= {
        *("FROM", "RUN", "COPY", "WORKDIR", "ENV", "USER", "EXPOSE", "ENTRYPOINT", "CMD")
    }
    runs = [rest for word, rest in steps if word == "RUN"]
    assert len(runs) == 4
    assert "collectstatic" in runs[-1]
