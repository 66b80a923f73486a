"""The environment that ``dev`` makes: system libraries, the hash-locked packages, Chromium.

Standard library only: this runs before anything is installed.
"""

import ctypes.util
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from smart360.local.terminal import give_up, say

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(os.environ.get("SMART360_VENV", ROOT / ".venv"))
PYTHON = VENV / "bin" / "python"
LOCK_FILE = ROOT / "requirements" / "dev.txt"

DEEP = ("*", "*/*", "*/*/*")
"""How deep in a package an app may lie."""

PDF_PACKAGES = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-dejavu-core",
)
PDF_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz", "harfbuzz-subset", "fontconfig")
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def set_up() -> None:
    """Install what is missing. When nothing is, this takes a few milliseconds."""
    need_pdf_libraries()
    VENV.parent.mkdir(parents=True, exist_ok=True)
    with (VENV.parent / f"{VENV.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would build the same folder
        need_packages()


def is_command(name: str) -> bool:
    """Whether an app here, or one that came with a package, has a Django command of this name."""
    if not name.isidentifier():
        return False
    packages = sorted(VENV.glob("lib/python*/site-packages"))
    return any(
        next(place.glob(f"{depth}/management/commands/{name}.py"), None)
        for place, depths in ((ROOT, ("*", "smart360/*")), *((each, DEEP) for each in packages))
        for depth in depths
    )


def missing_pdf_libraries() -> list[str]:
    """The shared libraries that WeasyPrint opens and that are not here."""
    return [name for name in PDF_LIBRARIES if not ctypes.util.find_library(name)]


def need_pdf_libraries() -> None:
    """Install the libraries for PDF where that is allowed, else name the line to type."""
    if not (missing := missing_pdf_libraries()):
        return
    say(f"system libraries for PDF are missing: {', '.join(missing)}")
    if not install_system_packages(*PDF_PACKAGES):
        give_up(f"PDF needs system libraries. Type: {install_line(*PDF_PACKAGES)}")


def install_line(*packages: str) -> str:
    """What a person types to install ``packages``."""
    return "sudo apt-get install -y --no-install-recommends " + " ".join(packages)


def install_system_packages(*packages: str) -> bool:
    """Install Debian packages if we may; say whether they were installed."""
    if not (apt := shutil.which("apt-get")):
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if not sudo or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode:
            return False
        prefix = [sudo, "-n"]
    say("installing " + " ".join(packages))
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq"]
    # A list of packages that is a few hours old may name versions that are gone.
    subprocess.run([*command, "update"], check=False, capture_output=True)
    done = subprocess.run(
        [*command, "install", "-y", "--no-install-recommends", *packages],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        say(done.stderr.strip())
    return done.returncode == 0


def wanted_stamp() -> str:
    """What the environment is made from. It keeps the Python that it was made with."""
    return hashlib.sha256(LOCK_FILE.read_bytes() + str(VENV).encode()).hexdigest()


def is_installed() -> bool:
    """Whether the packages of the lock file are in place."""
    stamp = VENV / ".stamp"
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted_stamp()


def need_packages() -> None:
    """Make the virtual environment from the lock file, with hashes, or bring it up to date.

    One that works is never cleared: somebody may be running from it.
    """
    if is_installed():
        return
    began = time.monotonic()
    if importlib.util.find_spec("ensurepip") is None and not install_system_packages(
        "python3-venv"
    ):
        give_up(f"Python lacks venv. Type: {install_line('python3-venv')}")
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if not (PYTHON.exists() and (VENV / "bin" / "pip").exists()):
        say("making the environment: a minute or two, once")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--no-deps", "--require-hashes"]
    if subprocess.run([*pip, "-r", str(LOCK_FILE)], env=environment, check=False).returncode:
        give_up("the packages of requirements/dev.txt could not be installed; see above")
    (VENV / ".stamp").write_text(wanted_stamp())
    say(f"environment ready in {time.monotonic() - began:.0f} s")


def find_browser() -> str:
    """The path of a Chromium on this machine, or nothing."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    return next((path for name in BROWSERS if (path := shutil.which(name))), "")


def need_browser() -> str:
    """Chromium for the browser tests, installed if we may; nothing if that is impossible."""
    missing = [] if find_browser() else ["chromium"]
    if not ctypes.util.find_library("atomic"):
        missing.append("libatomic1")  # what drives the browser is linked against it
    if missing:
        say(f"the browser tests need what is not here: {', '.join(missing)}")
        if not install_system_packages(*missing):
            say(f"the browser tests will fail. Type: {install_line(*missing)}")
    return find_browser()
