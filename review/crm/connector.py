"""What a CRM must be able to do for us, in neutral rows: nothing outside a connector's own module knows its shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who works in the CRM and may be a rep here."""

    id: str
    name: str
    email: str | None = None
    extension: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One entry of the CRM's list of reasons a deal is lost."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company; it becomes a client of its own when it has numbers, or a deal without a person."""

    id: str
    name: str
    phones: tuple[str, ...] = ()
    email: str | None = None
    custom: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    do_not_call: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person we sell to; `known` are fields of the card whose meaning is set, e.g. potential, by our names."""

    id: str
    name: str
    phones: tuple[str, ...] = ()
    email: str | None = None
    company_id: str | None = None
    company: str | None = None  # where the CRM keeps only its name
    known: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    do_not_call: bool | None = None  # None: the CRM does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A lead or deal; `status` is open, won, closed_lost or unqualified."""

    id: str
    kind: str  # lead or deal
    title: str
    contact_id: str | None = None
    company_id: str | None = None
    stage: str | None = None
    stage_since: datetime | None = None
    status: str = "open"
    amount: Decimal | None = None
    currency: str | None = None
    person_id: str | None = None
    loss_reason: str | None = None  # a Reason's code, or words
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by_id: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMove:
    """A deal came into a stage; `status` is the deal's from then on."""

    deal_id: str
    stage: str
    status: str
    at: datetime
    person_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something somebody has to do for a client or deal."""

    id: str
    title: str
    deal_id: str | None = None
    contact_id: str | None = None
    company_id: str | None = None
    person_id: str | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note on a card."""

    id: str
    body: str
    at: datetime
    deal_id: str | None = None
    contact_id: str | None = None
    company_id: str | None = None
    person_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """An e-mail: its subject and time; its words are never asked for."""

    id: str
    subject: str
    at: datetime
    direction: str = "outbound"
    deal_id: str | None = None
    contact_id: str | None = None
    company_id: str | None = None
    person_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A row that was deleted in the CRM: entity is client, company, deal, task, note or email."""

    entity: str
    id: str


Row = Person | Reason | Company | Contact | Deal | StageMove | Task | Note | Email | Gone


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and how far reading has come with them: the cursor is kept in the transaction that keeps the rows."""

    rows: tuple[Row, ...]
    cursor: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Where something is written to: the ids there of the deal and of the client, as far as they are known."""

    deal_id: str | None = None
    kind: str = "deal"  # of the deal: lead or deal
    contact_id: str | None = None
    company_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNote:
    """A judged call as the CRM gets it; `duration` in whole seconds, `text` already in words."""

    card: Card
    call_id: str  # the telephone system's, where the CRM may know it
    from_telephony: str | None  # kind of the source the call came from
    direction: str
    phone: str
    at: datetime
    duration: int
    text: str
    link: str | None
    person_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task to be made."""

    card: Card
    title: str
    text: str
    due_at: datetime
    person_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """A lead or deal to be opened again: at this stage (None: the first of its pipeline), for this person."""

    card: Card
    stage: str | None
    person_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptTurn:
    """One turn; times in seconds from the call's start, `rep` says whose it is."""

    rep: bool
    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The words of one call."""

    note: CallNote
    turns: tuple[TranscriptTurn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """One field of a card to be set; `quote` is what was said, for CRMs where the field is unknown."""

    card: Card
    field: str
    value: str
    quote: str


@dataclass(slots=True, kw_only=True)
class Access:
    """What a connector is given: the settings, the secrets, and `keep`, which stores changed secrets at once.

    `keep(read, changed)` stores what became of the secrets in `read`, and gives those to go on with: what a person
    entered since they were read stays. `stored` gives the secrets as they are kept now: another process may have
    renewed a token meanwhile. `alive` is called before every single request; it raises when whoever started the work
    may not go on with it.
    """

    settings: Mapping[str, Any]
    secrets: dict[str, str]
    keep: Callable[[Mapping[str, str], Mapping[str, str]], Mapping[str, str]]
    wait: Callable[[float], None]
    stored: Callable[[], Mapping[str, str]] | None = None
    region: str = "DE"
    seconds: float = 30.0  # for one request; CRMs answer a page in a few
    alive: Callable[[], None] = lambda: None


class Connector(Protocol):
    """One CRM. All methods raise `review.crm.errors.CrmError` and nothing else for what the CRM does.

    Each push takes the outbox key and `again`: True when an earlier try may have been done, so that the CRM is asked
    for the key before anything is made. It returns the id there of what was made.
    """

    def test(self) -> str:
        """Sign in and read the least thing; the account's name."""
        ...

    def pull(self, cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Everything changed since the cursor (empty: everything), owners before what they own."""
        ...

    def fetch(self, contacts: Sequence[str], companies: Sequence[str]) -> tuple[Row, ...]:
        """These contacts and companies; those that are gone are left out."""
        ...

    def missing(self, entity: str, ids: Sequence[str]) -> frozenset[str]:
        """Which of these no longer exist there; entity is client or deal."""
        ...

    def push_call(self, note: CallNote, key: str, *, again: bool) -> str:
        """Put a judged call on the card."""
        ...

    def push_task(self, task: NewTask, key: str, *, again: bool) -> str:
        """Make a task."""
        ...

    def withdraw(self, card: Card, of: str, text: str, key: str) -> str:
        """Close the task made under the key `of`, saying why; "" when there is none. Twice does no harm."""
        ...

    def reopen(self, reopening: Reopening, key: str, *, again: bool) -> str:
        """Open a lead or deal again and leave the brief on its card."""
        ...

    def push_transcript(self, transcript: Transcript, key: str, *, again: bool) -> str:
        """Attach the words of a call. Raises CrmCannot where the CRM takes none."""
        ...

    def push_field(self, value: FieldValue, key: str, *, again: bool) -> str:
        """Set a field of the card, or say it in a note where the field is not mapped."""
        ...
