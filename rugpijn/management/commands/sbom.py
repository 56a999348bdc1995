"""The bill of materials of the app, as a list for other programs (CycloneDX)."""

import json
import re

from django.conf import settings
from django.core.management.base import BaseCommand

LOCK, VENDORED = "requirements.txt", "rugpijn/static/vendor"
PACKAGE = re.compile(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^ \\;]+)")
US = "-r requirements.in"
NEEDED_BY = re.compile(rf"^    #(?: via)? +({US}|[a-z0-9._-]+)$")


class Command(BaseCommand):
    help = "Print the bill of materials (CycloneDX, JSON) of requirements.txt and vendored files."

    def handle(self, **options):
        self.stdout.write(bill(), ending="")


def bill() -> str:
    """Return the list without a date or serial number, so that the same lock files give the same
    bytes."""
    packages, needs = _locked((settings.BASE_DIR / LOCK).read_text())
    files = sorted(path.name for path in (settings.BASE_DIR / VENDORED).iterdir())
    vendored = dict(name.rsplit("-", 1) for name in files)
    refs = {name: f"pkg:pypi/{name}@{version}" for name, version in packages.items()}
    refs |= {name: f"pkg:npm/{name}@{version}" for name, version in vendored.items()}
    components = [
        {"type": "library", "name": name, "version": version}
        | {"bom-ref": refs[name], "purl": refs[name]}
        for name, version in {**packages, **vendored}.items()
    ]
    direct = sorted(refs[name] for name in refs if name in vendored or US in needs[name])
    tree = [{"ref": "rugpijn", "dependsOn": direct}]
    for name in packages:
        used = sorted(refs[other] for other, users in needs.items() if name in users)
        tree.append({"ref": refs[name], "dependsOn": used})
    app = {"type": "application", "bom-ref": "rugpijn", "name": "rugpijn"}
    heading = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    contents = {"metadata": {"component": app}, "components": components, "dependencies": tree}
    return json.dumps(heading | contents, indent=1) + "\n"


def _locked(text: str) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return every package with its version, and which packages need it."""
    packages, needs, name = {}, {}, ""
    for line in text.splitlines():
        if (found := PACKAGE.match(line)) is not None:
            name = found[1]
            packages[name], needs[name] = found[2], set()
        elif (found := NEEDED_BY.match(line)) is not None and name:
            needs[name].add(found[1])
    return packages, needs
