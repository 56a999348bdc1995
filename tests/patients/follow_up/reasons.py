"""What a patient reports, and what the worklist then says."""

import uuid
from datetime import timedelta

from django.utils import timezone

from patients.follow_up import caseload, worklist
from patients.models import RiskProfile, SessionLog, SymptomAnswer


def log(programme, days_ago, pain=None, moment=1, done=True, line=0):
    version = programme.current_version()
    return SessionLog.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        line=version.sheet.lines[line].uuid,
        day=timezone.localdate() - timedelta(days=days_ago),
        moment=moment,
        done=done,
        pain=pain,
        sequence=SessionLog.objects.count() + 1,
        performed_at=timezone.now(),
    )


def leg_pain(programme, days_ago=0, answer=True, line=4):
    version = programme.current_version()
    return SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        line=version.sheet.lines[line].uuid,
        day=timezone.localdate() - timedelta(days=days_ago),
        symptoms=["leg_pain"] if answer else [],
        sequence=SymptomAnswer.objects.count() + 1,
    )


def listed(user, whole_practice=False):
    """The worklist of this person, as (name, reasons)."""
    programmes = caseload.running(user, whole_practice=whole_practice)
    cards = worklist.attention(caseload.cases(programmes, timezone.localdate()))
    return [(card.case.patient.name, [item.reason for item in card.items]) for card in cards]


def choose(programme, by, profile):
    RiskProfile.objects.create(
        programme=programme, profile=profile, chosen_by=by, chosen_name=by.name
    )


# ---------------------------------------------------------------- paused, and prolonged


def stand_still(programme, first, until=None):
    """Days ago: when the pause began, and when it went on."""
    today = timezone.localdate()
    programme.pauses.create(
        from_on=today - timedelta(days=first),
        until_on=None if until is None else today - timedelta(days=until),
    )
