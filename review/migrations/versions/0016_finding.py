"""Saved views, tags on calls, and of an objection episode where it plays and what a person said of it."""

from __future__ import annotations

import json
import zlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
BATCH = 500
EPISODE: tuple[tuple[str, Any], ...] = (
    ("turn", sa.Integer()),
    ("end", sa.Double()),
    ("answer_start", sa.Double()),
    ("answer_end", sa.Double()),
    ("stage", sa.String()),
    ("judged", sa.String()),
    ("merit", sa.Integer()),
)


def upgrade() -> None:
    _make_views()
    _make_tags()
    for name, kind in EPISODE:
        op.add_column("objection_episode", sa.Column(name, kind, nullable=True))
    op.create_index("ix_objection_episode_type_merit", "objection_episode", ["type", "merit"])
    op.create_index("ix_objection_episode_call_id_type", "objection_episode", ["call_id", "type"])
    _fill()


def _make_views() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("shared", sa.String(), nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.CheckConstraint("shared IN ('nobody', 'team', 'everybody')", name="ck_saved_view_shared"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_saved_view_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_saved_view_team_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("user_id", "page", "name", name="uq_saved_view_user_id_page_name"),
    )
    op.create_index("ix_saved_view_page_shared", "saved_view", ["page", "shared"])
    op.create_index("ix_saved_view_team_id", "saved_view", ["team_id"])
    op.create_table(
        "default_view",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("view_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_default_view_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name="fk_default_view_view_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "page", name="pk_default_view"),
    )
    op.create_index("ix_default_view_view_id", "default_view", ["view_id"])


def _make_tags() -> None:
    op.create_table(
        "tag",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_tag_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_tag"),
        sa.UniqueConstraint("name", name="uq_tag_name"),
        sa.UniqueConstraint("folded", name="uq_tag_folded"),
    )
    op.create_index("ix_tag_user_id", "tag", ["user_id"])
    op.create_table(
        "call_tag",
        sa.Column("call_id", ID, autoincrement=False, nullable=False),
        sa.Column("tag_id", ID, autoincrement=False, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_call_tag_call_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="fk_call_tag_tag_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_call_tag_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("call_id", "tag_id", name="pk_call_tag"),
    )
    op.create_index("ix_call_tag_tag_id_call_id", "call_tag", ["tag_id", "call_id"])
    op.create_index("ix_call_tag_user_id", "call_tag", ["user_id"])


def _fill() -> None:
    """From the shown assessments and the verdicts, in batches by the call's number so that memory stays small."""
    connection = op.get_bind()
    call = sa.table("call", sa.column("id"), sa.column("assessment_id"), sa.column("objections"))
    assessment = sa.table("assessment", sa.column("id"), sa.column("body"))
    columns: list[Any] = [sa.column(name) for name in ("call_id", "number", *(name for name, _kind in EPISODE))]
    episode = sa.table("objection_episode", *columns)
    said = _verdicts(connection)
    last = 0
    while True:
        found = connection.execute(
            sa.select(call.c.id, assessment.c.body)
            .join(assessment, assessment.c.id == call.c.assessment_id)
            .where(call.c.id > last, call.c.objections > 0)
            .order_by(call.c.id)
            .limit(BATCH)
        ).all()
        if not found:
            return
        last = found[-1].id
        for call_id, body in found:
            data = json.loads(zlib.decompress(body))
            for number, item in enumerate(data.get("objections") or [], 1):
                connection.execute(
                    sa.update(episode)
                    .where(episode.c.call_id == call_id, episode.c.number == number)
                    .values(**_columns(item, data.get("stages") or [], said.get(call_id, {})))
                )


def _verdicts(connection: sa.Connection) -> dict[int, dict[str, str]]:
    verdict = sa.table("verdict", *(sa.column(name) for name in ("id", "call_id", "kind", "target", "answer")))
    found: dict[int, dict[str, str]] = {}
    rows = sa.select(verdict).where(verdict.c.kind == "objection").order_by(verdict.c.id)
    for row in connection.execute(rows):
        found.setdefault(row.call_id, {})[row.target] = row.answer
    return found


def _columns(item: dict[str, Any], stages: list[dict[str, Any]], said: dict[str, str]) -> dict[str, Any]:
    client, response = item.get("client") or {}, item.get("response") or {}
    moves, faults = item.get("moves") or [], item.get("faults") or []
    ends = [part["end"] for part in (response, *moves, *faults) if part.get("end") is not None]
    turn = client.get("turn")
    judged = said.get(f"turn-{turn}")
    here = (s for s in stages if turn is not None and s.get("turns") and s["turns"][0] <= turn <= s["turns"][1])
    return {
        "turn": turn,
        "end": client.get("end"),
        "answer_start": response.get("start"),
        "answer_end": max(ends, default=None),
        "stage": next((s["stage"] for s in here), None),
        "judged": judged,
        "merit": _merit(str(item.get("outcome")), {m["name"] for m in moves}, {f["name"] for f in faults}, judged),
    }


def _merit(outcome: str, moves: set[str], faults: set[str], judged: str | None) -> int | None:
    """As services.episode_merit ranks them when this step was written."""
    if judged == "none":
        return None
    shown = judged or outcome
    partial = 1 if moves <= {"acknowledge", "listen"} else 2
    scale = {"handled": 3, "partial": partial}.get(shown, 0)
    merit = 1000 * scale + 10 * min(len(moves), 15) - 50 * min(len(faults), 15)
    if shown == "mishandled":
        merit -= 250
    if judged is not None:
        merit += 200 if scale >= 2 else -200
    return merit


def downgrade() -> None:
    op.drop_index("ix_objection_episode_call_id_type", "objection_episode")
    op.drop_index("ix_objection_episode_type_merit", "objection_episode")
    for name, _kind in reversed(EPISODE):
        op.drop_column("objection_episode", name)
    op.drop_table("call_tag")
    op.drop_table("tag")
    op.drop_table("default_view")
    op.drop_table("saved_view")
