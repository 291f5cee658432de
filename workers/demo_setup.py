"""What the demo puts into an installation: a sign-in for each role, the demo CRM, the sample calls. Safe to repeat."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from review.db import Database
from review.services.crm_import import import_crm
from review.services.intake import Accepted
from review.services.people import RepRow, list_reps, set_team_member
from review.services.sources import change_source, ensure_source
from review.services.users import create_user, find_user, list_users
from review.settings import Settings
from review.storage import AudioStore
from workers.bringing import bring_in
from workers.bundles import Bundle
from workers.cli.errors import CommandRefused
from workers.demo.exchange.setup import prepare_exchange
from workers.demo.exchange.state import apply_story, read_state
from workers.demo.manifest import COMPANY_NAMES, SOURCE, SampleCall, crm_folder, sample_calls
from workers.demo_history import bring_history
from workers.passphrase import make_passphrase

SIGN_IN_FILE = "demo-sign-in.txt"


@dataclass(frozen=True, slots=True)
class DemoUser:
    """One demo sign-in."""

    email: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class SignIns:
    """The demo's people and the one passphrase they share."""

    users: tuple[DemoUser, ...]
    passphrase: str


OTHERS = (
    DemoUser("manager@demo.example", "Helen Ford", "manager"),
    DemoUser("reviewer@demo.example", "Viktor Orlov", "reviewer"),
    DemoUser("lead@demo.example", "Martin Hale", "quality_lead"),
    DemoUser("head@demo.example", "Ingrid Solberg", "head_of_sales"),
    DemoUser("admin@demo.example", "Adam Reyes", "admin"),
)


def prepare(database: Database, settings: Settings) -> SignIns:
    """Make the people, the source and the CRM of the demo; what is there already is left as it is.

    Raises CommandRefused when the data folder holds an installation that is not a demo.
    """
    path = settings.data / SIGN_IN_FILE
    with database.read() as session:
        if not path.exists() and list_users(session):
            raise CommandRefused(
                f"{settings.data} holds an installation of your own (no {SIGN_IN_FILE} is in it): "
                "start it with `callcoach run`, or give the demo another folder with DATA=..."
            )
    passphrase = demo_passphrase(path)
    with database.session() as session:
        ensure_source(session, SOURCE, "import", company_names=COMPANY_NAMES)
        change_source(session, SOURCE, language=None, rep_channel=0, standard=None, company_names=COMPANY_NAMES)
        import_crm(session, crm_folder(), region=settings.region)
        bring_history(session)
        apply_story(session, read_state(settings.data), region=settings.region)
        prepare_exchange(session, settings, COMPANY_NAMES)
        users = (demo_rep(session), *OTHERS)
        for user in users:
            _ensure_user(session, user, passphrase)
    write_sign_ins(path, SignIns(users, passphrase))
    return SignIns(users, passphrase)


def bring_samples(database: Database, settings: Settings, store: AudioStore) -> Iterator[tuple[SampleCall, Accepted]]:
    """Take the sample calls in through the intake every call goes through, those with the least work first."""
    for sample in sorted(sample_calls(), key=lambda sample: (sample.transcript is None, sample.seconds)):
        bundle = Bundle(sample.files, transcript=sample.transcript)
        yield sample, bring_in(database, store, settings, bundle, sample.facts, door="import")


def demo_rep(session: Session) -> DemoUser:
    """The sign-in of the rep who has most of the sample calls, under the address the CRM knows them by."""
    by_name: dict[str, RepRow] = {rep.name: rep for rep in list_reps(session) if rep.email}
    calls = Counter(sample.facts.get("rep", "") for sample in sample_calls())
    for name, _count in calls.most_common():
        rep = by_name.get(name)
        if rep is not None and rep.email:
            return DemoUser(rep.email, rep.name, "rep")
    raise LookupError("the demo CRM has no rep with an e-mail address who talks in a sample call")


def demo_passphrase(path: Path) -> str:
    """The passphrase of this data folder's demo people: made on the first run, read back afterwards."""
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            label, _colon, value = line.partition(":")
            if label.strip() == "passphrase" and value.strip():
                return value.strip()
        raise CommandRefused(f"{path} names no passphrase: delete the demo's data folder and start it again.")
    return make_passphrase()


def write_sign_ins(path: Path, sign_ins: SignIns) -> None:
    """Keep the sign-ins where only the owner of the data folder can read them."""
    lines = [f"passphrase: {sign_ins.passphrase}", ""]
    lines += [f"{user.role:<15} {user.email}  ({user.name})" for user in sign_ins.users]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _ensure_user(session: Session, user: DemoUser, passphrase: str) -> None:
    if find_user(session, user.email) is None:
        create_user(session, email=user.email, name=user.name, password=passphrase, roles=[user.role])
    known = find_user(session, user.email)
    if known is not None and user.role == "manager":
        for team_id in sorted({rep.team_id for rep in list_reps(session) if rep.team_id is not None}):
            set_team_member(session, team_id, known.id, manages=True)
