"""Why something about an account is refused, in the viewer's language, and with which HTTP status."""

from __future__ import annotations

from flask_babel import gettext as _

from review.accounts.granting import LastAdmin, MayNotGrant, NotYours, OwnRoles
from review.accounts.invitations import InvitationClosed, InvitedAlready
from review.accounts.own import WrongPassphrase
from review.errors import ReviewError
from review.services.people import BadRep
from review.services.users import BadUser, UserExists

REFUSALS = (
    BadUser,
    MayNotGrant,
    NotYours,
    OwnRoles,
    LastAdmin,
    InvitationClosed,
    InvitedAlready,
    WrongPassphrase,
    BadRep,
)
"""What a page answers with a sentence instead of a fault."""


def words_of(error: ReviewError) -> str:
    """The sentence for the person who asked."""
    if isinstance(error, UserExists):
        return str(_("%(email)s has a sign-in already. Change that person's roles instead.", email=error.email))
    if isinstance(error, InvitedAlready):
        said = _("%(email)s has an open invitation. Send that one again, or withdraw it first.", email=error.email)
        return str(said)
    if isinstance(error, BadUser):
        fields = {
            "email": _("This is not an e-mail address. Write it like name@example.com."),
            "name": _("Write the name colleagues know the person by, at most 120 characters."),
            "roles": _("Choose at least one role."),
            "language": _("Choose a language from the list."),
            "team_id": _("This team is not known here any more. Load the page again."),
            "teams": _("A team is not known here any more. Load the page again."),
            "right": _("To external reviewers private data stays masked: this right is not for them."),
        }
        return str(fields.get(error.field, _("This cannot be kept as it is. Load the page again.")))
    kinds: tuple[tuple[type[ReviewError], str], ...] = (
        (MayNotGrant, _("Some of these roles only an admin gives or takes. Nothing was changed.")),
        (NotYours, _("This account is not yours to change: it holds a role or right that only an admin gives.")),
        (OwnRoles, _("Nobody changes their own roles and rights. Ask another admin.")),
        (LastAdmin, _("This is the last admin. Make somebody else an admin first.")),
        (InvitationClosed, _("This invitation was accepted or withdrawn meanwhile. Load the page again.")),
        (WrongPassphrase, _("This is not your passphrase. Nothing was changed.")),
        (BadRep, _("The name is empty, or another rep has this extension or sign-in. Nothing was changed.")),
    )
    return next((words for kind, words in kinds if isinstance(error, kind)), str(error))


def status_of(error: ReviewError) -> int:
    """409 where something stands in the way, 422 where what was sent is wrong."""
    return 422 if isinstance(error, BadUser | BadRep) and not isinstance(error, UserExists) else 409
