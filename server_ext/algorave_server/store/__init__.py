"""Everything durable: sessions, participants, invites, updates, snapshots, the journal.

SQLAlchemy stays in here.
"""

from .appending import Appended
from .claims import Claims, claims_of
from .database import spool_folder
from .failures import StoreConflict, StoreFailure
from .records import (
    Arrival,
    BanRecord,
    EntryRecord,
    GuestMembership,
    InviteReport,
    KeptUpdate,
    Membership,
    Newcomer,
    NewSnapshot,
    Opened,
    ParticipantRecord,
    SessionRecord,
    SnapshotRecord,
    UpdateRecord,
)
from .store import Store
from .writer import Done, Writer

__all__ = [
    "Appended",
    "Arrival",
    "BanRecord",
    "Claims",
    "Done",
    "EntryRecord",
    "GuestMembership",
    "InviteReport",
    "KeptUpdate",
    "Membership",
    "NewSnapshot",
    "Newcomer",
    "Opened",
    "ParticipantRecord",
    "SessionRecord",
    "SnapshotRecord",
    "Store",
    "StoreConflict",
    "StoreFailure",
    "UpdateRecord",
    "Writer",
    "claims_of",
    "spool_folder",
]
