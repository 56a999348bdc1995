"""The table of acts: what the source writes stands in it, and old rows can still be read."""

import json
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.utils import translation

from patients.privacy.log_sentences import Reader
from rugpijn import audit
from rugpijn.log import chain, search
from rugpijn.log.acts import _TABLE, ACTS, label_of
from rugpijn.models import AccessEvent, LogHead, Practice
from tests.conftest import broken_links

from .acts_in_code import acts_of, trees

# Rows of one practice, written before there was a table of acts: one of each act, some refused,
# and one act, “weigh”, that the program never had.
SAMPLE = json.loads((Path(__file__).parent / "samples" / "form_1.json").read_text())


def test_every_act_in_the_code_is_in_the_table():
    written, unclear = set(), []
    for tree in trees().values():
        acts, calls = acts_of(tree)
        written |= acts
        unclear += calls
    assert not written - set(ACTS)
    assert not unclear
    # And the table has no act that is never written.
    assert not set(ACTS) - written


def test_a_misspelled_act_is_refused(cast):
    request = RequestFactory().get("/")
    request.user = cast.anna
    for write in (audit.record, audit.deny):
        with pytest.raises(KeyError, match="raed"):
            write(request, "raed")
    with pytest.raises(KeyError, match="raed"):
        audit.record_by_system("raed", practice=None)
    assert not AccessEvent.objects.exists()


def test_a_name_stands_once_and_fits_its_column():
    assert len(_TABLE) == len(ACTS)
    length = AccessEvent._meta.get_field("action").max_length
    assert max(map(len, ACTS)) <= length


@pytest.fixture
def old_log(practices):
    """The rows of an older version, in the database."""
    fields = [AccessEvent._meta.get_field(name) for name in SAMPLE["fields"]]
    AccessEvent.objects.bulk_create(
        AccessEvent(**{f.name: f.to_python(value) for f, value in zip(fields, row, strict=True)})
        for row in SAMPLE["rows"]
    )
    last = AccessEvent.objects.order_by("number").last()
    LogHead.objects.create(chain=last.chain, number=last.number, hash=last.hash)
    Practice.objects.filter(pk=Practice.objects.first().pk).update(uuid=last.chain)
    return last.chain


def test_an_old_log_still_verifies(old_log):
    assert AccessEvent.objects.filter(chain=old_log).count() == len(SAMPLE["rows"]) == 101
    assert broken_links() == []
    assert chain.NEWEST == 1  # a newer form of a row needs a sample of its own


def test_an_old_log_goes_on(cast, old_log):
    request = RequestFactory().get("/")
    cast.anna.practice.refresh_from_db()
    request.user, request.session = cast.anna, {}
    audit.record(request, "change", cast.piet_patient)
    assert AccessEvent.objects.get(number=102).chain == old_log
    assert broken_links() == []


def test_no_act_changed_its_kind(old_log):
    known = AccessEvent.objects.filter(chain=old_log).exclude(action="weigh")
    assert {event.action for event in known} <= set(ACTS)
    assert not [event.action for event in known if ACTS[event.action].code != event.code]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_an_old_log_reads_in_both_languages(cast, old_log, language):
    """For the owner, and in sentences for the patient; an unknown act by its name."""
    cast.els.practice.refresh_from_db()
    events = list(AccessEvent.objects.filter(chain=old_log).order_by("number"))
    with translation.override(language):
        lines = search.in_words([[event] for event in events], cast.els)
        reader = Reader(cast.piet_patient)
        sentences = [reader.sentence(event) for event in events]
    labels = {line["event"].action: line["act"] for line in lines}
    assert labels.pop("weigh") == "weigh" and all(labels.values())
    assert labels["pause"] == {"en": "programme paused", "nl": "programma onderbroken"}[language]
    assert all(sentences) and "weigh" in sentences[-1]
    denied = {"en": "That was refused.", "nl": "Dat mocht niet."}[language]
    assert sum(sentence.endswith(denied) for sentence in sentences) == 2


def test_no_act_is_without_dutch():
    with translation.override("en"):
        english = {name: label_of(name) for name in ACTS}
    with translation.override("nl"):
        assert not [name for name, label in english.items() if label_of(name) == label]
