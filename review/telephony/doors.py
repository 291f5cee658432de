"""The doors of sources: which provider delivers there, its settings and secrets, and the token in its address.

Secrets are encrypted at rest with a key derived from the installation's secret key, bound to their source.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import Source, SourceDoor
from review.services import audit
from review.services.sources import BadSource, ensure_source
from review.telephony.provider import Door, Provider
from review.telephony.providers import PROVIDERS

LONGEST: Final = 500  # characters of one setting
MOST_HOSTS: Final = 20
_VERSION: Final = b"\x01"  # AES-256-GCM, 12-byte nonce, the source's name as associated data
_NONCE: Final = 12


class SecretsBroken(ReviewError):
    """A source's secrets cannot be opened: the secret key is another one, or the data was changed."""

    code = "secrets_broken"

    def __init__(self, source: str) -> None:
        super().__init__(
            f"The secrets of the source {source!r} cannot be opened: the file secret.key is not the one they were "
            "encrypted with. Deliveries are kept; enter the secrets again, or put back the key, and replay them."
        )
        self.source = source


class Vault:
    """Closes and opens the secrets of sources. `base` is how people reach the installation (https://…)."""

    def __init__(self, secret_key: str, base: str = "") -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"callcoach telephone secrets 1")
        self.base = base.rstrip("/")
        self._cipher = AESGCM(derived.derive(secret_key.encode("utf-8")))

    def close(self, source: str, values: Mapping[str, str]) -> bytes:
        """The values as bytes that tell nothing and open only for the same source."""
        nonce = randomness.token_bytes(_NONCE)
        plain = json.dumps(dict(values), ensure_ascii=False, sort_keys=True).encode("utf-8")
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain, source.encode("utf-8"))

    def open(self, source: str, body: bytes) -> dict[str, str]:
        """The values again. Raises SecretsBroken."""
        from cryptography.exceptions import InvalidTag

        if body[:1] != _VERSION:
            raise SecretsBroken(source)
        try:
            plain = self._cipher.decrypt(body[1 : 1 + _NONCE], body[1 + _NONCE :], source.encode("utf-8"))
        except (InvalidTag, ValueError) as error:
            raise SecretsBroken(source) from error
        return {str(name): str(value) for name, value in json.loads(plain).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor:
    """A door with its secrets in clear, its address's token among them."""

    door: Door
    token: str
    created_at: datetime
    last_delivery_at: datetime | None
    base: str = ""  # how people reach the installation, for systems that sign the address

    def addresses(self, rest: str = "", query: str = "") -> tuple[str, ...]:
        """The address of this door as it was given to the provider, with what they put behind it."""
        path = f"{self.base}/hooks/{self.door.provider}/{self.token}" + (f"/{rest}" if rest else "")
        return (f"{path}?{query}" if query else path,)

    @property
    def provider(self) -> Provider:
        """The module of its provider."""
        return PROVIDERS[self.door.provider]


def make_door(
    session: Session, vault: Vault, name: str, provider: str, given: Mapping[str, str], *, by: int | None = None
) -> OpenDoor:
    """Make a source that this provider delivers to; secrets of our making are made now. Raises BadSource.

    Does not commit.
    """
    name = " ".join(name.replace("\x00", "").split())
    if not re.fullmatch(r"[^/\x00-\x1f]{1,60}", name):
        raise BadSource("name", "Give the source a name of at most 60 characters.")
    if provider not in PROVIDERS:
        raise BadSource("provider", f"There is no provider {provider!r}.")
    if session.get(SourceDoor, name) is not None:
        raise BadSource("name", f"The source {name!r} has a telephone system already.")
    ensure_source(session, name, "webhook")
    token = randomness.token_urlsafe(24)
    made = {field.name: randomness.token_urlsafe(32) for field in PROVIDERS[provider].fields if field.made}
    settings, secrets = _checked(PROVIDERS[provider], given, {}, made)
    row = SourceDoor(
        source=name,
        provider=provider,
        settings=settings,
        secrets=vault.close(name, {**secrets, "token": token}),
        token_hash=hash_token(token),
    )
    session.add(row)
    session.flush()
    audit.record(session, by, "source.door_made", "source", name, provider=provider)
    return _opened(row, vault)


def change_door(session: Session, vault: Vault, name: str, given: Mapping[str, str], *, by: int | None = None) -> None:
    """Keep what was entered; a secret that came empty stays. Raises BadSource, SecretsBroken. Does not commit."""
    row = _row(session, name)
    provider = PROVIDERS[row.provider]
    known = vault.open(name, row.secrets)
    settings, secrets = _checked(provider, given, row.settings, known)
    changed = sorted(
        {field for field in settings.keys() | row.settings.keys() if settings.get(field) != row.settings.get(field)}
        | {field for field in secrets if secrets[field] != known.get(field)}
    )
    if not changed:
        return
    row.settings = settings
    row.secrets = vault.close(name, {**secrets, "token": known["token"]})
    session.flush()
    audit.record(session, by, "source.door_changed", "source", name, fields=changed)


def renew_secret(session: Session, vault: Vault, name: str, what: str, *, by: int | None = None) -> str:
    """Make a new secret of our making, or with `token` a new address; the old one holds no more. It is given back."""
    row = _row(session, name)
    if what != "token" and what not in {field.name for field in PROVIDERS[row.provider].fields if field.made}:
        raise BadSource(what, f"{what!r} is no secret that is made here.")
    known = vault.open(name, row.secrets)
    new = randomness.token_urlsafe(24 if what == "token" else 32)
    row.secrets = vault.close(name, {**known, what: new})
    if what == "token":
        row.token_hash = hash_token(new)
    session.flush()
    audit.record(session, by, "source.secret_renewed", "source", name, what=what)
    return new


def find_door(session: Session, vault: Vault, provider: str, token: str) -> OpenDoor | None:
    """The door at this address; None when there is none. Raises SecretsBroken."""
    row = session.scalar(select(SourceDoor).where(SourceDoor.token_hash == hash_token(token)))
    return None if row is None or row.provider != provider or provider not in PROVIDERS else _opened(row, vault)


def open_door(session: Session, vault: Vault, source: str) -> OpenDoor | None:
    """The door of a source; None when it has none. Raises SecretsBroken."""
    row = session.get(SourceDoor, source)
    return None if row is None or row.provider not in PROVIDERS else _opened(row, vault)


def hash_token(token: str) -> str:
    """How an address's token is looked up: it is random, so a plain hash tells nothing of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def region_of(door: Door, default: str) -> str:
    """The country of numbers without a prefix."""
    return door.setting("region") or default


def hosts_of(provider: Provider, door: Door) -> tuple[str, ...]:
    """Where the recordings of this source may come from: the provider's hosts and those that were entered."""
    return (*provider.hosts, *own_hosts(provider, door))


def own_hosts(provider: Provider, door: Door) -> tuple[str, ...]:
    """The hosts that were entered for this source, by name or in an address."""
    listed = [str(host) for host in door.settings.get("hosts") or []]
    entered = (door.setting(field.name) or door.secrets.get(field.name, "") for field in provider.fields)
    named = [urlsplit(text).hostname for text in entered if text.startswith(("http://", "https://"))]
    return tuple(dict.fromkeys((*listed, *(host for host in named if host))))


def _row(session: Session, name: str) -> SourceDoor:
    row = session.scalar(select(SourceDoor).where(SourceDoor.source == name).with_for_update())
    if row is None or row.provider not in PROVIDERS:
        raise BadSource("source", f"The source {name!r} has no telephone system.")
    return row


def _opened(row: SourceDoor, vault: Vault) -> OpenDoor:
    secrets = vault.open(row.source, row.secrets)
    token = secrets.pop("token", "")
    door = Door(source=row.source, provider=row.provider, settings=dict(row.settings), secrets=secrets)
    return OpenDoor(
        door=door,
        token=token,
        created_at=row.created_at,
        last_delivery_at=row.last_delivery_at,
        base=vault.base,
    )


def _checked(
    provider: Provider, given: Mapping[str, str], settings: Mapping[str, Any], secrets: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings and secrets with what was entered put in. Raises BadSource."""
    new, kept = dict(settings), {name: value for name, value in secrets.items() if name != "token"}
    for field in provider.fields:
        text = given.get(field.name)
        if text is None or (field.kind == "secret" and not text.strip()):
            continue
        text = text.replace("\x00", "").strip()
        if len(text) > LONGEST:
            raise BadSource(field.name, f"At most {LONGEST} characters fit here.")
        if field.kind == "zone" and text:
            _check_zone(field.name, text)
        if field.kind == "secret":
            if not field.made:
                kept[field.name] = text
        else:
            new[field.name] = text
    if "region" in given:
        region = given["region"].strip().upper()
        if region and not re.fullmatch(r"[A-Z]{2}", region):
            raise BadSource("region", "Give the country's two letters, such as DE, RU or KR.")
        new["region"] = region
    if "hosts" in given:
        new["hosts"] = _hosts(given["hosts"])
    if "hosts" in given or "own_network" in given:
        new["own_network"] = given.get("own_network") == "1"
    return new, kept


def _check_zone(name: str, text: str) -> None:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        raise BadSource(name, "Write a time zone as Europe/Berlin or Asia/Seoul.") from error


def _hosts(text: str) -> list[str]:
    hosts = list(
        dict.fromkeys(line.strip().casefold() for line in text.replace(",", "\n").splitlines() if line.strip())
    )
    for host in hosts:
        if not re.fullmatch(r"(\*\.)?[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?|\[?[0-9a-f:.]+\]?", host):
            raise BadSource("hosts", f"{host[:60]!r} is no host: write pbx.example.com, one on each line.")
    if len(hosts) > MOST_HOSTS:
        raise BadSource("hosts", f"At most {MOST_HOSTS} hosts fit here.")
    return hosts


def find_source_name(session: Session, source_id: int) -> str | None:
    """The name of a source by its id."""
    return session.scalar(select(Source.name).where(Source.id == source_id))
