"""The record: everything that belongs to one patient."""

from .batch import Batch, BatchHandout
from .follow_up import (
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
from .programme import Prescription, Programme, RedFlagCheck, StoredHandout, Version
from .proxy import Proxy
from .reminder import CalendarLink, Reminder, ReminderPlan
from .rights import DataExport, Erased, ErasureRequest
from .session import SessionLog
from .share_link import ShareLink

__all__ = [
    "ActivityScore",
    "Batch",
    "BatchHandout",
    "CalendarLink",
    "DataExport",
    "Erased",
    "ErasureRequest",
    "MainActivity",
    "Message",
    "Patient",
    "PatientInvitation",
    "Pause",
    "Prescription",
    "Programme",
    "Proxy",
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
