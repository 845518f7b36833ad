"""The page at `/schema`: every route in plain HTML, readable where no browser reaches the internet.

`/schema/openapi.json` beside it is the description that programs read. Knows nothing of any route.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

_PAGE: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class ApiPage(OpenAPIRenderPlugin):
    """Renders the description of the routes."""

    def __init__(self) -> None:
        """Stand at the root of the pages."""
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Write the page."""
        groups: dict[str, list[dict[str, Any]]] = {}
        for operation in _operations(openapi_schema):
            groups.setdefault(operation["group"], []).append(operation)
        page = _PAGE.get_template("api_page.html")
        return page.render(
            info=openapi_schema["info"], groups=groups, description=self.get_openapi_json_route(request)
        ).encode()


def _operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield {
                "group": operation.get("tags", ["everybody"])[0],
                "method": method.upper(),
                "path": path,
                "summary": operation.get("summary", ""),
                "text": operation.get("description", ""),
                "parameters": operation.get("parameters", []),
            }
