"""What is known of a call before it is heard: names that tell the rep, and words the engine should spell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.accounts.installation import common_words
from review.accounts.installation import company_names as company_names_of
from review.models import Call, Client, Rep, Source

MOST_REPS: Final = 50  # names tried when nobody knows who of them made the call
MOST_WORDS: Final = 60  # a longer list makes an engine hear products everywhere


@dataclass(frozen=True, slots=True)
class Hints:
    """Names and words, each list without repeats, the surest first."""

    company_names: tuple[str, ...] = ()
    rep_names: tuple[str, ...] = ()
    hotwords: tuple[str, ...] = ()


def gather_hints(session: Session, call: Call, source: Source | None, *, company_names: Sequence[str] = ()) -> Hints:
    """The hints for one call. `company_names` serve sources that name none of their own."""
    client = session.get(Client, call.client_id) if call.client_id is not None else None
    rep = session.get(Rep, call.rep_id) if call.rep_id is not None else None
    names = names_of(rep.name if rep else call.rep_name)
    if not names:
        reps = select(Rep.name).where(Rep.active.is_(True)).order_by(Rep.id).limit(MOST_REPS)
        names = _once(part for name in session.scalars(reps) for part in names_of(name))
    products, competitors = common_words(session)
    named = source.company_names if source and source.company_names else company_names_of(session, company_names)
    return Hints(
        company_names=tuple(named),
        rep_names=names,
        hotwords=_once((*products_of(source, client), *_words_of(client), *products, *competitors))[:MOST_WORDS],
    )


def products_of(source: Source | None, client: Client | None) -> tuple[str, ...]:
    """What this call may be about: the source's product list, and the product group on the client's card."""
    group = (client.product_group,) if client and client.product_group else ()
    return _once((*(source.products if source else ()), *group))


def names_of(name: str | None) -> tuple[str, ...]:
    """The ways a rep may say the own name: all of it, or one part. An extension or address is no name."""
    if not name or "@" in name or any(character.isdigit() for character in name):
        return ()
    return _once((name, *(part for part in name.split() if len(part) > 1)))


def _words_of(client: Client | None) -> tuple[str, ...]:
    if client is None:
        return ()
    # A card may be named by a number until somebody knows better; digits are no help to an engine.
    return tuple(text for text in (client.company, client.name) if text and not any(c.isdigit() for c in text))


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
