"""What can go wrong with a CRM: whether trying again can help is part of each error."""

from __future__ import annotations

from review.errors import ReviewError


class CrmError(ReviewError):
    """The CRM did not do what was asked; `permanent` when the same request will never succeed."""

    code = "crm"
    permanent = False

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after  # seconds the CRM asked us to stay away


class CrmUnreachable(CrmError):
    """No answer, or an answer that says the fault is theirs: the request may have been done all the same."""

    code = "crm_unreachable"


class CrmBusy(CrmError):
    """Too many requests; nothing was done."""

    code = "crm_busy"


class CrmNonsense(CrmError):
    """An answer that is not of the documented shape."""

    code = "crm_nonsense"


class CrmRefused(CrmError):
    """The CRM understood and said no: `status` is the HTTP status, `detail` its words."""

    code = "crm_refused"
    permanent = True

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"It answered {status}: {detail or 'no reason given'}")
        self.status = status
        self.detail = detail


class CrmGone(CrmRefused):
    """What was to be changed is not there any more."""

    code = "crm_gone"


class CrmSignedOut(CrmError):
    """The key or token is not accepted (any more); a person has to give another."""

    code = "crm_signed_out"
    permanent = True

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"The key or token is not accepted{f' ({detail})' if detail else ''}: give a new one.")


class CrmCannot(CrmError):
    """This CRM has no place for that, or the connection lacks a setting; `text` says which."""

    code = "crm_cannot"
    permanent = True
