"""What the company that sells is called: by its first day, by its settings and by each of its sources."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.accounts.installation import ROW
from review.db import COMPANY_NAMES
from review.models import Installation, Source


def own_names(session: Session) -> tuple[str, ...]:
    """Every name of the company, without repeats. Two statements.

    Those of all sources: a rep of one may name another, and it is the same company.
    """
    told = session.scalar(select(Installation.company).where(Installation.id == ROW))
    of_sources = session.scalars(select(Source.company_names).order_by(Source.id))
    names = (told or "", *session.info.get(COMPANY_NAMES, ()), *(name for row in of_sources for name in row or ()))
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
