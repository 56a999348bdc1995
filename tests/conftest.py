"""The cast: two practices, and the people who may and may not see each other.

Anna treats Piet and Mo in practice 1, where Els is the owner and no therapist.
Bram treats Roos in practice 2, and owns it. Root runs the server.
"""

import time
from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import caches
from django.db.models.signals import post_migrate
from django.test import Client, TransactionTestCase
from django.utils import translation

from exercises.library import loading, reading
from exercises.models import (
    Advice,
    AdviceText,
    Exercise,
    ExerciseText,
    Figure,
    Protocol,
    ProtocolLine,
    ProtocolText,
    Rendering,
)
from patients.models import Patient
from patients.prescribing import authoring, sides
from rugpijn.log import chain, guard
from rugpijn.models import Practice, User
from rugpijn.operations import health

from . import ready_database
from .ground import Ground, is_transactional
from .logging_in import force_login

PASSWORD = "een-rustige-ochtend-26"
LEAFLET_PAGE = "https://fysiotherapiekoolehouten.nl/oefening-van-de-maand_rug/"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Long files begin first, or one process is left with a long one when the other is done.

    A file is long when it says so (`pytest.mark.long`) or opens a browser. Within it, tests that
    begin with the same stand together. With `--no-loadscope-reorder`, or xdist puts the files
    with few tests last, and those are the long ones.
    """

    def is_short(item):
        return not (item.get_closest_marker("browser") or item.get_closest_marker("long"))

    place = {}
    for item in sorted(items, key=is_short):
        place.setdefault(item.path, len(place))
    items.sort(key=lambda item: (place[item.path], is_transactional(item), asked_of(item)))


def asked_of(item) -> tuple[bool, ...]:
    return tuple(name in item.fixturenames for name in ("empty_ground", *LAYERS))


@pytest.fixture(scope="session")
def django_db_keepdb(request, django_db_modify_db_settings):
    """Of pytest-django: begin with the database that stands there already."""
    return ready_database.put(request.config)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_keepdb, django_db_blocker):
    """The database, migrated.

    After each test in a browser all tables are emptied, and Django writes its own rows anew.

    Those take most of that time, and mean nothing here: `User.has_perm` asks no table, and nothing
    refers to a content type.
    """
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            ready_database.keep(request.config)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    emptied = TransactionTestCase._fixture_teardown

    def without_guard(self):
        """The access log cannot be emptied; the flush ends as a migrate does, which guards it."""
        guard.take_away()
        emptied(self)

    TransactionTestCase._fixture_teardown = without_guard
    yield
    TransactionTestCase._fixture_teardown = emptied


@pytest.fixture(scope="session")
def ledgers(tmp_path_factory):
    """Where tests write who was erased and what was taken away."""
    return tmp_path_factory.mktemp("ledgers")


@pytest.fixture(autouse=True)
def in_dutch(settings, ledgers):
    """A page leaves the language of its reader behind; the next test begins in the site's own."""
    translation.activate(settings.LANGUAGE_CODE)
    settings.ERASURE_LEDGER = ledgers / "erased.jsonl"


@pytest.fixture(autouse=True)
def no_worker(settings):
    """The worker of another test is not at hand in the next one, which would leave it its mail."""
    (settings.DATA_DIR / health.BEAT).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def nothing_counted():
    """The same people ask in each test: what they asked in the last one does not count."""
    caches["process"].clear()


# Most tests are about something else; `password_only` is for those that are about this.
Client.force_login = force_login


def fresh_login(client, user):
    """Log in as by typing a password just now; `force_login` alone is asked once more."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def broken_links() -> list:
    """What is wrong in the access log. For tests that log people in without the login page: the
    command also misses the rows of those logins."""
    return [broken for one in chain.chains() for broken in chain.verify(one)]


def make_practices() -> tuple[Practice, Practice]:
    """Without the second step of patients: it has tests of its own."""
    linde = Practice(
        name="Fysiotherapie De Linde",
        phone="012 - 345 67 89",
        street="Lindelaan 12",
        city="Ede",
        online_page=LEAFLET_PAGE,
        second_step=False,
    )
    zuid = Practice(name="Praktijk Zuid", phone="098 - 765 43 21", second_step=False)
    Practice.objects.bulk_create([linde, zuid])
    return linde, zuid


@pytest.fixture
def practices(db, ground):
    return ground["cast"][0] if "cast" in ground else make_practices()


@pytest.fixture
def practice(practices):
    return practices[0]


@pytest.fixture
def other_practice(practices):
    return practices[1]


# What a library consists of, each after what it refers to.
LIBRARY = (
    Rendering,
    Figure,
    Exercise,
    ExerciseText,
    Protocol,
    ProtocolText,
    ProtocolLine,
    Advice,
    AdviceText,
)


@pytest.fixture(scope="session")
def library_rows():
    """What loading the library wrote, by model: filled by the first test that asks for it."""
    return {}


# What tests begin with, by the names of the fixtures: each stands on those before it.
LAYERS = ("cast", "library_loaded", "programme")


@pytest.fixture(scope="session")
def standing(django_db_setup, django_db_blocker, library_rows):
    """What tests begin with, kept from one test to the next."""
    makers = (
        lambda made: make_people(),
        lambda made: load_library(library_rows),
        lambda made: make_started(*made["cast"]),
    )
    ground = Ground(dict(zip(LAYERS, makers, strict=True)))
    yield ground
    with django_db_blocker.unblock():
        ground.stand_on(())


@pytest.fixture(scope="module")
def empty_ground(standing, django_db_blocker):
    """For a module that writes for all its tests what they begin with."""
    with django_db_blocker.unblock():
        standing.stand_on(())


@pytest.fixture
def ground(request, standing, django_db_blocker):
    """What this test begins with, by the names of fixtures; nothing where tables are emptied."""
    with django_db_blocker.unblock():
        asked = () if is_transactional(request.node) else request.fixturenames
        return standing.stand_on(asked)


@pytest.fixture
def _django_db_helper(ground, _django_db_helper):
    """Of pytest-django: the transaction of one test, here within those of the ground."""


@pytest.fixture
def library_loaded(db, ground, library_rows):
    """The library as it comes with the app."""
    if "library_loaded" not in ground:
        load_library(library_rows)


def load_library(library_rows):
    """Its files are read once; then the same rows return."""
    if library_rows:
        return put_back(library_rows)
    before = {model: set(model.objects.values_list("pk", flat=True)) for model in LIBRARY}
    for file in sorted(reading.DATA.glob("*.toml")):
        loading.load(file)
    for model in LIBRARY:
        added = model.objects.exclude(pk__in=before[model]).order_by("pk")
        library_rows[model] = list(added.values())


def put_back(rows):
    """Write these rows, with the numbers that are free in this test's database."""
    numbers = {}  # model: the number that a row had, and the one that it has now
    for model, kept in rows.items():
        links = {
            field.attname: numbers[field.related_model]
            for field in model._meta.concrete_fields
            if field.related_model in numbers
        }
        made = [
            model(
                **{
                    name: links[name].get(value) if name in links else value
                    for name, value in row.items()
                    if name != "id"
                }
            )
            for row in kept
        ]
        model.objects.bulk_create(made)
        key = model._meta.pk.attname
        numbers[model] = {row[key]: new.pk for row, new in zip(kept, made, strict=True)}


@pytest.fixture
def cast(practices, ground):
    """The people, by name. Piet, Mo and Roos have a patient record (`cast.piet_patient`, …)."""
    return ground["cast"][1] if "cast" in ground else make_cast(*practices)


def make_people():
    practices = make_practices()
    return practices, make_cast(*practices)


def make_cast(practice, other_practice) -> SimpleNamespace:
    """Written together: one by one, each is checked against all others, and half the tests wait."""
    password = make_password(PASSWORD)

    def person(name, email=None, **fields):
        return User(email=email, password=password, name=name, **fields)

    anna = person("Anna de Wit", "anna@linde.example", practice=practice, is_therapist=True)
    els = person("Els Bakker", "els@linde.example", practice=practice, is_owner=True)
    bram = person(
        "Bram Visser",
        "bram@zuid.example",
        practice=other_practice,
        is_therapist=True,
        is_owner=True,
    )
    root = person("Root", "root@server.example", is_superuser=True)
    piet = person("Piet Jansen", "piet@mail.example")
    mo = person("Mo el Idrissi", login_code="mo-1234")
    roos = person("Roos Mulder", "roos@mail.example", language="en")
    User.objects.bulk_create([anna, els, bram, root, piet, mo, roos])

    def patient(user, by, born, **fields):
        return Patient(
            name=user.name,
            user=user,
            practice=by.practice,
            created_by=by,
            birth_date=born,
            language=user.language,
            **fields,
        )

    piet_patient = patient(piet, anna, date(1958, 3, 12), email="piet@mail.example")
    mo_patient = patient(mo, anna, date(1986, 11, 2))
    roos_patient = patient(roos, bram, date(2002, 9, 14))
    Patient.objects.bulk_create([piet_patient, mo_patient, roos_patient])
    return SimpleNamespace(
        anna=anna,
        els=els,
        piet=piet,
        mo=mo,
        bram=bram,
        roos=roos,
        root=root,
        piet_patient=piet_patient,
        mo_patient=mo_patient,
        roos_patient=roos_patient,
    )


@pytest.fixture
def lage_rugpijn(library_loaded):
    return Protocol.objects.get(key="lage-rugpijn")


@pytest.fixture
def make_programme(cast, lage_rugpijn):
    """Makes a programme from the leaflet; started unless `started=False`."""

    def make(patient=None, by=None, started=True, protocol=None, **fields):
        patient, by = patient or cast.piet_patient, by or cast.anna
        programme = authoring.draft(patient=patient, by=by, protocol=protocol or lage_rugpijn)
        if started:
            start(programme, by, **fields)
        return programme

    return make


def start(programme, by, **fields):
    sides.choose(programme, "left")
    authoring.start(programme=programme, by=by, **fields)


@pytest.fixture
def programme(make_programme, ground):
    """Piet's running programme: the leaflet, version 1."""
    return ground["programme"] if "programme" in ground else make_programme()


def make_started(practices, cast):
    leaflet = Protocol.objects.get(key="lage-rugpijn")
    programme = authoring.draft(patient=cast.piet_patient, by=cast.anna, protocol=leaflet)
    start(programme, cast.anna)
    return programme


@pytest.fixture
def own_exercise(practice):
    """An exercise of practice 1 that no other practice may see."""
    return make_own_exercise(practice)


def make_own_exercise(practice) -> Exercise:
    exercise = Exercise.objects.create(practice=practice, category="low_back", per_day=2, reps=10)
    exercise.texts.create(language="nl", title="Geheime oefening van De Linde")
    return exercise
