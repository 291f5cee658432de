"""The conversation with the provider: discovery, the way there with state, nonce and PKCE, and the answer checked.

Signatures, times, audience and nonce are checked by Authlib and joserfc. Discovery and keys are read anew at every
sign-in: a provider that changes its keys is understood at once, and a sign-in may take two more requests.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from review.accounts.oidc.provider import LOCAL, ProviderRow
from review.errors import ReviewError

SCOPE: Final = "openid email profile"
SECONDS: Final = 8.0  # for one request; a person waits
LEEWAY: Final = 60  # seconds that the provider's clock may differ from ours
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Only those with a public key: a token signed with our own client secret proves nothing to us."""


class ProviderDown(ReviewError):
    """The provider does not answer, or answers what cannot be used; `detail` is for the log, never for the page."""

    code = "provider_down"

    def __init__(self, detail: str) -> None:
        super().__init__("The sign-in provider does not answer as it should. Signing in with a passphrase still works.")
        self.detail = detail


class BadIdentity(ReviewError):
    """What the provider handed over is not proof of anybody; `detail` names the claim or the fault."""

    code = "bad_identity"

    def __init__(self, detail: str) -> None:
        super().__init__("The provider's answer could not be trusted, so nobody was signed in. Try again.")
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what must come back with it."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is. `subject` is the person; the address only helps at the first connection."""

    issuer: str
    subject: str
    email: str
    verified: bool
    name: str


def depart(provider: ProviderRow, redirect_uri: str) -> Departure:
    """The provider's address with state, nonce and a PKCE challenge. Raises ProviderDown."""
    found = _discover(provider.issuer)
    state, nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    with _client(provider, None, redirect_uri) as client:
        url, _state = client.create_authorization_url(
            found["authorization_endpoint"], code_verifier=verifier, state=state, nonce=nonce
        )
    return Departure(url, state, nonce, verifier)


def arrive(
    provider: ProviderRow, secret: str | None, redirect_uri: str, *, code: str, verifier: str, nonce: str
) -> Identity:
    """Exchange the code and check the token. Raises ProviderDown, BadIdentity."""
    import httpx2
    from authlib.common.errors import AuthlibBaseError

    found = _discover(provider.issuer)
    with _client(provider, secret, redirect_uri) as client:
        try:
            token = client.fetch_token(found["token_endpoint"], code=code, code_verifier=verifier)
            claims = _check(provider, token, _keys(found["jwks_uri"]), nonce)
            if not claims.get("email") and found.get("userinfo_endpoint"):
                more = client.get(found["userinfo_endpoint"]).json()
                if isinstance(more, dict) and more.get("sub") == claims["sub"]:
                    claims = {**more, **claims}
        except httpx2.HTTPError as error:
            raise ProviderDown(type(error).__name__) from error
        except AuthlibBaseError as error:
            raise BadIdentity(str(error)[:200]) from error
        except (ValueError, TypeError, AttributeError) as error:  # an answer that is no JSON, or of another shape
            raise ProviderDown(f"the token's answer: {type(error).__name__}") from error
    email = claims.get("email")
    return Identity(
        issuer=provider.issuer,
        subject=str(claims["sub"])[:255],
        email=email.strip().casefold()[:254] if isinstance(email, str) else "",
        verified=claims.get("email_verified") is True or claims.get("email_verified") == "true",
        name=" ".join(str(claims.get("name") or "").split())[:120],
    )


def _check(provider: ProviderRow, token: Any, keys: Any, nonce: str) -> dict[str, Any]:
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError

    raw = token.get("id_token") if isinstance(token, dict) else None
    if not isinstance(raw, str):
        raise BadIdentity("no id_token")
    try:
        read = jwt.decode(raw, keys, algorithms=list(ALGORITHMS))
        issuer = str(read.claims.get("iss", "")).rstrip("/")
        claims = CodeIDToken(
            {**read.claims, "iss": issuer},
            read.header,
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "sub": {"essential": True},
                "exp": {"essential": True},
                "iat": {"essential": True},
            },
            params={"nonce": nonce, "client_id": provider.client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=LEEWAY)
    except JoseError as error:
        raise BadIdentity(f"{type(error).__name__}: {error}"[:200]) from error
    except (ValueError, TypeError, KeyError) as error:
        raise BadIdentity(f"the token: {type(error).__name__}") from error
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject or len(subject) > 255 or "\x00" in subject:
        raise BadIdentity("sub")
    return dict(claims)


def _discover(issuer: str) -> dict[str, Any]:
    """The provider's own description. Raises ProviderDown."""
    found = _get_json(f"{issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != issuer:
        raise ProviderDown("it calls itself by another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not _is_safe(found.get(name), issuer):
            raise ProviderDown(f"its {name} is no https address")
    if not _is_safe(found.get("userinfo_endpoint"), issuer):
        found.pop("userinfo_endpoint", None)
    return found


def _keys(address: str) -> Any:
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        return KeySet.import_key_set(_get_json(address))  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderDown(f"its keys: {type(error).__name__}") from error


def _get_json(address: str) -> dict[str, Any]:
    import httpx2

    try:
        with httpx2.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
            answer = client.get(address, headers={"Accept": "application/json"})
        data = answer.json() if answer.status_code == 200 else None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise ProviderDown(type(error).__name__) from error
    except ValueError as error:
        raise ProviderDown("its answer is no JSON") from error
    if not isinstance(data, dict):
        raise ProviderDown(f"HTTP {answer.status_code}")
    return data


def _client(provider: ProviderRow, secret: str | None, redirect_uri: str) -> Any:
    from authlib.integrations.httpx_client import OAuth2Client

    return OAuth2Client(
        provider.client_id,
        secret,
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        timeout=SECONDS,
        follow_redirects=False,
        trust_env=False,
    )


def _is_safe(address: object, issuer: str) -> bool:
    """Whether it is an https address; of a provider on this machine also http here: no other leads us to ourselves."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    local = parts.hostname in LOCAL
    if local and urlsplit(issuer).hostname not in LOCAL:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and local)
