"""Ranking: the chance of return times the value, anew whenever people decided or something came of a lead."""

from __future__ import annotations

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from review.models import WinBackLead
from review.win_back.chances import BandTally, chance_of_return
from review.win_back.finding import JUDGED_STATES, middle_values


def read_tallies(session: Session) -> dict[str, BandTally]:
    """What people decided of the leads of each band, and what came of those that were worked. One statement."""
    known = WinBackLead.verdict.in_(("wrong", "right"))
    worked = WinBackLead.reopened_at.is_not(None)
    rows = session.execute(
        select(
            WinBackLead.found_band,
            func.sum(case((known, 1), else_=0)),
            func.sum(case((WinBackLead.verdict == "wrong", 1), else_=0)),
            func.sum(case((worked, 1), else_=0)),
            func.sum(case((worked & WinBackLead.returned_at.is_not(None), 1), else_=0)),
        ).group_by(WinBackLead.found_band)
    )
    return {band: BandTally(*(int(count or 0) for count in counts)) for band, *counts in rows}


def rank_anew(session: Session) -> int:
    """Chance and rank of every lead that is still judged; how many changed. Does not commit."""
    tallies, middles = read_tallies(session), middle_values(session)
    columns = (WinBackLead.id, WinBackLead.probability, WinBackLead.found_band, WinBackLead.value, WinBackLead.currency)
    rows = session.execute(
        select(*columns, WinBackLead.chance, WinBackLead.rank).where(WinBackLead.state.in_(JUDGED_STATES))
    ).all()
    changed = 0
    for lead_id, probability, band, value, currency, chance_before, rank_before in rows:
        chance = round(chance_of_return(probability, tallies.get(band, BandTally())), 6)
        rank = round(chance * middles.relative(None if value is None else float(value), currency), 6)
        if (chance, rank) != (chance_before, rank_before):
            session.execute(update(WinBackLead).where(WinBackLead.id == lead_id).values(chance=chance, rank=rank))
            changed += 1
    return changed
