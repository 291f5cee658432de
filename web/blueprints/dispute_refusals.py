"""What a person reads when a dispute cannot do what was asked, on the page and through the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _

from review.disputes.rules import RulesRefused
from review.disputes.types import DisputeRefused, NoSuchDispute, NotDisputable, NotYours, TooLate
from review.errors import NoSuchCall
from review.evaluations import NoSuchEvaluation
from scoring.standards import StandardNotFound
from web.context import when
from web.errors import Refused


@contextmanager
def dispute_refusals_told() -> Iterator[None]:
    """Whatever of disputes is refused inside is told in the reader's words."""
    try:
        yield
    except (NoSuchDispute, NoSuchEvaluation, NoSuchCall):
        abort(404)
    except TooLate as error:
        raise _too_late(error) from error
    except NotDisputable as error:
        raise _not_disputable(error) from error
    except NotYours as error:
        raise _not_yours(error) from error
    except DisputeRefused as error:
        raise _refused(error) from error
    except RulesRefused as error:
        raise Refused(
            422,
            _("Send a whole number of days from %(least)s to %(most)s", least=error.least, most=error.most),
            _("Nothing was changed."),
            code=error.code,
            field=error.field,
        ) from error
    except StandardNotFound as error:
        raise Refused(409, _("The scorecard of this call is not here any more"), _("Nothing was changed.")) from error


def _too_late(error: TooLate) -> Refused:
    until = when(error.until)
    words = {
        "raise": _("The time to dispute this evaluation ended on %(when)s", when=until),
        "escalate": _("The time to take this to the quality lead ended on %(when)s", when=until),
    }
    return Refused(
        409,
        words.get(error.what, _("The time for this ended on %(when)s", when=until)),
        _("Nothing was changed. What is typed stays on the page."),
        _("Talk to your manager if something is wrong nevertheless."),
        code=error.code,
        until=error.until.isoformat(),
    )


def _not_disputable(error: NotDisputable) -> Refused:
    words = {
        "right": _("Only the rep of the call and the manager of their team dispute an evaluation"),
        "scorer": _("This is your own evaluation: open it again to change it"),
        "draft": _("This evaluation is being written: it can be disputed once it is shown"),
        "waiting": _("This evaluation is not shown to the rep yet: it can be disputed then"),
        "reopened": _(
            "This evaluation was opened again and is being changed: it can be disputed once it is shown anew"
        ),
        "void": _("This evaluation is void: it counts no more, so there is nothing to dispute"),
        "final": _("This evaluation is final: the last word on it was spoken"),
        "blind": _("You are to judge this call blind: submit your own evaluation first"),
        "open": _("This evaluation is disputed already"),
    }
    facts: dict[str, Any] = {"dispute": error.dispute_id} if error.dispute_id else {}
    if error.dispute_id:
        facts["url"] = url_for("disputes.show", dispute_id=error.dispute_id)
    return Refused(
        403 if error.why == "right" else 409,
        words.get(error.why, _("This evaluation cannot be disputed in its present state")),
        _("Nothing was stored. What is typed stays on the page."),
        code=error.code,
        why=error.why,
        **facts,
    )


def _not_yours(error: NotYours) -> Refused:
    closed = error.state in ("decided", "withdrawn", "void")
    words = {
        "decide": _("This dispute is not yours to decide: whoever scored it, raised it or decided it before does not"),
        "escalate": _("Only what the manager has decided goes on to the quality lead, by the rep or their manager"),
        "withdraw": _("Only who raised a dispute takes it back"),
    }
    return Refused(
        409 if closed else 403,
        _("This dispute is closed") if closed else words.get(error.why, _("This is not open to you")),
        _("Nothing was changed. What is typed stays on the page."),
        code=error.code,
        why=error.why,
        state=error.state,
    )


def _refused(error: DisputeRefused) -> Refused:
    words = {
        ("criterion", "unknown"): _("One of the criteria is none that can be disputed or decided here"),
        ("criterion", "twice"): _("One criterion is there twice"),
        ("comment", "missing"): _("Say in a few words why the answer is wrong"),
        ("proposed", "missing"): _("Choose the answer that you think is right"),
        ("proposed", "unknown"): _("The proposed answer is none of this criterion's"),
        ("proposed", "same"): _("The proposed answer is the one that is there"),
        ("second", "range"): _("This second is not in the call"),
        ("points", "missing"): _("Choose at least one criterion, or say in words what is wrong"),
        ("points", "many"): _("These are more criteria than a dispute can have"),
        ("decision", "missing"): _("Decide on every criterion: accept, another answer, or reject"),
        ("words", "missing"): _("Say in a few words why: the people concerned read it"),
        ("answer", "unknown"): _("The other answer is none of this criterion's"),
        ("answer", "same"): _("This is the answer that stands: to leave it, reject"),
        ("answers", "missing"): _("Say which answers change, or reject"),
    }
    long = error.why == "long"
    message = _("A text here can have 2000 characters") if long else words.get((error.field, error.why))
    return Refused(
        422,
        message or _("This could not be stored"),
        _("Nothing was stored. What is typed stays on the page."),
        code=error.code,
        field=error.field,
        criterion=error.criterion,
    )
