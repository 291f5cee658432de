"""Accounts: invitations, resets, one-time codes, sign-in by another provider; teams with their history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
TABLES = (
    "installation",
    "team_membership",
    "user_identity",
    "identity_provider",
    "pending_sign_in",
    "recovery_code",
    "one_time_code",
    "password_reset",
    "invitation",
)


def upgrade() -> None:
    """Teams have had their people for as long as the audit log knows; the last sign-ins are in it too."""
    op.add_column("user", sa.Column("signed_in_at", TIME, nullable=True))
    _invitations()
    _codes()
    _provider()
    _teams()
    _last_sign_ins()
    _backfill_reps()
    _backfill_members()


def _invitations() -> None:
    op.create_table(
        "invitation",
        _id(),
        _text("email"),
        _text("name"),
        sa.Column("roles", JSON, nullable=False),
        _text("language"),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("manages", sa.Boolean(), nullable=False),
        _text("token_hash"),
        sa.Column("invited_by", ID, nullable=True),
        *_times("created_at", "sent_at"),
        sa.Column("sent", sa.Integer(), nullable=False),
        *_times("expires_at"),
        sa.Column("accepted_at", TIME, nullable=True),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("withdrawn_at", TIME, nullable=True),
        _key("invitation", "team_id", "team.id", "SET NULL"),
        _key("invitation", "invited_by", "user.id", "SET NULL"),
        _key("invitation", "user_id", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_index("ix_invitation_email", "invitation", ["email"])
    op.create_table(
        "password_reset",
        _id(),
        sa.Column("user_id", ID, nullable=False),
        _text("token_hash"),
        sa.Column("made_by", ID, nullable=True),
        *_times("created_at", "expires_at"),
        sa.Column("used_at", TIME, nullable=True),
        _key("password_reset", "user_id", "user.id", "CASCADE"),
        _key("password_reset", "made_by", "user.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_password_reset"),
        sa.UniqueConstraint("token_hash", name="uq_password_reset_token_hash"),
    )
    op.create_index("ix_password_reset_user_id", "password_reset", ["user_id"])


def _codes() -> None:
    op.create_table(
        "one_time_code",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", ID, nullable=False),
        *_times("created_at"),
        sa.Column("confirmed_at", TIME, nullable=True),
        _key("one_time_code", "user_id", "user.id", "CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_one_time_code"),
    )
    op.create_table(
        "recovery_code",
        _id(),
        sa.Column("user_id", ID, nullable=False),
        _text("code_hash"),
        sa.Column("used_at", TIME, nullable=True),
        _key("recovery_code", "user_id", "user.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("code_hash", name="uq_recovery_code_code_hash"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])
    op.create_table(
        "pending_sign_in",
        _text("token_hash"),
        sa.Column("user_id", ID, nullable=False),
        _text("need"),
        *_times("created_at", "expires_at"),
        _text("address"),
        _text("user_agent"),
        _key("pending_sign_in", "user_id", "user.id", "CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_pending_sign_in"),
    )
    op.create_index("ix_pending_sign_in_user_id", "pending_sign_in", ["user_id"])
    op.create_index("ix_pending_sign_in_expires_at", "pending_sign_in", ["expires_at"])


def _provider() -> None:
    op.create_table(
        "identity_provider",
        _id(),
        _text("issuer"),
        _text("client_id"),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        _text("label"),
        sa.Column("domains", JSON, nullable=False),
        sa.Column("invited_only", sa.Boolean(), nullable=False),
        sa.Column("new_roles", JSON, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        *_times("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_identity_provider"),
    )
    op.create_table(
        "user_identity",
        _id(),
        sa.Column("user_id", ID, nullable=False),
        _text("issuer"),
        _text("subject"),
        _text("email"),
        *_times("connected_at"),
        sa.Column("used_at", TIME, nullable=True),
        _key("user_identity", "user_id", "user.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_user_identity"),
        sa.UniqueConstraint("issuer", "subject", name="uq_user_identity_issuer_subject"),
        sa.UniqueConstraint("user_id", "issuer", name="uq_user_identity_user_id_issuer"),
    )


def _teams() -> None:
    op.create_table(
        "team_membership",
        _id(),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("rep_id", ID, nullable=True),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("is_manager", sa.Boolean(), nullable=False),
        sa.Column("since", TIME, nullable=True),
        sa.Column("until", TIME, nullable=True),
        _key("team_membership", "team_id", "team.id", "CASCADE"),
        _key("team_membership", "rep_id", "rep.id", "CASCADE"),
        _key("team_membership", "user_id", "user.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_team_membership"),
    )
    op.create_index("ix_team_membership_team_id", "team_membership", ["team_id"])
    op.create_index("ix_team_membership_rep_id_since", "team_membership", ["rep_id", "since"])
    op.create_index("ix_team_membership_user_id_since", "team_membership", ["user_id", "since"])
    op.create_table(
        "installation",
        _id(),
        _text("company"),
        _text("language"),
        *(sa.Column(name, JSON, nullable=False) for name in ("products", "competitors", "code_roles")),
        *(
            sa.Column(name, TIME, nullable=True)
            for name in ("named_at", "samples_at", "samples_done_at", "dismissed_at")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )


def _last_sign_ins() -> None:
    op.execute(
        sa.text(
            'UPDATE "user" SET signed_in_at = (SELECT max(audit_event.at) FROM audit_event '
            "WHERE audit_event.action = 'user.signed_in' AND audit_event.user_id = \"user\".id)"
        )
    )


def _backfill_reps() -> None:
    """Each rep's stretches as the audit log tells them, ending with the team the rep is in now."""
    bind = op.get_bind()
    moves: dict[int, list[tuple[Any, int | None, int | None]]] = {}
    for at, subject, details in _events("rep.team_changed"):
        moves.setdefault(int(subject), []).append((at, details.get("before"), details.get("after")))
    teams = {row.id for row in bind.execute(sa.text("SELECT id FROM team"))}
    rows: list[tuple[int, int | None, Any, Any]] = []
    for rep_id, now in bind.execute(sa.text("SELECT id, team_id FROM rep ORDER BY id")).all():
        told = moves.get(rep_id, [])
        # The first stretch has no beginning: calls brought in from before the rep was written down belong to it too.
        since, team = None, told[0][1] if told else now
        for at, _before, after in told:
            rows.append((rep_id, team, since, at))
            since, team = at, after
        # A change that nobody wrote down: the team of now counts from the last known change on.
        rows.append((rep_id, now, since, None))
    _insert(
        bind, [{"rep_id": rep, "team_id": team, "since": a, "until": b} for rep, team, a, b in rows if team in teams]
    )


def _backfill_members() -> None:
    bind = op.get_bind()
    first: dict[tuple[int, int], Any] = {}
    for at, subject, details in _events("team.member_set"):
        first.setdefault((int(subject), int(details.get("user_id", 0))), at)
    members = bind.execute(sa.text("SELECT team_id, user_id, is_manager FROM team_member ORDER BY 1, 2")).all()
    _insert(
        bind,
        [
            {"team_id": team, "user_id": user, "is_manager": bool(manages), "since": first.get((team, user))}
            for team, user, manages in members
        ],
    )


def _events(action: str) -> list[tuple[Any, str, Mapping[str, Any]]]:
    table = sa.table("audit_event", *(sa.column(name) for name in ("id", "at", "action", "subject_id", "details")))
    found = op.get_bind().execute(
        sa.select(table.c.at, table.c.subject_id, table.c.details).where(table.c.action == action).order_by(table.c.id)
    )
    return [
        (at, subject, json.loads(details) if isinstance(details, str) else details or {})
        for at, subject, details in found
        if str(subject).isdecimal()
    ]


def _insert(bind: sa.Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    names = ("team_id", "rep_id", "user_id", "is_manager", "since", "until")
    empty = {"rep_id": None, "user_id": None, "is_manager": False, "since": None, "until": None}
    # Times go back as they were read: text on SQLite, aware times on PostgreSQL.
    table = sa.table("team_membership", *(sa.column(name) for name in names))
    bind.execute(sa.insert(table), [{**empty, **row} for row in rows])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("user", "signed_in_at")


def _id() -> sa.Column[Any]:
    return sa.Column("id", ID, autoincrement=True, nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _times(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, TIME, nullable=False) for name in names]


def _key(table: str, column: str, target: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", ondelete=on_delete)
