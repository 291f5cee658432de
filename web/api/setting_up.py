"""The first day and the mail over the API: how far the first steps are, sample calls, what waits to be sent."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask import Response
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from review.accounts import first_run
from review.notices.letters import BadAddress, post
from review.notices.refused import list_refused, try_again
from review.notices.status import list_letters, read_mail_status, try_now
from web.api.doing import answer, area
from web.api.fields import Line
from web.api.problems import Problem
from web.auth import viewer
from web.errors import Refused
from web.parts import parts

blueprint = area("setting_up", "installation", "Sampling rules, sources, the audit log, and how far the calls are.")


class FirstCallOut(BaseModel):
    """How far the first call is; nothing of what was said."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    state: str
    progress: float = Field(description="0 to 1 of the step that runs.")
    score: float | None
    failure: str


class FirstStepsOut(BaseModel):
    """How far an installation is: `done` when it is named, connected, staffed and scored a call of its own."""

    named: bool
    connected: bool = Field(description="Calls arrive by themselves.")
    invited: bool = Field(description="Somebody else can sign in or was asked in.")
    calls: bool = Field(description="Some call came.")
    scored: bool
    own_scored: bool = Field(description="One that is no sample.")
    dismissed: bool = Field(description="The list was put away; the other fields are not looked up any more.")
    done: bool
    first_call: FirstCallOut | None


class LetterOut(BaseModel):
    """One letter that waits or ended badly; never what it says."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    address: str
    state: str
    attempts: int
    error: str
    created_at: datetime
    ended_at: datetime | None


class RefusedAddressOut(BaseModel):
    """An address that takes no mail."""

    model_config = ConfigDict(from_attributes=True)

    address: str
    error: str
    since: datetime
    user_id: int | None


class MailOut(BaseModel):
    """How mail leaves the installation."""

    set_up: bool = Field(description="A mail server is set; without one mails are kept in a file or not at all.")
    waiting: int
    oldest: datetime | None
    later: int = Field(description="Notifications whose mail waits for its hour.")
    sent_at: datetime | None
    error: str = Field(description="Why the server cannot be used; empty when the last try reached it.")
    error_at: datetime | None
    paused_seconds: float
    letters: list[LetterOut]
    refused: list[RefusedAddressOut]


class MailTestIn(BaseModel):
    """Where the test goes; one's own address when left out."""

    model_config = ConfigDict(extra="forbid")

    address: Line | None = None


class MailAgainIn(BaseModel):
    """With an address, mails go there again too."""

    model_config = ConfigDict(extra="forbid")

    address: Line | None = None


@blueprint.get("/first-steps", responses={200: FirstStepsOut})
def read_first_steps() -> Response:
    """Read how far the first steps of the installation are, and its first call."""
    return answer(_steps())


@blueprint.post("/first-steps/samples", responses={200: FirstStepsOut})
def ask_for_samples() -> Response:
    """Ask for the sample calls; asked again, nothing more comes."""
    with parts().database.session() as db:
        first_run.ask_for_samples(db, by=viewer().user_id)
    return answer(_steps())


@blueprint.post("/first-steps/dismiss", responses={200: FirstStepsOut})
def dismiss_first_steps() -> Response:
    """Put the list of first steps away for everybody."""
    with parts().database.session() as db:
        first_run.dismiss(db, by=viewer().user_id)
    return answer(_steps())


@blueprint.get("/mail", responses={200: MailOut})
def read_mail() -> Response:
    """Read what waits to be sent, what the mail server says, and which addresses refuse mail."""
    return answer(_mail())


@blueprint.post("/mail/test", responses={200: MailOut, 422: Problem})
def test_mail(body: MailTestIn) -> Response:
    """Send a test mail within seconds; if it does not go out, `error` says why."""
    try:
        with parts().database.session() as db:
            post(
                db,
                body.address or viewer().email,
                "mail_test",
                {"hours": 1},
                language=viewer().language,
                key=f"mail_test:{secrets.token_hex(8)}",
            )
            try_now(db)
    except BadAddress as error:
        raise Refused(
            422,
            _("This is no e-mail address"),
            _("Nothing was sent."),
            _("Write it as name@example.com."),
            code="bad_address",
            field="address",
        ) from error
    return answer(_mail())


@blueprint.post("/mail/again", responses={200: MailOut, 422: Problem})
def send_mail_again(body: MailAgainIn) -> Response:
    """Try what waits now."""
    with parts().database.session() as db:
        if body.address is not None:
            try_again(db, body.address)
        try_now(db)
    return answer(_mail())


def _steps() -> FirstStepsOut:
    settings = parts().settings
    with parts().database.read() as db:
        found = first_run.read_steps(
            db, named=bool(settings.company_names), watches=bool(settings.watch or settings.call_records)
        )
        call = first_run.first_call(db)
    return FirstStepsOut(
        named=found.named,
        connected=found.connected,
        invited=found.invited,
        calls=found.calls > 0,
        scored=found.scored > 0,
        own_scored=found.own_scored > 0,
        dismissed=found.dismissed,
        done=found.done,
        first_call=None if call is None else FirstCallOut.model_validate(call),
    )


def _mail() -> MailOut:
    with parts().database.read() as db:
        status, letters, refused = read_mail_status(db), list_letters(db), list_refused(db)
    return MailOut(
        set_up=parts().settings.mail is not None,
        waiting=status.waiting,
        oldest=status.oldest,
        later=status.later,
        sent_at=status.sent_at,
        error=status.error,
        error_at=status.error_at,
        paused_seconds=max(0.0, status.paused_seconds),
        letters=[LetterOut.model_validate(row) for row in letters],
        refused=[RefusedAddressOut.model_validate(row) for row in refused],
    )
