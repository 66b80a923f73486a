#!/usr/bin/env python3
"""Run the Dockerfile's RUN lines in a bare root, where no engine builds the image.

    sudo scripts/dockerfile_in_root.py ROOT [--keep]

ROOT is a new folder; debootstrap fills it with the Debian that the Dockerfile names. Every stage
runs in that one root, so COPY --from is already done. What an engine alone proves (the base
image, users and mounts of a container) stays unproved here. Needs root and debootstrap.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
# This machine's ways to its package registries: copied into the root, never committed.
NETWORK_FILES = (
    "etc/apt/apt.conf.d",
    "etc/apt/sources.list",
    "etc/apt/sources.list.d",
    "etc/apt/auth.conf.d",
    "etc/ssl/certs",
    "usr/local/share/ca-certificates",
    "etc/pip.conf",
    "etc/resolv.conf",
    "etc/hosts",
)
NETWORK_NAMES = re.compile(r"(?i)^(https?_proxy|no_proxy|pip_.*|ssl_cert_.*|requests_ca_bundle)$")


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined."""
    joined = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", text))
    for line in joined.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word:
            yield word.upper(), rest.strip()


def bare_root(root: Path, suite: str) -> None:
    """Debian's smallest system in ``root``, with this machine's way to the registries."""
    subprocess.run(["debootstrap", "--variant=minbase", suite, str(root)], check=True)
    borrow_network(root)


def borrow_network(root: Path) -> None:
    """Let the root reach the registries that this machine reaches."""
    if not Path("/etc/apt/sources.list").exists():
        (root / "etc/apt/sources.list").unlink(missing_ok=True)  # the folder beside it says it all
    for name in NETWORK_FILES:
        source, target = Path("/") / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True, symlinks=False)
        elif source.exists():
            shutil.copy(source, target)
    for folder in os.environ.get("PIP_FIND_LINKS", "").split():
        (root / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)


def network_environment() -> dict[str, str]:
    """The names of this environment that lead to the registries."""
    return {name: value for name, value in os.environ.items() if NETWORK_NAMES.match(name)}


class Build:
    """The state an engine keeps between instructions."""

    def __init__(self, root: Path) -> None:
        """Nothing has run yet."""
        self.root = root
        self.folder, self.user = "/", ""
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

    def do(self, word: str, rest: str) -> None:
        """One instruction."""
        if word == "RUN":
            self.run(rest)
        elif word == "ENV":
            for pair in shlex.split(rest):
                name, _, value = pair.partition("=")
                self.environment[name] = value.replace("$PATH", self.environment["PATH"])
        elif word == "WORKDIR":
            self.folder = rest
            (self.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif word == "USER":
            self.user = rest
        elif word == "COPY" and not rest.startswith("--from"):
            self.copy(*rest.rsplit(" ", 1))
        elif word == "FROM":
            self.folder, self.user = "/", ""

    def run(self, command: str) -> None:
        """A RUN line, as the engine's shell runs it."""
        began = time.monotonic()
        inner = f"cd {shlex.quote(self.folder)} && {command}"
        if self.user:
            inner = f"setpriv --reuid={self.user} --regid={self.user} --clear-groups sh -c " + (
                shlex.quote(inner)
            )
        chroot = ["chroot", str(self.root), "/bin/sh", "-c", inner]
        environment = self.environment | network_environment()
        done = subprocess.run(chroot, env=environment, check=False, stdin=subprocess.DEVNULL)
        print(f"RUN {command[:90]} ... {time.monotonic() - began:.0f} s", flush=True)
        if done.returncode:
            sys.exit(f"this RUN line failed with {done.returncode}")

    def copy(self, source: str, target: str) -> None:
        """A COPY line; the context is what git tracks and .dockerignore lets in."""
        place = self.root / str(Path(self.folder) / target).lstrip("/")
        if source != ".":
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / source, place)
            return
        allowed = [
            line[1:]
            for line in (HERE / ".dockerignore").read_text().splitlines()
            if line.startswith("!")
        ]
        tracked = subprocess.run(
            ["git", "ls-files", "-z", *allowed],
            cwd=HERE,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
        for name in filter(None, tracked):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / name, place / name)

    def prove_command(self, command: str) -> None:
        """What CMD starts is there and loads, as the user it will run as."""
        program = json.loads(command)[0]
        self.run(f"{program} --version && python -c 'import weasyprint, celery, django'")


def main() -> None:
    """Build, line by line; the first failure ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--keep", action="store_true", help="leave the root for a look")
    chosen = parser.parse_args()
    if chosen.root.exists():
        sys.exit(f"{chosen.root} exists already; name a new folder")
    steps = list(instructions((HERE / "Dockerfile").read_text()))
    image = next(rest for word, rest in steps if word == "FROM").split()[0]
    suite = image.removeprefix("debian:").removesuffix("-slim")
    bare_root(chosen.root, suite)
    try:
        build = Build(chosen.root)
        for word, rest in steps:
            build.do(word, rest)
            if word == "CMD":
                build.prove_command(rest)
        print("every RUN line of the Dockerfile ran in a bare root")
    finally:
        if not chosen.keep:
            shutil.rmtree(chosen.root)


if __name__ == "__main__":
    main()
