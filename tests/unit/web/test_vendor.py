"""The libraries the pages bring along are the published ones, byte for byte, with their licences."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import web

VENDOR = Path(web.__file__).parent / "static" / "vendor"


def test_files_are_what_the_manifest_says() -> None:
    packages = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["packages"]
    listed = {name: digest for package in packages for name, digest in package["files"].items()}
    there = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert there == listed


def test_every_package_has_version_licence_and_source() -> None:
    for package in json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["packages"]:
        assert package["version"] in package["source"]
        assert package["licence"]
        assert any(name.endswith("LICENSE") for name in package["files"])
