"""The API reference page: Swagger UI, whose start script carries the nonce of the page's policy."""

from __future__ import annotations

from typing import Any, Final

SECURITY_SCHEMES: Final[dict[str, Any]] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token of this installation, that holds the scope which the operation names.",
    }
}

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
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
</script>
</body>
</html>
"""
