"""Sources: where calls come from, and what is known in advance about the calls of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.doorbell import ring
from review.queries.sources_deliveries import last_arrival, list_doors
from review.services.roles import latest_role_change, undo_role_change
from review.services.sources import (
    ACCURACIES,
    ENGINES,
    MOST_QUEUES,
    BadSource,
    SourceRow,
    change_source,
    get_source,
    learned_sources,
    list_queues,
    list_sources,
)
from review.services.standards import StandardChoice, list_choices
from review.telephony.providers import PROVIDERS
from scoring.standards import in_language
from web.auth import viewer
from web.errors import Refused
from web.parts import parts

blueprint = Blueprint("sources", __name__, url_prefix="/sources")

LANGUAGES = ("en", "ru", "ko", "zh")


@blueprint.get("")
def index() -> str:
    """All sources with what is set for each."""
    with parts().database.read() as db:
        sources = list_sources(db)
        learned = learned_sources(db)
        choices = list_choices(db)
        doors = {name: door for name, door in list_doors(db).items() if door.provider in PROVIDERS}
    return render_template(
        "sources.html",
        sources=sources,
        learned=learned,
        standards=dict(_titles(choices)),
        doors=doors,
        providers=PROVIDERS,
    )


@blueprint.get("/<int:source_id>")
def show(source_id: int) -> str:
    """One source's settings, each with what it does."""
    with parts().database.read() as db:
        source = _source(get_source(db, source_id))
        learned = latest_role_change(db, source.name)
        queues = list_queues(db, source)
        choices = list_choices(db)
        door = list_doors(db).get(source.name)
        last = last_arrival(db, source.name)
    return render_template(
        "source.html",
        **_arrival(last),
        door=PROVIDERS[door.provider].title if door and door.provider in PROVIDERS else None,
        source=source,
        learned=learned,
        queues=queues,
        standards=_titles(choices),
        languages_known=_languages(source.language),
        engines=ENGINES,
        defaults=parts().settings,
    )


@blueprint.get("/<int:source_id>/arrivals")
def arrivals(source_id: int) -> str:
    """The line that says when the source last brought a call; the page asks for it while it is open."""
    with parts().database.read() as db:
        source = _source(get_source(db, source_id))
        last = last_arrival(db, source.name)
    return render_template("source/_arrivals.html", source=source, **_arrival(last))


@blueprint.post("/<int:source_id>")
def change(source_id: int) -> Response:
    """Keep what was set; calls that wait for a speech model go on when that may help them."""
    form = request.form
    with parts().database.session() as db:
        source = _source(get_source(db, source_id))
        names = tuple(choice.name for choice in list_choices(db))
        try:
            ready = change_source(
                db,
                source.name,
                language=_one_of(form.get("language"), _languages(source.language)),
                rep_channel=1 if form.get("rep_channel") == "1" else 0,
                standard=_one_of(form.get("standard"), names),
                company_names=form.get("company_names", "").splitlines(),
                products=form.get("products", "").splitlines(),
                queue_languages={
                    queue: language
                    for number, queue in enumerate(form.getlist("queue")[:MOST_QUEUES])
                    if (language := _one_of(_at(form.getlist("queue_language"), number), LANGUAGES))
                },
                queue_standards={
                    queue: standard
                    for number, queue in enumerate(form.getlist("queue")[:MOST_QUEUES])
                    if (standard := _one_of(_at(form.getlist("queue_standard"), number), names))
                },
                engine=_one_of(form.get("engine"), ENGINES),
                accuracy=_one_of(form.get("accuracy"), ACCURACIES) or "normal",
                by=viewer().user_id,
            )
        except BadSource as error:
            raise Refused(
                422,
                _("These settings cannot be used"),
                _("Nothing was changed."),
                _("One name on each line, at most 80 characters each and 200 lines."),
                code="bad_source",
                field=error.field,
            ) from error
    ring(parts().redis, ready)
    flash(_("Saved. Calls that arrive from now on follow it."))
    return redirect(url_for(".show", source_id=source_id))


@blueprint.post("/<int:source_id>/undo-channel")
def undo_channel(source_id: int) -> Response:
    """Take back the rep's channel that was learned from swaps by hand."""
    with parts().database.session() as db:
        source = _source(get_source(db, source_id))
        undone = undo_role_change(db, source.name, viewer().user_id)
    if undone is None:
        flash(_("There was nothing to take back."))
    else:
        flash(_("The rep is on channel %(n)s again, for calls that arrive from now on.", n=undone.after + 1))
    return redirect(url_for(".show", source_id=source_id))


def _source(found: SourceRow | None) -> SourceRow:
    if found is None:
        abort(404)
    return found


def _titles(choices: Sequence[StandardChoice]) -> list[tuple[str, str]]:
    """(name, title in the viewer's language) of every standard calls can be judged by."""
    return [(choice.name, in_language(choice.title, viewer().language)) for choice in choices]


def _languages(current: str | None) -> tuple[str, ...]:
    """The languages to choose from; one that was set otherwise stays a choice."""
    return LANGUAGES if current in (None, *LANGUAGES) else (*LANGUAGES, str(current))


def _at(values: list[str], number: int) -> str | None:
    return values[number] if number < len(values) else None


def _one_of(value: str | None, choices: tuple[str, ...]) -> str | None:
    return value if value in choices else None


def _arrival(last: datetime | None) -> dict[str, Any]:
    return {"last_at": last, "ago": (datetime.now(UTC) - last).total_seconds() if last else None}
