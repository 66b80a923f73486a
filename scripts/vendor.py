#!/usr/bin/env python3
"""Refresh what is vendored: Tabler, htmx, Inter, Noto Sans, the icon sprite, axe for the tests.

Run by hand when a version is raised: `python scripts/vendor.py`. It asks npm and apt for exactly
the versions below, copies the files named below, and writes `static/vendor/manifest.json` with the
licence and the sha256 of every file. `tests/architecture/test_static.py` holds the tree to it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "static" / "vendor" / "manifest.json"


@dataclass(frozen=True)
class Package:
    """One package, where it comes from, and which of its files we keep under which name."""

    name: str
    version: str
    licence: str
    source: str  # "npm" or "apt"
    files: tuple[tuple[str, str], ...]  # (path inside the package, path in this repository)


INTER = "package/files/inter-"
NOTO = "usr/share/fonts/truetype/noto/"
NOTO_FACES = (
    "NotoSans-Regular", "NotoSans-Bold", "NotoSans-Italic",
    "NotoSansArabic-Regular", "NotoSansArabic-Bold", "NotoSansDevanagari-Regular",
    "NotoSansDevanagari-Bold", "NotoSansArmenian-Regular", "NotoSansBengali-Regular",
    "NotoSansEthiopic-Regular", "NotoSansGeorgian-Regular", "NotoSansGujarati-Regular",
    "NotoSansGurmukhi-Regular", "NotoSansHebrew-Regular", "NotoSansKannada-Regular",
    "NotoSansKhmer-Regular", "NotoSansLao-Regular", "NotoSansMalayalam-Regular",
    "NotoSansMyanmar-Regular", "NotoSansSinhala-Regular", "NotoSansTamil-Regular",
    "NotoSansTelugu-Regular", "NotoSansThai-Regular",
)  # fmt: skip

PACKAGES = (
    Package(
        "@tabler/core", "1.6.1", "MIT", "npm",
        (
            ("package/dist/css/tabler.min.css", "static/vendor/tabler/tabler.min.css"),
        ),
    ),
    Package(
        "htmx.org", "2.0.11", "0BSD", "npm",
        (
            ("package/dist/htmx.min.js", "static/vendor/htmx/htmx.min.js"),
            ("package/LICENSE", "static/vendor/htmx/LICENSE"),
        ),
    ),
    Package(
        "@fontsource-variable/inter", "5.3.0", "OFL-1.1", "npm",
        (
            (INTER + "latin-wght-normal.woff2", "static/vendor/inter/latin.woff2"),
            (INTER + "latin-ext-wght-normal.woff2", "static/vendor/inter/latin-ext.woff2"),
            ("package/LICENSE", "static/vendor/inter/LICENSE"),
        ),
    ),
    Package(
        "fonts-noto-core", "20201225-1", "OFL-1.1", "apt",
        (
            *((f"{NOTO}{face}.ttf", f"static/fonts/noto/{face}.ttf") for face in NOTO_FACES),
            ("usr/share/doc/fonts-noto-core/copyright", "static/fonts/noto/LICENSE"),
        ),
    ),
    Package(
        "axe-core", "4.14.1", "MPL-2.0", "npm",
        (
            ("package/axe.min.js", "tests/vendor/axe/axe.min.js"),
            ("package/LICENSE", "tests/vendor/axe/LICENSE"),
        ),
    ),
)  # fmt: skip

ICONS_PACKAGE = Package(
    "@tabler/icons", "3.51.0", "MIT", "npm", (("package/LICENSE", "static/vendor/icons-LICENSE"),)
)
ICONS = (
    "adjustments", "alert-triangle", "arrow-down", "arrow-down-left", "arrow-left", "arrow-right",
    "arrow-up", "arrow-up-right", "ban", "bell", "bolt", "bookmark", "calendar-event", "camera",
    "cash", "chart-bar", "check", "chevron-down", "chevron-left", "chevron-right", "chevron-up",
    "chevrons-up", "circle-check", "circle-dotted", "circle-minus", "circle-off", "circle-x",
    "clipboard-list", "clock", "clock-check", "clock-exclamation", "clock-off", "cloud-upload",
    "copy", "crown", "dots", "download", "droplet", "edit", "equal", "external-link", "eye",
    "eye-off", "file-text", "file-type-pdf", "filter", "flag", "flame", "hand-stop", "heartbeat",
    "help-circle", "history", "home", "id", "info-circle", "keyboard", "lock", "lock-open",
    "logout", "mail", "mail-check", "mail-off", "mail-x", "map-pin", "menu-2", "message-2",
    "message-report",
    "moon", "note", "paperclip", "pencil", "phone", "phone-call", "photo", "player-pause",
    "player-play", "plug-connected", "plug-connected-x", "plus", "printer", "progress", "qrcode",
    "receipt-2", "refresh", "search", "send", "settings", "shield-check", "shield-half", "star",
    "sun", "trash", "truck-delivery", "upload", "user", "user-check", "user-plus", "user-search",
    "users", "wifi-off", "x",
)  # fmt: skip
BRAND = (
    '<symbol id="brand" viewBox="0 0 24 24"><path d="M20.4 8.6a9 9 0 1 0 .4 5.6"/>'
    '<path d="M21 4v5h-5"/><path d="M12.8 7.2l-3.6 5.4h4l-1.2 4.2l4 -5.8h-4z"/></symbol>'
)
FLAME = (
    '<symbol id="gas" viewBox="0 0 24 24"><path d="M12 3c0 3 -5 5.500 -5 10.500a5 5 0 0 0 10 0'
    'c0 -2.500 -1.500 -4 -2.500 -5c0 2 -1 3 -2 3c-1.500 -2 .5 -5 -.5 -8.500"/></symbol>'
)


def fetch(package: Package, into: Path) -> Path:
    """Download one package with its ordinary client and return the folder it was unpacked to."""
    folder = into / package.name.replace("/", "-").lstrip("@")
    folder.mkdir()
    if package.source == "npm":
        spec = f"{package.name}@{package.version}"
        subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True)
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
    else:
        spec = f"{package.name}={package.version}"
        subprocess.run(["apt-get", "download", spec], cwd=folder, check=True)
        deb = next(folder.glob("*.deb"))
        subprocess.run(["dpkg-deb", "-x", str(deb), str(folder)], check=True)
    return folder


def keep(source: Path, target: Path) -> None:
    """Copy one file; a stylesheet loses its pointer to a source map that we do not ship."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix in {".css", ".js"}:
        text = source.read_text(encoding="utf-8")
        text = re.sub(r"\n?/[/*]# sourceMappingURL=.*?(\*/)?\s*$", "\n", text)
        target.write_text(text, encoding="utf-8")
    else:
        shutil.copyfile(source, target)
    target.chmod(0o644)


def sprite(folder: Path, target: Path) -> None:
    """Write the icon sprite: the listed outline icons of Tabler, and our own marks."""
    symbols = []
    for name in ICONS:
        text = (folder / "package" / "icons" / "outline" / f"{name}.svg").read_text(
            encoding="utf-8"
        )
        shapes = re.findall(r"<(?:path|circle|rect|line|polyline)\b[^>]*/>", text)
        drawn = [re.sub(r"\s*/>$", "/>", s) for s in shapes if 'd="M0 0h24v24H0z"' not in s]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(drawn)}</symbol>')
    body = "\n".join(sorted([*symbols, BRAND, FLAME]))
    head = "<!-- Tabler icons (MIT); brand and gas are ours. Written by scripts/vendor.py. -->"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">\n{head}\n{body}\n</svg>\n'
    target.write_text(svg, encoding="utf-8")


def entry(package: Package, paths: list[str]) -> dict[str, object]:
    """The manifest's line for one package."""
    sums = {path: hashlib.sha256((ROOT / path).read_bytes()).hexdigest() for path in sorted(paths)}
    return {
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "source": package.source,
        "sha256": sums,
    }


def main() -> None:
    """Fetch everything, copy what is listed, write the manifest."""
    lines = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            folder = fetch(package, Path(scratch))
            for source, target in package.files:
                keep(folder / source, ROOT / target)
            lines.append(entry(package, [target for _, target in package.files]))
        folder = fetch(ICONS_PACKAGE, Path(scratch))
        sprite(folder, ROOT / "static" / "icons.svg")
        keep(folder / "package" / "LICENSE", ROOT / "static" / "vendor" / "icons-LICENSE")
        lines.append(entry(ICONS_PACKAGE, ["static/icons.svg", "static/vendor/icons-LICENSE"]))
    text = json.dumps({"packages": lines}, indent=2) + "\n"
    MANIFEST.write_text(text, encoding="utf-8")
    print(f"{len(lines)} packages written to {MANIFEST.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
