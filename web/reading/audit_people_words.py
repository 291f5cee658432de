"""What acts of the people loop and of accounts are called in the audit log; the rest stands in audit_words.py."""

from __future__ import annotations

from flask_babel import gettext as _


def people_areas() -> dict[str, str]:
    """What these acts are about, by what stands before the point."""
    return {
        "automatic": _("Calibration"),
        "calibration": _("Calibration"),
        "client_comment": _("Clients"),
        "coaching": _("Coaching"),
        "dispute": _("Disputes"),
        "identity": _("People"),
        "installation": _("Installation"),
        "invitation": _("People"),
        "own_data": _("Own data"),
        "provider": _("People"),
        "quiz": _("Quizzes"),
        "sampling_draw": _("Sampling"),
        "webhook": _("Webhooks"),
        "working_time": _("Working time"),
    }


def of_the_people_loop() -> dict[str, str]:
    """Disputes, calibration, coaching, the library."""
    return {
        "automatic.off": _("Switched automatic mode off"),
        "automatic.on": _("Switched automatic mode on"),
        "automatic.withdrawn": _("Automatic mode was withdrawn"),
        "calibration.agreed": _("Wrote down what a group agreed on"),
        "calibration.called_off": _("Called a calibration off"),
        "calibration.closed": _("Closed a calibration"),
        "calibration.handed_in": _("Handed in a scorecard of a calibration"),
        "calibration.made": _("Made a calibration"),
        "client_comment.deleted": _("Took a comment on a client out"),
        "clip.asked_out": _("Asked for a clip to be taken out"),
        "clip.chosen_good": _("Chose a clip as a good example"),
        "clip.closed": _("Took a clip out of the library"),
        "clip.dropped_good": _("Took a clip off the good examples"),
        "clip.kept_shared": _("Kept a clip in the library"),
        "clip.praised": _("Praised a clip"),
        "clip.shared": _("Opened a clip to every seller"),
        "coaching.plan_ended": _("Ended a coaching plan"),
        "coaching.plan_made": _("Made a coaching plan"),
        "coaching.planned": _("Planned a coaching session"),
        "coaching.taken_over": _("Took a coaching session over"),
        "dispute.decided": _("Decided a dispute"),
        "dispute.escalated": _("Took a dispute to the quality lead"),
        "dispute.raised": _("Raised a dispute"),
        "dispute.rules_set": _("Set the deadlines of disputes"),
        "dispute.void": _("A dispute ended with its evaluation"),
        "own_data.requested": _("Asked for the own data"),
        "own_data.taken": _("Took the own data away"),
        "playlist.given": _("Gave a playlist"),
        "playlist.taken_back": _("Took a playlist back"),
        "quiz.closed": _("Closed a quiz"),
        "quiz.given": _("Gave a quiz"),
        "quiz.made": _("Made a quiz"),
        "quiz.opened": _("Opened a quiz again"),
        "quiz.pass_changed": _("Changed what passes a quiz"),
        "quiz.question_added": _("Added a question to a quiz"),
        "quiz.question_removed": _("Removed a question of a quiz"),
        "quiz.taken_back": _("Took a quiz back"),
        "sampling_draw.made": _("Drew calls to be reviewed"),
    }


def of_accounts() -> dict[str, str]:
    """People, how they come in, and what is set up for them."""
    return {
        "identity.address_differs": _("A provider named another address"),
        "identity.connected": _("Connected an identity provider"),
        "identity.disconnected": _("Disconnected an identity provider"),
        "identity.refused": _("A sign-in by a provider was refused"),
        "installation.code_roles": _("Set which roles need one-time codes"),
        "installation.first_admin": _("Made the first admin"),
        "installation.named": _("Named the company"),
        "installation.samples_asked": _("Asked for the sample calls"),
        "installation.steps_dismissed": _("Put the first steps away"),
        "invitation.accepted": _("Accepted an invitation"),
        "invitation.made": _("Invited somebody"),
        "invitation.sent_again": _("Sent an invitation again"),
        "invitation.withdrawn": _("Withdrew an invitation"),
        "provider.changed": _("Changed the sign-in by another provider"),
        "provider.removed": _("Removed the sign-in by another provider"),
        "rep.changed": _("Changed a rep"),
        "team.renamed": _("Renamed a team"),
        "user.code_refused": _("A one-time code was refused"),
        "user.codes_off": _("Switched one-time codes off"),
        "user.codes_on": _("Switched one-time codes on"),
        "user.codes_reset": _("Reset somebody's one-time codes"),
        "user.recovery_code_used": _("Used a recovery code"),
        "user.recovery_codes_renewed": _("Renewed the recovery codes"),
        "user.renamed": _("Changed a name"),
        "user.reset_asked": _("Asked for a new passphrase"),
        "user.reset_made": _("Made a link for a new passphrase"),
        "user.reset_used": _("Set a new passphrase by a link"),
        "user.sessions_ended": _("Ended somebody's sessions"),
        "webhook.changed": _("Changed a webhook"),
        "webhook.made": _("Made a webhook"),
        "webhook.removed": _("Removed a webhook"),
        "webhook.secret_renewed": _("Renewed the secret of a webhook"),
        "webhook.sent_again": _("Had a webhook sent again"),
        "webhook.switched_off": _("A webhook was switched off"),
        "webhook.tested": _("Tested a webhook"),
        "working_time.calendar_made": _("Gave a team its own calendar"),
        "working_time.calendar_removed": _("Took a team's own calendar away"),
        "working_time.day_removed": _("Took a day out of a calendar"),
        "working_time.days_added": _("Put days into a calendar"),
        "working_time.hours_changed": _("Changed working hours"),
    }
