"""Every column has a class; what leads to a patient is found by the models themselves."""

import pytest
from django.apps import apps

from exercises import classified as library
from patients.models import Erased, Patient
from patients.privacy import classified, related_rows
from rugpijn import classified as practice
from rugpijn.classified import DataKind, columns
from rugpijn.models import User


def test_every_column_has_a_class_and_no_class_is_of_a_column_that_went():
    assert classified.unclassified() == []


def test_a_column_without_a_class_is_named(monkeypatch):
    fewer = dict(classified.CLASSES["patients.Patient"])
    del fewer["phone"]
    monkeypatch.setitem(classified.CLASSES, "patients.Patient", fewer)
    assert classified.unclassified() == ["patients.Patient.phone"]


def test_each_app_answers_for_its_own():
    for label in practice.CLASSES:
        assert not label.startswith(("patients.", "exercises."))
    assert {label.partition(".")[0] for label in library.CLASSES} == {"exercises"}


def test_a_column_has_one_class():
    with pytest.raises(ValueError, match="one class"):
        columns(personal="name", none="name")


@pytest.mark.parametrize("word", ["hash", "token", "password", "session_key", "session_data"])
def test_what_opens_a_door_is_secret(word):
    """Except digests of what was printed, and those that chain the log."""
    chain = {"rugpijn.AccessEvent", "rugpijn.LogHead", "rugpijn.LogSegment"}
    for label, names in classified.CLASSES.items():
        for name, kind in names.items():
            if word in name and label not in chain:
                assert kind == DataKind.SECRET, f"{label}.{name}"


def test_what_holds_something_of_a_person_leads_to_one():
    """A table with clinical columns that leads to no patient would be exported and erased never."""
    theirs = {Patient, *related_rows.ways_to(Patient)}
    for model in apps.get_models():
        kinds = set(classified.CLASSES[model._meta.label].values())
        if DataKind.CLINICAL in kinds:
            assert model in theirs, model


def test_what_leads_to_a_patient_is_of_the_record():
    for model in related_rows.ways_to(Patient):
        assert model._meta.label in classified.RECORD


def test_what_hangs_on_a_login():
    names = {model.__name__ for model in related_rows.ways_to(User)}
    assert names >= {"LoginSession", "TrustedDevice", "OneTimeCode", "Authenticator", "KeptForm"}


def test_what_stays_of_an_erasure_names_nobody():
    assert set(classified.RECORD["patients.Erased"].values()) == {DataKind.NONE}
    assert Erased not in related_rows.ways_to(Patient)
