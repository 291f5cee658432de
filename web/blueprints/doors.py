"""A source that a telephone system delivers to: set up, tried out, watched; its deliveries, recordings and people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from review.doorbell import ring
from review.queries.sources_deliveries import find_source_id, list_deliveries, read_delivery
from review.services.people import BadRep, list_reps
from review.services.sources import BadSource, SourceRow, get_source
from review.telephony.deliveries import NoSuchDelivery, count_by_state, replay
from review.telephony.doors import OpenDoor, SecretsBroken, change_door, make_door, open_door, renew_secret
from review.telephony.fetches import open_fetches, retry_fetch
from review.telephony.people import forget_name, list_aliases, name_rep, unknown_names
from review.telephony.provider import WrongSignature
from review.telephony.providers import PROVIDERS
from web.auth import viewer
from web.blueprints.hooks import take, vault
from web.connector_sentences import reason_text
from web.errors import Refused, answer_refused
from web.parts import parts
from web.pasted import CHECKED, WATCHED, pasted

blueprint = Blueprint("doors", __name__, url_prefix="/sources")

DAY: Final = timedelta(days=1)
SHOWN: Final = 12  # deliveries on the page of a source
PAGE: Final = 50


@blueprint.get("/new")
def choose() -> str:
    """The telephone systems to choose from."""
    return render_template(
        "source/choose.html",
        providers=PROVIDERS.values(),
        chosen=request.args.get("provider"),
        watched=WATCHED,
        checked=CHECKED,
    )


@blueprint.post("/new")
def make() -> Response | str:
    """Make the source; what was made for it is shown once, on the page that answers."""
    form = request.form
    try:
        with parts().database.session() as db:
            opened = make_door(
                db,
                vault(),
                form.get("name", ""),
                form.get("provider", ""),
                {name: value for name, value in form.items() if name not in ("name", "provider", "csrf_token")},
                by=viewer().user_id,
            )
            source_id = find_source_id(db, opened.door.source)
    except BadSource as error:
        raise _refusal(error) from error
    return _page(source_id or 0, shown=_made(opened))


@blueprint.get("/<int:source_id>/door")
def show(source_id: int) -> str:
    """How it is set up, what came, and what has to be done."""
    return _page(source_id)


@blueprint.get("/<int:source_id>/door/live")
def live(source_id: int) -> str:
    """The part of the page that moves: last delivery, deliveries, recordings to fetch."""
    with parts().database.read() as db:
        source = _source(get_source(db, source_id))
        opened = _opened(open_door(db, vault(), source.name))
        state = _live(db, source, opened)
    return render_template("source/_live.html", source=source, **state)


@blueprint.post("/<int:source_id>/door")
def change(source_id: int) -> Response:
    """Keep what was entered."""
    given = {name: value for name, value in request.form.items() if name != "csrf_token"}
    given.setdefault("own_network", "")
    try:
        with parts().database.session() as db:
            source = _source(get_source(db, source_id))
            change_door(db, vault(), source.name, given, by=viewer().user_id)
    except BadSource as error:
        raise _refusal(error) from error
    flash(_("Saved. Deliveries that arrive from now on follow it."))
    return redirect(url_for(".show", source_id=source_id))


@blueprint.post("/<int:source_id>/door/renew")
def renew(source_id: int) -> str:
    """A new secret or a new address; the old one ends at once."""
    what = request.form.get("what", "")
    try:
        with parts().database.session() as db:
            source = _source(get_source(db, source_id))
            new = renew_secret(db, vault(), source.name, what, by=viewer().user_id)
    except BadSource as error:
        raise _refusal(error) from error
    return _page(source_id, shown={} if what == "token" else {what: new}, renewed=what)


@blueprint.post("/<int:source_id>/door/try")
def try_out(source_id: int) -> Response:
    """Send ourselves a signed delivery as the provider would; no call comes of it."""
    with parts().database.read() as db:
        source = _source(get_source(db, source_id))
        opened = _opened(open_door(db, vault(), source.name))
    try:
        sent = opened.provider.sample(opened.door, opened.addresses()[0], datetime.now(UTC))
    except WrongSignature as error:
        raise Refused(
            422,
            _("The test was not sent"),
            _("Nothing was changed."),
            _("Enter the secrets below first."),
            why=reason_text(error.why),
        ) from error
    taken = take(opened, sent, test=True)
    if taken.state == "accepted":
        flash(_("The test delivery was accepted and understood. No call was kept."))
    else:
        flash(_("The test delivery was not accepted: %(why)s", why=reason_text(taken.why) or taken.state), "error")
    return redirect(url_for(".show", source_id=source_id))


@blueprint.get("/<int:source_id>/deliveries")
def deliveries(source_id: int) -> str:
    """All deliveries of a source, page by page."""
    state, before = request.args.get("state") or None, request.args.get("before", type=int)
    with parts().database.read() as db:
        source = _source(get_source(db, source_id))
        _opened(open_door(db, vault(), source.name))
        lines = list_deliveries(db, source=source.name, state=state, before=before, limit=PAGE + 1)
    more = lines[PAGE - 1].id if len(lines) > PAGE else None
    return render_template("source/deliveries.html", source=source, lines=lines[:PAGE], more=more, state=state)


@blueprint.get("/<int:source_id>/deliveries/<int:delivery_id>")
def delivery(source_id: int, delivery_id: int) -> str:
    """One delivery as it came; numbers of clients stand in it, so it is for administrators."""
    with parts().database.read() as db:
        source = _source(get_source(db, source_id))
        raw = read_delivery(db, delivery_id, source=source.name)
    if raw is None:
        abort(404)
    return render_template("source/delivery.html", source=source, raw=raw)


@blueprint.post("/<int:source_id>/deliveries/<int:delivery_id>/replay")
def play_again(source_id: int, delivery_id: int) -> Response:
    """Read a kept delivery again."""
    try:
        with parts().database.session() as db:
            source = _source(get_source(db, source_id))
            opened = _opened(open_door(db, vault(), source.name))
            taken = replay(db, opened, delivery_id, region=parts().settings.region)
    except NoSuchDelivery:
        abort(404)
    ring(parts().redis, taken.ring)
    if taken.created:
        flash(_("Read again: a new call came of it."))
    elif taken.state == "accepted":
        flash(_("Read again: the call is here already, nothing changed."))
    else:
        flash(_("Read again, and no call came of it: %(why)s", why=reason_text(taken.why) or taken.state), "error")
    return redirect(url_for(".show", source_id=source_id))


@blueprint.post("/<int:source_id>/fetches/<int:fetch_id>/retry")
def fetch_again(source_id: int, fetch_id: int) -> Response:
    """Fetch a recording now."""
    with parts().database.session() as db:
        source = _source(get_source(db, source_id))
        call_id = retry_fetch(db, fetch_id, source=source.name, by=viewer().user_id)
    flash(_("It is fetched again now.") if call_id else _("There was nothing to fetch again."))
    return redirect(url_for(".show", source_id=source_id))


@blueprint.post("/<int:source_id>/people")
def give(source_id: int) -> Response:
    """Say whom an extension or name of this source means, or take that back."""
    name, rep = request.form.get("name", "")[:300], request.form.get("rep", type=int)
    try:
        with parts().database.session() as db:
            source = _source(get_source(db, source_id))
            if request.form.get("forget"):
                forget_name(db, source.name, name, by=viewer().user_id)
                linked = None
            else:
                linked = name_rep(db, source.name, name, rep or 0, by=viewer().user_id)
    except BadRep as error:
        raise Refused(422, _("No such rep"), _("Nothing was changed."), _("Choose a rep of the list.")) from error
    if linked is not None:
        flash(ngettext("%(num)s call was given to the rep.", "%(num)s calls were given to the rep.", linked.reps))
    return redirect(url_for(".show", source_id=source_id))


def _page(source_id: int, *, shown: Mapping[str, str] | None = None, renewed: str | None = None) -> str:
    with parts().database.read() as db:
        source = _source(get_source(db, source_id))
        opened = _opened(open_door(db, vault(), source.name))
        state = _live(db, source, opened)
        unknown, aliases = unknown_names(db, source.name), list_aliases(db, source.name)
        reps = [rep for rep in list_reps(db) if rep.active] if unknown else []
    return render_template(
        "source/door.html",
        source=source,
        provider=opened.provider,
        door=opened.door,
        address=opened.addresses()[0],
        entered={field.name for field in opened.provider.fields if opened.door.secrets.get(field.name)},
        shown=shown or {},
        pasted=pasted(opened.door.provider, opened.addresses()[0], next(iter((shown or {}).values()), None)),
        renewed=renewed,
        unknown=unknown,
        aliases=aliases,
        reps=reps,
        defaults=parts().settings,
        **state,
    )


def _live(db: Any, source: SourceRow, opened: OpenDoor) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "last_at": opened.last_delivery_at,
        "ago": (now - opened.last_delivery_at).total_seconds() if opened.last_delivery_at else None,
        "lines": list_deliveries(db, source=source.name, limit=SHOWN),
        "counts": count_by_state(db, source.name, now - DAY),
        "fetches": open_fetches(db, source.name),
    }


def _made(opened: OpenDoor) -> dict[str, str]:
    return {field.name: opened.door.secrets[field.name] for field in opened.provider.fields if field.made}


def _source(found: SourceRow | None) -> SourceRow:
    if found is None:
        abort(404)
    return found


def _opened(found: OpenDoor | None) -> OpenDoor:
    if found is None:
        abort(404)
    return found


def _refusal(error: BadSource) -> Refused:
    words = {
        "name": _("Give it a name of its own, at most 60 characters, without a slash."),
        "region": _("Give the country's two letters, such as DE, RU or KR."),
        "zone": _("Write the time zone as Europe/Berlin or Asia/Seoul."),
        "hosts": _("One host on each line, such as pbx.example.com, at most 20."),
    }
    return Refused(
        422,
        _("These settings cannot be used"),
        _("Nothing was changed."),
        words.get(error.field, _("Check the field and send it again.")),
        code="bad_source",
        field=error.field,
    )


@blueprint.errorhandler(SecretsBroken)
def say_broken(_error: SecretsBroken) -> Any:
    """Say it plainly when the secret key is another one than the secrets were closed with."""
    return answer_refused(
        Refused(
            503,
            _("The secrets of this source cannot be opened"),
            _("What was delivered before is kept."),
            _("Put back the file secret.key of the backup this database came from."),
        )
    )
