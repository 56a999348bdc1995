"""Scripts are modules: what they import is there, and is named by its content in a practice."""

import posixpath
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.template import Context, Template

from rugpijn.web.modules import imports, with_imports
from rugpijn.web.static_files import HashedFilesStorage

ROOT = Path(__file__).resolve().parents[3]
APPS = ("rugpijn", "exercises", "patients")
SCRIPTS = {
    f"{app}/{path.name}": path.read_text()
    for app in APPS
    for path in sorted((ROOT / app / "static" / app).glob("*.js"))
}
# The worker is loaded as Firefox loads workers, and the other before the page is drawn.
CLASSIC = {"rugpijn/service_worker.js", "rugpijn/scripts_on.js"}
LOADS = re.compile(r"""\bfrom\s+["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']""")


def without_comments(script: str) -> str:
    return re.sub(r"^\s*//.*$", "", script, flags=re.M)


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_imports_what_is_there(name):
    """No circle either: that would have no end."""
    assert all(finders.find(other) for other in imports(name))
    assert name not in imports(name)


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_name_that_is_imported_is_exported(name):
    script = without_comments(SCRIPTS[name])
    wanted = [
        (each.strip(), path)
        for names, path in re.findall(r'import \{([^}]*)\} from "([^"]+)";', script)
        for each in names.split(",")
        if each.strip()
    ]
    whole = re.findall(r'import \* as (\w+) from "([^"]+)";', script)
    whole += re.findall(r'const (\w+) = await import\("([^"]+)"\);', script)
    wanted += [
        (each, path)
        for one, path in whole
        for each in re.findall(rf"(?<![/\w]){one}\.(\w+)", script)
    ]
    for each, path in wanted:
        exported = SCRIPTS[posixpath.normpath(posixpath.join(posixpath.dirname(name), path))]
        assert re.search(rf"^export (?:async )?(?:function|const|let) {each}\b", exported, re.M), (
            each
        )


def test_nothing_is_shared_but_by_import():
    for name, script in SCRIPTS.items():
        assert not re.search(r"window\.[a-z]\w+ = ", script), name
        assert ("use strict" in script) is (name in CLASSIC), name  # a module always is


def test_one_file_opens_the_database_of_a_device():
    opens = [name for name, script in SCRIPTS.items() if "indexedDB.open" in script]
    assert opens == ["patients/acts.js"]


def test_imports_stand_in_the_order_in_which_they_run():
    found = imports("patients/session.js")
    assert found.index("patients/acts.js") < found.index("patients/outbox.js")
    assert found.index("patients/outbox.js") < found.index("patients/stop.js")
    assert with_imports(["patients/session.js"]) == (*found, "patients/session.js")
    assert with_imports(["rugpijn/site.css"]) == ("rugpijn/site.css",)


def test_a_page_names_each_import_once():
    page = Template(
        '{% load scripts %}{% module "patients/stop.js" %}'
        '{% module "patients/offline.js" login=who %}'
    ).render(Context({"who": "<me>"}))
    assert page.count('"/static/patients/acts.js"') == 1
    assert 'type="module" src="/static/patients/stop.js"></script>' in page
    assert 'id="offline-script" data-login="&lt;me&gt;"></script>' in page


def test_pages_load_modules_alone():
    for path in (ROOT / "templates").rglob("*.html"):
        for address in re.findall(
            r"""<script\b[^>]*src="\{% static ["']([^"']+)""", path.read_text()
        ):
            assert address in CLASSIC or address.startswith("admin/js/"), path.name


def test_in_a_practice_each_import_is_named_by_its_content(settings, tmp_path):
    """Else a browser would run a script of this release with one of the release before."""
    settings.DEBUG = False
    for name, script in SCRIPTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(script)
    storage = HashedFilesStorage(location=str(tmp_path))
    files = StaticFilesStorage(location=str(tmp_path))
    made = {
        name: hashed
        for name, hashed, _processed in storage.post_process(
            {name: (files, name) for name in SCRIPTS}
        )
        if hashed in storage.hashed_files.values()
    }
    assert set(made) == set(SCRIPTS)
    some = 0
    for name, hashed in made.items():
        script = without_comments((tmp_path / hashed).read_text())
        wanted = {made[other] for other in imports(name)}
        for path in filter(None, sum(LOADS.findall(script), ())):
            target = (tmp_path / hashed).parent.joinpath(path).resolve()
            assert str(target.relative_to(tmp_path)) in {*wanted, made["patients/outbox.js"]}, (
                hashed
            )
            assert target.is_file()
            some += 1
    assert some > 20
