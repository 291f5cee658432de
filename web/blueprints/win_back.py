"""Win-back: closed leads to judge by keys, and reopening them to another owner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.queries.inbox import filter_choices
from review.win_back.brief import gather_brief
from review.win_back.deciding import LeadMoved, LeadRefused, NoSuchLead, decide, find_lead
from review.win_back.figures import read_tiles
from review.win_back.leads import BANDS, SIZES, LeadFilter, LeadRow, get_lead, list_leads, reason_choices
from review.win_back.reopening import owner_choices, reopen
from review.win_back.states import TABS, count_tabs, count_to_judge, leads_of
from web.auth import viewer
from web.errors import Refused, is_htmx
from web.parts import parts
from web.reading.win_back import read_line, read_lines
from web.reading.win_back_brief import read_due, suggest_due, write_brief

blueprint = Blueprint("win_back", __name__, url_prefix="/win-back")


@blueprint.app_context_processor
def navigation_count() -> dict[str, Any]:
    """For the navigation of every page: how many leads wait for the viewer's judgement."""
    return {"leads_to_judge": leads_to_judge}


def leads_to_judge() -> int:
    """Asked only where the navigation has the entry."""
    with parts().database.read() as db:
        return count_to_judge(db, viewer(), datetime.now(UTC))


@blueprint.get("")
def index() -> str:
    """A list of leads, best chances of most value first; one page alone when htmx asks for more."""
    now = datetime.now(UTC)
    tab = request.args.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    wanted = _read_filter()
    after = request.args.get("after") or None
    with parts().database.read() as db:
        page = list_leads(db, viewer(), tab, wanted, now=now, after=after)
        facts = {"tab": tab, "page": page, "lines": read_lines(page.rows), "chosen": wanted.to_query(), "now": now}
        if is_htmx() and after:
            return render_template("win_back/_lines.html", **facts)
        return render_template(
            "win_back/index.html",
            **facts,
            filters=wanted,
            tabs=TABS,
            bands=BANDS,
            sizes=SIZES,
            counts=count_tabs(db, viewer(), now),
            choices=filter_choices(db, viewer()),
            reasons=reason_choices(db, viewer(), now),
            figures=read_tiles(db, leads_of(viewer())),
        )


@blueprint.post("/<int:lead_id>/verdict")
def judge(lead_id: int) -> str | Response:
    """Agree, disagree or not sure; the line as it stands now, for htmx."""
    now = datetime.now(UTC)
    answer, reason = request.form.get("answer", ""), request.form.get("reason", "")
    do_act(lambda db: decide(db, viewer(), lead_id, answer, reason=reason, now=now))
    if not is_htmx():
        return redirect(url_for(".index", tab=request.form.get("tab") or None))
    with parts().database.read() as db:
        row = get_lead(db, viewer(), lead_id, now=now)
    if row is None:
        abort(404)
    return render_template("win_back/_line.html", line=read_line(row), tab=request.form.get("tab", TABS[0]), now=now)


@blueprint.get("/<int:lead_id>/reopen")
def prepare(lead_id: int) -> str | Response:
    """The brief to be edited, and whom to hand the lead to."""
    now = datetime.now(UTC)
    with parts().database.read() as db:
        row = _lead(db, lead_id, now)
        brief = gather_brief(db, viewer(), row, now)
        owners = owner_choices(db, viewer(), find_lead(db, viewer(), lead_id, now), brief.language)
    if row.state in ("reopened", "closed"):
        flash(_("This lead was reopened or closed meanwhile."))
        return redirect(url_for(".index", tab="reopened"))
    return render_template(
        "win_back/reopen.html",
        line=read_line(row),
        brief=write_brief(row, brief),
        quote=brief.quote,
        due=suggest_due(brief, now).date(),
        today=now.date(),
        owners=owners,
    )


@blueprint.post("/<int:lead_id>/reopen")
def hand_out(lead_id: int) -> Response:
    """Hand the lead to its new owner."""
    owner = request.form.get("owner", "")
    told = do_act(
        lambda db: reopen(
            db,
            viewer(),
            lead_id,
            owner_id=int(owner) if owner.isdecimal() and len(owner) < 16 else 0,
            brief=request.form.get("brief", ""),
            quote=request.form.get("quote", ""),
            due_at=read_due(request.form.get("due", "")),
        )
    )
    flash(_("Reopened. The new owner is told, and so is the CRM if the deal is from one.") if told else _("Reopened."))
    return redirect(url_for(".index", tab="reopened"))


def _read_filter() -> LeadFilter:
    """The filter of the address; a value that makes no sense is left out: a stale link still opens."""
    values = request.args
    reason = values.get("reason", "")
    return LeadFilter(
        band=values.get("band") if values.get("band") in BANDS else None,
        reason=reason if reason.isidentifier() and len(reason) < 60 else None,
        rep_id=_number(values.get("rep", "")),
        team_id=_number(values.get("team", "")),
        size=values.get("size") if values.get("size") in SIZES else None,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _lead(db: Any, lead_id: int, now: datetime) -> LeadRow:
    row = get_lead(db, viewer(), lead_id, now=now)
    if row is None:
        abort(404)
    return row


def do_act(act: Callable[[Any], Any]) -> Any:
    """Do the act in one transaction; what cannot be done is refused in the viewer's language."""
    try:
        with parts().database.session() as db:
            return act(db)
    except NoSuchLead:
        abort(404)
    except LeadMoved as error:
        raise Refused(
            409,
            _("Somebody dealt with this lead meanwhile"),
            _("Nothing was changed."),
            _("Load the page again to see how it stands."),
            code=error.code,
        ) from error
    except LeadRefused as error:
        message, advice = _refusal(error)
        raise Refused(422, message, _("Nothing was changed."), advice, code=error.code, field=error.field) from error


def _refusal(error: LeadRefused) -> tuple[str, str]:
    """What was refused and what to do about it."""
    return {
        ("lead", "do_not_call"): (
            _("A number of this client is on the list of those not to call"),
            _("If it stands there by mistake, take it off the list first, with a reason."),
        ),
        ("lead", "excluded"): (_("This lead is excluded"), _("Its line says why.")),
        ("lead", "right"): (
            _("Somebody judged this closing right"),
            _("Agree first that it was wrong, then reopen the lead."),
        ),
        ("owner", "same_rep"): (
            _("A lead goes to another owner than the one who closed it"),
            _("Choose somebody else."),
        ),
        ("owner", "unknown"): (_("Choose who gets the lead"), _("It must be a rep of yours who still works here.")),
        ("brief", "length"): (_("A brief has 1 to 4,000 characters, its quote up to 500"), ""),
        ("due", "range"): (_("Choose a due date from today on"), ""),
        ("sum", "number"): (_("The sum is no number"), _("Write it with digits, such as 4800.")),
    }.get((error.field, error.why), (_("This cannot be done"), ""))
