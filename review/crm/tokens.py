"""Tokens that run out: a new pair is stored before it is used, since some CRMs accept each refresh token only once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from review.crm.connector import Access
from review.crm.errors import CrmError, CrmNonsense, CrmSignedOut, CrmUnreachable
from review.crm.http import CrmHttp

STORING: Final = 2.0  # seconds in which another process that renewed the token first has stored it


PAIR: Final = ("token", "refresh_token", "code")  # belong together: one of another sign-in makes the rest worthless


def renewed(stored: Mapping[str, str], read: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """What to keep of renewed secrets: whatever a person entered since they were `read` stays as it is `stored`.

    A new token, refresh token or code of theirs is another sign-in: then nothing of the renewed pair is kept.
    """
    if any(stored.get(name) != read.get(name) for name in PAIR):
        return dict(stored)
    own = {name: value for name, value in stored.items() if name not in PAIR}
    return own | {name: changed[name] for name in PAIR if name in changed}


class Tokens:
    """The access token of one connection, and how to get the next.

    `url` is the CRM's token address, `as_json` whether it wants JSON (a form otherwise), `more` what it wants beside
    the standard fields.
    """

    def __init__(
        self, access: Access, url: str, *, as_json: bool = False, more: Mapping[str, str] | None = None
    ) -> None:
        self._access = access
        self._as_json = as_json
        self._more = dict(more or {})
        self._http = CrmHttp(url, headers=dict, wait=access.wait, seconds=access.seconds, alive=access.alive)
        self._url = url

    @property
    def bearer(self) -> str:
        """The access token; empty while there is none."""
        return self._access.secrets.get("token", "")

    @property
    def can_refresh(self) -> bool:
        """Whether what is needed for a new token is there."""
        secrets = self._access.secrets
        return bool(secrets.get("client_secret") and (secrets.get("refresh_token") or secrets.get("code")))

    def headers(self) -> Mapping[str, str]:
        """What signs a request; a first token is fetched with the code of the installation."""
        if not self.bearer and self.can_refresh:
            self.refresh()
        return {"Authorization": f"Bearer {self.bearer}"}

    def refresh(self) -> None:
        """Get a new access token, or take the one another process got meanwhile: a refresh token may count once.

        Raises CrmSignedOut when the CRM does not give one.
        """
        if self._renewed_elsewhere():
            return
        if not self.can_refresh:
            raise CrmSignedOut
        secrets = dict(self._access.secrets)  # as they were before the CRM is asked
        fields = {
            "client_id": str(self._access.settings.get("client_id", "")),
            "client_secret": secrets["client_secret"],
            **self._more,
        }
        if secrets.get("refresh_token"):
            fields |= {"grant_type": "refresh_token", "refresh_token": secrets["refresh_token"]}
        else:
            fields |= {"grant_type": "authorization_code", "code": secrets["code"]}
        try:
            answer = (
                self._http.send("POST", self._url, body=fields)
                if self._as_json
                else self._http.send("POST", self._url, form=fields)
            )
        except CrmUnreachable:
            raise
        except CrmError as error:
            self._access.wait(STORING)
            if self._renewed_elsewhere():
                return
            raise CrmSignedOut(str(getattr(error, "detail", ""))) from error
        self._take(secrets, answer)

    def _renewed_elsewhere(self) -> bool:
        """Take the stored token when it is another than ours."""
        stored = self._access.stored() if self._access.stored is not None else {}
        if not stored.get("token") or stored["token"] == self.bearer:
            return False
        self._access.secrets.clear()
        self._access.secrets.update(stored)
        return True

    def _take(self, read: Mapping[str, str], answer: Any) -> None:
        if not isinstance(answer, Mapping) or not answer.get("access_token"):
            raise CrmNonsense("It answered the request for a new token with something else.")
        changed = {**read, "token": str(answer["access_token"])}
        if answer.get("refresh_token"):
            changed["refresh_token"] = str(answer["refresh_token"])
        changed.pop("code", None)
        kept = self._access.keep(read, changed)
        self._access.secrets.clear()
        self._access.secrets.update(kept)
