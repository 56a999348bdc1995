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
from .patient import Patient, PatientInvitation
from .pause import Pause
from .programme import Prescription, Programme, RedFlagCheck, ShareLink, StoredHandout, Version
from .session import SessionLog

__all__ = [
    "ActivityScore",
    "Batch",
    "BatchHandout",
    "MainActivity",
    "Patient",
    "PatientInvitation",
    "Pause",
    "Prescription",
    "Programme",
    "QualityRating",
    "RecoveryCheck",
    "RedFlagCheck",
    "RiskProfile",
    "SeenMark",
    "SessionLog",
    "ShareLink",
    "StartBackScore",
    "StoredHandout",
    "SymptomAnswer",
    "Version",
]
