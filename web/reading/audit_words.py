"""What each kind of act is called in the audit log. A test holds this list to what the code records."""

from __future__ import annotations

from flask_babel import gettext as _

from web.reading.audit_people_words import of_accounts, of_the_people_loop, people_areas


def area_words() -> dict[str, str]:
    """What acts are about, by what stands before the point."""
    return {
        "assignment": _("Review queue"),
        "audit": _("Audit log"),
        "bulk": _("Many calls at once"),
        "call": _("Calls"),
        "calls": _("Calls"),
        "client": _("Clients"),
        "clip": _("Clips"),
        "comment": _("Comments"),
        "correction": _("Corrections"),
        "corrections": _("Corrections"),
        "crm": _("CRM"),
        "do_not_call": _("Not to be called"),
        "drift": _("Learning"),
        "evaluation": _("Evaluations"),
        "labels": _("Learning"),
        "model": _("Learning"),
        "playlist": _("Playlists"),
        "promise": _("Promises"),
        "rep": _("Reps"),
        "rescore": _("Scoring again"),
        "sampling_rule": _("Sampling"),
        "scorecard": _("Scorecards"),
        "source": _("Sources"),
        "standard": _("Scorecards"),
        "team": _("Teams"),
        "token": _("API tokens"),
        "user": _("People"),
        "verdict": _("Verdicts"),
        "view": _("Kept views"),
        "win_back": _("Win-back"),
        **people_areas(),
    }


def action_words() -> dict[str, str]:
    """Each kind of act in words."""
    return {
        **_of_calls(),
        **_of_reviews(),
        **of_the_people_loop(),
        **_of_clients(),
        **_of_people(),
        **of_accounts(),
        **_of_setup(),
    }


def _of_calls() -> dict[str, str]:
    return {
        "bulk.started": _("Began to change many calls"),
        "bulk.cancelled": _("Stopped changing many calls"),
        "call.client_chosen": _("Said which client a call belongs to"),
        "call.exported": _("Took a transcript away"),
        "call.fetch_retried": _("Asked for a recording again"),
        "call.original_sound_opened": _("Listened to the unmasked sound"),
        "call.originals_seen": _("Read what is masked"),
        "call.retry": _("Let a failed call be tried again"),
        "call.score_again": _("Had a call scored again"),
        "call.score_partial": _("Had an incomplete call scored"),
        "call.tagged": _("Put a tag on a call"),
        "call.transcribe_again": _("Had a call transcribed again"),
        "call.untagged": _("Took a tag off a call"),
        "calls.exported": _("Took a list of calls away"),
        "calls.transcribe_again": _("Had calls transcribed again"),
        "clip.deleted": _("Deleted a clip"),
        "comment.deleted": _("Took a comment out"),
        "playlist.deleted": _("Deleted a playlist"),
        "rescore.started": _("Began to score calls again"),
        "rescore.cancelled": _("Stopped scoring calls again"),
        "view.deleted": _("Deleted a kept view"),
        "view.shared": _("Shared a kept view"),
    }


def _of_reviews() -> dict[str, str]:
    return {
        "assignment.handed_on": _("Handed a review on"),
        "assignment.made": _("Gave calls to be reviewed"),
        "assignment.skipped": _("Left a call out of the queue"),
        "assignment.withdrawn": _("Took a call out of a queue"),
        "correction.join": _("Joined two turns of a transcript"),
        "correction.roles": _("Swapped rep and client"),
        "correction.speaker": _("Corrected who speaks"),
        "correction.split": _("Split a turn of a transcript"),
        "correction.time": _("Corrected a time"),
        "correction.undo": _("Took a correction back"),
        "correction.words": _("Corrected words"),
        "corrections.exported": _("Took corrections away"),
        "evaluation.acknowledged": _("Acknowledged an evaluation"),
        "evaluation.begun": _("Began an evaluation"),
        "evaluation.disputed": _("Disputed an evaluation"),
        "evaluation.final": _("Closed an evaluation"),
        "evaluation.reopened": _("Opened an evaluation again"),
        "evaluation.settled": _("Settled an evaluation"),
        "evaluation.submitted": _("Submitted an evaluation"),
        "evaluation.void": _("Took an evaluation out of the count"),
        "labels.export": _("Took training labels away"),
        "labels.import": _("Brought training labels in"),
        "model.trained": _("Trained a model"),
        "drift.alarm": _("A model drifts"),
        "verdict.changed": _("Changed an answer of the machine"),
        "verdict.confirmed": _("Confirmed an answer of the machine"),
    }


def _of_clients() -> dict[str, str]:
    return {
        "client.changed": _("Changed a client's card"),
        "client.fact_to_crm": _("Sent a fact to the CRM"),
        "crm.connected": _("Connected a CRM"),
        "crm.connection_changed": _("Changed a CRM connection"),
        "crm.disconnected": _("Disconnected a CRM"),
        "crm.imported": _("Imported clients"),
        "crm.person_named": _("Said who a person of the CRM is"),
        "crm.retried": _("Sent something to the CRM again"),
        "crm.sync_asked": _("Asked for the CRM to be read"),
        "do_not_call.added": _("Put a number on the list of those not to be called"),
        "do_not_call.removed": _("Took a number off the list of those not to be called"),
        "promise.decided": _("Said whether a promise was kept"),
        "win_back.decided": _("Judged a closed lead"),
        "win_back.outcome": _("Noted what came of a lead"),
        "win_back.reopened": _("Reopened a lead"),
    }


def _of_people() -> dict[str, str]:
    return {
        "rep.created": _("Made a rep"),
        "rep.team_changed": _("Moved a rep to another team"),
        "team.created": _("Made a team"),
        "team.member_removed": _("Took somebody out of a team"),
        "team.member_set": _("Put somebody into a team"),
        "token.created": _("Made an API token"),
        "token.revoked": _("Revoked an API token"),
        "user.created": _("Made a sign-in"),
        "user.disabled": _("Shut somebody out"),
        "user.enabled": _("Let somebody in again"),
        "user.password_changed": _("Changed a passphrase"),
        "user.right_granted": _("Granted a right"),
        "user.right_revoked": _("Took a right away"),
        "user.roles_changed": _("Changed somebody's roles"),
        "user.sign_in_failed": _("Could not sign in"),
        "user.signed_in": _("Signed in"),
        "user.signed_out": _("Signed out"),
    }


def _of_setup() -> dict[str, str]:
    return {
        "audit.exported": _("Took the audit log away"),
        "audit.restored": _("Said that a backup was put back"),
        "sampling_rule.active": _("Let a sampling rule go on"),
        "sampling_rule.changed": _("Changed a sampling rule"),
        "sampling_rule.created": _("Made a sampling rule"),
        "sampling_rule.paused": _("Paused a sampling rule"),
        "sampling_rule.removed": _("Removed a sampling rule"),
        "scorecard.archived": _("Put a scorecard away"),
        "scorecard.draft_begun": _("Began a draft of a scorecard"),
        "scorecard.draft_discarded": _("Discarded a draft of a scorecard"),
        "scorecard.previewed": _("Tried a draft on past calls"),
        "scorecard.published": _("Published a scorecard"),
        "scorecard.unarchived": _("Took a scorecard back into use"),
        "source.changed": _("Changed a source"),
        "source.door_changed": _("Changed a door for calls"),
        "source.door_made": _("Made a door for calls"),
        "source.name_forgotten": _("Forgot who a name is"),
        "source.name_given": _("Said who a name is"),
        "source.secret_renewed": _("Renewed the secret of a source"),
        "standard.imported": _("Imported a standard"),
    }
