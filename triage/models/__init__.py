from triage.models.cases import Bundle, Case, Correction, Matter, Reading, Subject
from triage.models.history import Deadline, Event, Look, Recusal
from triage.models.people import Appointment, FormerPost, Kin, Office, Officer, Role, Zone
from triage.models.staff import Credential, Reset, StaffEvent
from triage.models.territory import Domain, Installation, Place

__all__ = [
    "Appointment",
    "Bundle",
    "Case",
    "Correction",
    "Credential",
    "Deadline",
    "Domain",
    "Event",
    "FormerPost",
    "Installation",
    "Kin",
    "Look",
    "Matter",
    "Office",
    "Officer",
    "Place",
    "Reading",
    "Recusal",
    "Reset",
    "Role",
    "StaffEvent",
    "Subject",
    "Zone",
]
