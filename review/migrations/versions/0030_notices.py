"""Notifications by e-mail: choices, digests, quiet hours; working hours and holidays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody is sent mail about what happened before: old notifications wait for none."""
    _create_calendars()
    _create_choices()
    _create_letters()
    with op.batch_alter_table("notification") as notification:
        notification.add_column(sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
        notification.add_column(sa.Column("mail", sa.String(), nullable=False, server_default=""))
        notification.add_column(sa.Column("mail_at", TIME, nullable=True))
        notification.add_column(sa.Column("letter_id", ID, nullable=True))
        notification.create_foreign_key(
            "fk_notification_letter_id", "letter", ["letter_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_notification_mail_at", "notification", ["mail_at"])
    op.create_index("ix_notification_letter_id", "notification", ["letter_id"])


def _create_calendars() -> None:
    op.create_table(
        "working_calendar",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("week", JSON, nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_working_calendar_team_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_working_calendar"),
        sa.UniqueConstraint("scope", name="uq_working_calendar_scope"),
        sa.UniqueConstraint("team_id", name="uq_working_calendar_team_id"),
    )
    op.create_table(
        "working_day",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("calendar_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["working_calendar.id"], name="fk_working_day_calendar_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_working_day"),
        sa.UniqueConstraint("calendar_id", "day", name="uq_working_day_calendar_id_day"),
    )


def _create_choices() -> None:
    op.create_table(
        "notice_choice",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("chosen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_notice_choice_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "kind", name="pk_notice_choice"),
    )
    op.create_table(
        "notice_habit",
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("digest_at", sa.Integer(), nullable=False),
        sa.Column("quiet", sa.String(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_notice_habit_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_notice_habit"),
    )


def _create_letters() -> None:
    op.create_table(
        "letter",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_letter_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
        sa.UniqueConstraint("key", name="uq_letter_key"),
    )
    op.create_index("ix_letter_state_next_at", "letter", ["state", "next_at"])
    op.create_index("ix_letter_user_id", "letter", ["user_id"])
    op.create_index("ix_letter_ended_at", "letter", ["ended_at"])
    op.create_table(
        "refused_address",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_refused_address"),
    )
    op.create_table(
        "mail_state",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("error_at", TIME, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("pause_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mail_state"),
    )


def downgrade() -> None:
    """Choices, calendars and letters that wait are gone; notifications in the application stay."""
    op.drop_index("ix_notification_letter_id", "notification")
    op.drop_index("ix_notification_mail_at", "notification")
    with op.batch_alter_table("notification") as notification:
        notification.drop_constraint("fk_notification_letter_id", type_="foreignkey")
        for column in ("letter_id", "mail_at", "mail", "hidden"):
            notification.drop_column(column)
    tables = ("mail_state", "refused_address", "letter", "notice_habit", "notice_choice")
    for table in (*tables, "working_day", "working_calendar"):
        op.drop_table(table)
