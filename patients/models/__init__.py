"""The record: what belongs to one person."""

from .batch import Batch, BatchHandout
from .patient import Patient, PatientInvitation
from .programme import Prescription, Programme, RedFlagCheck, ShareLink, StoredHandout, Version
from .session import SessionLog

__all__ = [
    "Batch",
    "BatchHandout",
    "Patient",
    "PatientInvitation",
    "Prescription",
    "Programme",
    "RedFlagCheck",
    "SessionLog",
    "ShareLink",
    "StoredHandout",
    "Version",
]
