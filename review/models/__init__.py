"""The tables, one file per subject. Rows never leave `review`: services and queries hand out frozen dataclasses."""

from __future__ import annotations

from review.models.access import ApiToken, SignInAttempt, WebSession
from review.models.base import Base, UtcTime, utc_now
from review.models.calls import (
    CALL_STATES,
    DIRECTIONS,
    DISPOSITIONS,
    DOORS,
    Call,
    CallLeg,
    Delivery,
    Recording,
    Source,
)
from review.models.clients import DEAL_STATUSES, POTENTIALS, Client, ClientPhone, CrmTask, Deal, LossReason
from review.models.comments import Clip, Comment, Notification, Playlist, PlaylistItem
from review.models.corrections import Correction, SourceRoleChange
from review.models.evaluations import EVALUATION_STATES, Evaluation, EvaluationEvent
from review.models.finding import SHARED_WITH, VIEW_PAGES, CallTag, DefaultView, SavedView, Tag
from review.models.learning import (
    DRAWN_BY,
    MODEL_STATES,
    VERDICT_KINDS,
    DriftReading,
    FrozenTest,
    LabelRequest,
    LearnedModel,
    ModelEvent,
    ShadowAnswer,
    Verdict,
)
from review.models.objections import ObjectionEpisode
from review.models.people import ROLES, Rep, Team, TeamMember, User, UserRole
from review.models.rescoring import RUN_STATES, BulkRun, RescoreChange, RescoreRun
from review.models.results import Segment, StandardVersion, StoredAssessment, StoredTranscript
from review.models.sampling import ASSIGNMENT_STATES, PARTS, RULE_STATES, Assignment, SamplingDraw, SamplingRule
from review.models.scorecards import (
    PREVIEW_STATES,
    ScorecardArchive,
    ScorecardDraft,
    ScorecardPreview,
    ScorecardPreviewCall,
    ScorecardPublication,
)
from review.models.sealed import RIGHTS, SealedOriginal, UserRight
from review.models.speech import SpeechNow
from review.models.upkeep import AuditEvent, OutboxItem, WatchedFile, WebAudio

__all__ = [
    "ASSIGNMENT_STATES",
    "CALL_STATES",
    "DEAL_STATUSES",
    "DIRECTIONS",
    "DISPOSITIONS",
    "DOORS",
    "DRAWN_BY",
    "EVALUATION_STATES",
    "MODEL_STATES",
    "PARTS",
    "POTENTIALS",
    "PREVIEW_STATES",
    "RIGHTS",
    "ROLES",
    "RULE_STATES",
    "RUN_STATES",
    "SHARED_WITH",
    "VERDICT_KINDS",
    "VIEW_PAGES",
    "ApiToken",
    "Assignment",
    "AuditEvent",
    "Base",
    "BulkRun",
    "Call",
    "CallLeg",
    "CallTag",
    "Client",
    "ClientPhone",
    "Clip",
    "Comment",
    "Correction",
    "CrmTask",
    "Deal",
    "DefaultView",
    "Delivery",
    "DriftReading",
    "Evaluation",
    "EvaluationEvent",
    "FrozenTest",
    "LabelRequest",
    "LearnedModel",
    "LossReason",
    "ModelEvent",
    "Notification",
    "ObjectionEpisode",
    "OutboxItem",
    "Playlist",
    "PlaylistItem",
    "Recording",
    "Rep",
    "RescoreChange",
    "RescoreRun",
    "SamplingDraw",
    "SamplingRule",
    "SavedView",
    "ScorecardArchive",
    "ScorecardDraft",
    "ScorecardPreview",
    "ScorecardPreviewCall",
    "ScorecardPublication",
    "SealedOriginal",
    "Segment",
    "ShadowAnswer",
    "SignInAttempt",
    "Source",
    "SourceRoleChange",
    "SpeechNow",
    "StandardVersion",
    "StoredAssessment",
    "StoredTranscript",
    "Tag",
    "Team",
    "TeamMember",
    "User",
    "UserRight",
    "UserRole",
    "UtcTime",
    "Verdict",
    "WatchedFile",
    "WebAudio",
    "WebSession",
    "utc_now",
]
