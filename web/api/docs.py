"""The API's reference: the document at /openapi/openapi.json, whole and honest, and the page that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI

from web.access import RULES
from web.access_rules import Rule
from web.api.doing import LONGEST_KEY, ONCE_HEADER

SECURITY_SCHEMES: Final[dict[str, Any]] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token of this installation that holds the scope which the operation names.",
    }
}

ABOUT: Final = """Recordings in, scored calls with evidence out.

**Signing in.** Make a token on the page *Programs* (or with `callcoach token add`) and send it with every request:
`Authorization: Bearer cc_...`. A token speaks for the person who made it: it sees what they see, does what their roles
allow, and of that only what its scopes name.

**Lists** have pages: send `next` of one page as `after` of the following one, unchanged. It is null on the last page.

**Errors** are `application/problem+json` (RFC 9457): `code` is a short name that does not change, `detail` says what
happened, what was kept and what to do. What one may not see answers 404 like what does not exist.

**Sending twice.** Operations with the header `Idempotency-Key` do the same request with the same key once, and give
the first answer again for 48 hours.

**Times** are ISO 8601 in UTC, seconds are of the call's recording, scores 0 to 100, shares 0 to 1.
"""

PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
WORDS: Final = {
    "400": "The request could not be read.",
    "401": "No valid token came with the request.",
    "403": "The token lacks the scope, or the person's roles do not allow it.",
    "404": "There is nothing here that the person may see.",
    "409": "It cannot be done in the present state; nothing was changed.",
    "410": "It was there and is no longer.",
    "411": "The request does not say how long it is.",
    "413": "The request is larger than what is accepted.",
    "415": "This kind of content is not understood.",
    "422": "A parameter or a field cannot be used; nothing was stored.",
    "429": "Too many requests in a short time.",
    "507": "The disk is nearly full; nothing was stored.",
}
METHODS: Final = ("get", "post", "put", "patch", "delete")
WRITES: Final = frozenset({"post", "put", "patch", "delete"})
_CONVERTER: Final = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


class DocumentedApi(OpenAPI):
    """The application, whose reference says for each operation who may use it and every way it may refuse."""

    def register_api(self, api: APIBlueprint, **options: Any) -> None:
        """Add one part of the API. Raises ValueError where two parts call different shapes by one name."""
        for name, schema in api.components_schemas.items():
            if self.components_schemas.get(name, schema) != schema:
                raise ValueError(
                    f"two parts of the API have a shape called {name}: the reference would show one of them"
                )
        for path, item in api.paths.items():  # the library would forget another part's methods of the same address
            known = self.paths.get(path)
            for method in METHODS:
                if known is not None and getattr(item, method, None) is None and getattr(known, method, None):
                    setattr(item, method, getattr(known, method))
        super().register_api(api, **options)

    def generate_spec_json(self) -> None:
        """Make the document, then complete what the library does not know."""
        super().generate_spec_json()  # type: ignore[no-untyped-call]  # the library says no types here
        for path, method, operation in _operations(self.spec_json):
            endpoint = self._endpoint_of(path, method)
            rule = RULES.get(endpoint) if endpoint else None
            view = self.view_functions.get(endpoint or "")
            complete(operation, method, rule, once=bool(getattr(view, "__once__", False)))
        schemas = self.spec_json.get("components", {}).get("schemas", {})
        schemas.pop("ValidationErrorModel", None)

    def _endpoint_of(self, path: str, method: str) -> str | None:
        for rule in self.url_map.iter_rules():
            if _CONVERTER.sub(r"{\1}", rule.rule) == path and method.upper() in (rule.methods or ()):
                return str(rule.endpoint)
        return None


def complete(operation: dict[str, Any], method: str, rule: Rule | None, *, once: bool = False) -> None:
    """Write scope, roles and refusals into one operation of the document."""
    about = str(operation.get("description") or "").replace("<br/>", " ").strip()
    if rule is not None and rule.scope is not None:
        roles = ", ".join(role.replace("_", " ") for role in sorted(rule.roles))
        about = f"{about}\n\nScope `{rule.scope}`. Roles: {roles}.".strip()
        operation["security"] = [{"token": [rule.scope]}]
    operation["description"] = about
    responses = operation["responses"]
    body = "requestBody" in operation
    takes = body or any(one["in"] != "path" for one in operation.get("parameters", ()))
    refusals = {"401", "403", "429"} | ({"422"} if takes else set()) | ({"400", "411", "413"} if body else set())
    if once:
        refusals |= {"409", "422"}
        operation.setdefault("parameters", []).append(_once_parameter())
    if method in WRITES:
        refusals.add("400")
    for status in refusals:
        responses[status] = {}
    if "422" in responses and not takes and not once:
        del responses["422"]  # the library says it of every operation; a path that fits its route has no such fault
    for status, told in responses.items():
        if status >= "400":
            told["description"] = WORDS.get(status, told.get("description") or "Refused.")
            told["content"] = PROBLEM
    operation["responses"] = dict(sorted(responses.items()))


def _once_parameter() -> dict[str, Any]:
    return {
        "name": ONCE_HEADER,
        "in": "header",
        "required": False,
        "description": "A text of your own for this request; the same request with the same key is done once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"},
    }


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield path, method, operation


DOCS_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Callcoach API</title>
<link rel="icon" href="{{ url_for('swagger.static', filename='images/swagger.svg') }}">
<link rel="stylesheet" href="{{ url_for('swagger.static', filename='css/swagger-ui.css') }}">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{{ url_for('swagger.static', filename='js/swagger-ui-bundle.js') }}"></script>
<script nonce="{{ csp_nonce }}">
window.ui = SwaggerUIBundle({
  url: {{ url_for('openapi.doc_url') | tojson }},
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  tagsSorter: "alpha",
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
</script>
</body>
</html>
"""
