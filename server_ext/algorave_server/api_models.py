"""What the REST API is sent and what it answers, as pydantic models. The OpenAPI document is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from algorave_server.invites import DEFAULT_EXPIRY_S, MAX_EXPIRY_S, MAX_USES, Kind
from algorave_server.protocol import Colour, Door, Layer, LayerName, Title
from algorave_server.rights import Role

DEFAULT_USES = 100
Seconds = Annotated[float, Field(gt=0, le=MAX_EXPIRY_S, allow_inf_nan=False)]


class Body(BaseModel):
    """What all bodies of requests share: no unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What all answers share."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Says:
    """What one method of a handler takes and gives, for the document."""

    answer: type[Answer]
    body: type[Body] | None = None
    status: int = 200
    many: bool = False
    """Whether the answer is a list of them."""


class NotDone(Answer):
    """Answer to a request that changed nothing."""

    ok: Literal[False] = False
    reason: str
    detail: str
    """A sentence for people."""


class Done(Answer):
    """It is done."""

    ok: Literal[True] = True


# -- sessions ---------------------------------------------------------------------------------------------


class NewSession(Body):
    """What is asked for when a session is made."""

    title: Title
    layer: LayerName | None = "main"
    """The name of its first, empty layer; null when it is to begin with none."""


class SessionChange(Body):
    """What of a session is to be another; null where nothing is."""

    title: Title | None = None
    door: Door | None = None
    """`ask`: who comes by an invite waits until a host lets it in. `open`: who waits is let in."""
    state: Literal["ended"] | None = None
    """For good: an ended session can be read and replayed only."""

    @model_validator(mode="after")
    def _something(self) -> SessionChange:
        if (self.title, self.door, self.state) == (None, None, None):
            raise ValueError("name what to change: title, door or state")
        return self


class SessionInfo(Answer):
    """A session, and what the asker is in it."""

    id: str
    title: str
    state: Literal["open", "ended"]
    created_at: datetime
    role: Role
    door: Door
    layers: list[Layer]
    you: str
    """The asker's participant id in it."""


# -- invites ----------------------------------------------------------------------------------------------


class NewInvite(Body):
    """What is asked for when an invite is made."""

    kind: Kind = "person"
    """`agent`: for one agent, which is a co-author whatever `role` says, and has the same place each time."""
    role: Literal[Role.CO_AUTHOR, Role.VIEWER] = Role.VIEWER
    """Nobody becomes host by a link that can be passed on; a host can make somebody host who is in."""
    expires_in_s: Seconds = DEFAULT_EXPIRY_S
    max_uses: Annotated[int, Field(ge=1, le=MAX_USES)] | None = DEFAULT_USES
    """How many people may come by it; null when that does not matter."""


class Came(Answer):
    """Somebody who came by an invite."""

    participant: str
    name: str
    at: datetime


class InviteInfo(Answer):
    """An invite. Neither its secret nor the hash of it is in here."""

    id: str
    kind: Kind
    role: Role
    state: Literal["open", "revoked", "expired", "used_up"]
    created_by: str
    created_at: datetime
    expires_at: datetime
    max_uses: int | None
    uses: int
    came: list[Came]


class InviteMade(Done):
    """A new invite. Its link is in this answer and nowhere else."""

    link: str
    invite: InviteInfo


class InviteList(Done):
    """All invites of a session."""

    invites: list[InviteInfo]


class InviteRevoked(Done):
    """Nobody comes by it any more."""

    removed: list[str]
    """The participants who were in by it and are out now."""


# -- participants and bans --------------------------------------------------------------------------------


class ParticipantInfo(Answer):
    """A person or an agent that ever came to the session, as hosts see it."""

    id: str
    name: str
    colour: str
    kind: Literal["person", "agent"]
    role: Role
    is_guest: bool
    connections: int
    """How many it has right now; 0 while it is away."""
    joined_at: datetime
    last_seen_at: datetime
    invite: str | None
    """The invite that its role comes from."""
    may_chat: bool
    waiting: bool
    """Whether it has to be let in."""
    may_enter: bool
    banned: bool


class ParticipantList(Done):
    """Everybody who ever came, in order of coming."""

    participants: list[ParticipantInfo]


class NewBan(Body):
    """Whom to ban: a participant, or an address (`192.0.2.7`, `192.0.2.0/24`)."""

    participant: str | None = None
    address: Annotated[str, StringConstraints(max_length=64)] | None = None
    reason: Annotated[str, StringConstraints(max_length=200)] = ""
    expires_in_s: Seconds | None = None
    """Null for ever."""

    @model_validator(mode="after")
    def _one_of_both(self) -> NewBan:
        if (self.participant is None) == (self.address is None):
            raise ValueError("name either a participant or an address")
        return self


class BanInfo(Answer):
    """Who may not come back to the session."""

    id: str
    participant: str | None
    address: str | None
    reason: str
    by: str | None
    at: datetime
    until_at: datetime | None


class BanMade(Done):
    """A new ban."""

    ban: BanInfo


class BanList(Done):
    """The bans of a session that are in force."""

    bans: list[BanInfo]


# -- guests -----------------------------------------------------------------------------------------------


class Redemption(Body):
    """What somebody with an invite says."""

    invite: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """The secret behind `#i=` in the link."""
    name: str = ""
    """An agent may leave it out, and is called Claude then."""
    colour: Colour | None = None
    kind: Kind = "person"
    """What comes; a link for agents lets in agents only, and one for people people only."""


class Joining(Body):
    """What somebody with an invite says who has no name to give: to look at it, or being logged in."""

    invite: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """The secret behind `#i=` in the link."""


class InvitationInfo(Done):
    """What an invite is to, for who holds it and is not in yet."""

    title: str
    kind: Kind
    role: Role
    by: str
    """The name of the host who made it."""


class AgentSeat(Done):
    """A place for one's own agent in a session. Its link is in this answer and nowhere else."""

    link: str
    """Ends in `#a=<session>.<credential>`: the credential is what a guest's cookie holds."""
    session: str
    participant: str


class Nothing(Body):
    """An empty body."""


class You(Answer):
    """Who a guest is in a session."""

    id: str
    name: str
    colour: str
    role: Role
    waiting: bool
    """Whether a host has to let it in first."""


class SessionName(Answer):
    """Which session it is."""

    id: str
    title: str


class Redeemed(Done):
    """A guest is in; the cookie says so from now on."""

    session: SessionName
    you: You


class GuestSession(Answer):
    """A session that a guest's cookie opens."""

    id: str
    title: str
    state: Literal["open", "ended"]
    you: You
    expires_at: datetime


class GuestSessions(Done):
    """Who a guest is."""

    sessions: list[GuestSession]


# -- OSC --------------------------------------------------------------------------------------------------

ControlName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")]
ControlText = Annotated[str, StringConstraints(strict=True, max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")]
ControlNumber = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e30, le=1e30)]
ControlValue = Annotated[int, Field(strict=True)] | ControlNumber | ControlText
Finite = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]


class OscHap(Body):
    """One hap for SuperDirt."""

    at_ms: Finite
    """When it begins, by the session's clock."""
    cycle: Finite
    cps: Annotated[float, Field(gt=0, le=64, allow_inf_nan=False)]
    delta_s: Annotated[float, Field(ge=0, le=3_600, allow_inf_nan=False)]
    """How long it is."""
    controls: Annotated[dict[ControlName, ControlValue], Field(max_length=64)]
    """Names and values as SuperDirt knows them."""


class OscHaps(Body):
    """Haps of a session, from the one page that sends them."""

    page: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8,32}$")]
    """Made up by the page: two pages that send the same would play everything twice."""
    haps: Annotated[list[OscHap], Field(max_length=64)]


class OscState(Answer):
    """Whether the server sends OSC. Where to is the operator's business."""

    on: bool


class OscSent(Done):
    """What became of haps."""

    sent: int
    left_out: int
    """Too late, or too far ahead."""


# -- the server -------------------------------------------------------------------------------------------


class Health(Done):
    """The server answers."""


class Readiness(Answer):
    """Whether the server can do its work, and what of it."""

    ok: bool
    checks: dict[str, str]
    """Each `ok`, or in words what is wrong."""


class LoginLink(Done):
    """A link that logs one browser in, once."""

    link: str
    expires_in_s: int


class Document(Answer):
    """An OpenAPI document."""

    model_config = ConfigDict(extra="allow")
