"""How mail leaves the installation: whether it is set up, what waits, which addresses refuse it, and a test."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.notices.letters import BadAddress, post
from review.notices.refused import list_refused, try_again
from review.notices.status import list_letters, read_mail_status, try_now
from web.auth import viewer
from web.errors import Refused
from web.parts import parts

blueprint = Blueprint("mail", __name__, url_prefix="/mail")


@blueprint.get("")
def index() -> str:
    """The page of administrators."""
    with parts().database.read() as db:
        status, letters, refused = read_mail_status(db), list_letters(db), list_refused(db)
    return render_template(
        "mail/index.html",
        server=parts().settings.mail,
        public_url=parts().settings.public_url,
        status=status,
        letters=letters,
        refused=refused,
    )


@blueprint.post("/test")
def test() -> Response:
    """Put down a mail to an address and let the server be tried now."""
    with parts().database.session() as db:
        try:
            post(
                db,
                request.form.get("address", "") or viewer().email,
                "mail_test",
                {"hours": 1},
                language=viewer().language,
                key=f"mail_test:{secrets.token_hex(8)}",
            )
        except BadAddress as error:
            raise Refused(
                422,
                _("This is no e-mail address"),
                _("Nothing was sent."),
                _("Write it as name@example.com."),
                field="address",
            ) from error
        try_now(db)
    flash(_("The test mail goes out within a few seconds; if it does not, the reason stands here."))
    return redirect(url_for(".index"))


@blueprint.post("/again")
def again() -> Response:
    """Try what waits now; with an address, let mails go there again."""
    address = request.form.get("address", "")
    with parts().database.session() as db:
        if address:
            try_again(db, address)
        try_now(db)
    flash(_("It is tried again now."))
    return redirect(url_for(".index"))
