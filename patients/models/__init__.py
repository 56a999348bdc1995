"""The record: what belongs to one person."""

from .batch import Batch, BatchHandout
from .course import (
    ActivityScore,
    MainActivity,
    QualityRating,
    RecoveryCheck,
    RiskProfile,
    SeenMark,
    StartBackScore,
    SymptomAnswer,
)
from .message import Message
from .patient import Patient, PatientInvitation
from .pause import Pause
from .programme import Prescription, Programme, RedFlagCheck, ShareLink, StoredHandout, Version
from .reminder import CalendarLink, Reminder, ReminderPlan
from .session import SessionLog

__all__ = [
    "ActivityScore",
    "Batch",
    "BatchHandout",
    "CalendarLink",
    "MainActivity",
    "Message",
    "Patient",
    "PatientInvitation",
    "Pause",
    "Prescription",
    "Programme",
    "QualityRating",
    "RecoveryCheck",
    "RedFlagCheck",
    "Reminder",
    "ReminderPlan",
    "RiskProfile",
    "SeenMark",
    "SessionLog",
    "ShareLink",
    "StartBackScore",
    "StoredHandout",
    "SymptomAnswer",
    "Version",
]
