"""The description of the API at `/schema/openapi.json`: what is asked and what is answered, as it is on the wire.

Routes take and give bytes, of which their framework can tell nothing; here is said what it cannot know. Held against
the running headquarters by generated requests (tests/integration/hq/test_described.py).
"""

from copy import deepcopy
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

from sync.hq.answers import JSON
from sync.protocol.wire import JSON_LINES, SNAPSHOT_TYPE, Failure

_ANSWERS: Final = {
    "/v1/changes": JSON_LINES,
    "/v1/snapshot": SNAPSHOT_TYPE,
    "/v1/promotions/dry-run": JSON_LINES,
}
"""Answers that are not a JSON document."""
_BODIES: Final = {"/v1/devices/{device}/facts": JSON_LINES}
"""Bodies that are not one."""
_NO_BODY: Final = ("/revoke", "/prices/scan")
"""Ends of paths that are posted to, with nothing in the body."""
_OF_QUOTES: Final = "/v1/quote"
_NO_PRICE: Final = {
    "422": {
        "description": 'No price: `{"error": {"code", "field"}}`, as `granary quote` says it',
        "content": {JSON: {"schema": {"type": "object"}}},
    }
}


class ApiDescription(JsonRenderPlugin):
    """Renders the description for programs."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Write it."""
        return self.render_json(request, described(openapi_schema))


def described(framework_says: dict[str, Any]) -> dict[str, Any]:
    """Say of each route what goes in and comes out: on success, and that everything else is a `Failure`."""
    schema = deepcopy(framework_says)
    (failure,), parts = msgspec.json.schema_components([Failure], ref_template="#/components/schemas/{name}")
    schema.setdefault("components", {}).setdefault("schemas", {}).update(parts)
    refusal = {"description": "Refused, or not possible now: `code` says why", "content": {JSON: {"schema": failure}}}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            success = {
                status: _success(path, said) for status, said in operation["responses"].items() if status < "300"
            }
            operation["responses"] = {**success, **(_NO_PRICE if path == _OF_QUOTES else {}), "default": refusal}
            if method == "post" and not path.endswith(_NO_BODY):
                operation["requestBody"] = {"content": {_BODIES.get(path, JSON): {"schema": {}}}}
    return schema


def _success(path: str, said: dict[str, Any]) -> dict[str, Any]:
    kind = _ANSWERS.get(path, JSON)
    body = {"type": "object"} if kind == JSON else {"type": "string"}
    return {"description": said["description"], "content": {kind: {"schema": body}}}
