"""The record: what belongs to one person."""

from .patient import Patient, PatientInvitation
from .programme import Prescription, Programme, RedFlagCheck, ShareLink, StoredHandout, Version
from .session import SessionLog

__all__ = [
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
