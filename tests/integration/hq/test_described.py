"""Headquarters asked all that its own description allows, by requests that schemathesis makes up: nothing breaks it,
and every answer is as described.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import BaseSchema
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sync.client.clock import HqClock
from sync.client.signing import DeviceAuth
from sync.protocol.wire import JSON_LINES
from tests.integration.hq.till import Till, small_chain
from tests.support.real_hq import Borrowed, RealHq

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
BOUNDED: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}
"""The same requests each time, so many of each operation."""


@schemathesis.serializer(JSON_LINES)
def json_lines(_: object, value: object) -> bytes:
    """Write any document as lines, which are facts of nobody."""
    lines = value if isinstance(value, list) else [value]
    return b"\n".join(json.dumps(line).encode() for line in lines)


@pytest.fixture(scope="module")
def hq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHq]:
    hq = RealHq(tmp_path_factory.mktemp("described") / "hq")
    hq.start()
    hq.administrator("POST", "/v1/import", json=small_chain())
    yield hq
    hq.stop()


@pytest.fixture(scope="module")
def schema(hq: RealHq) -> BaseSchema:
    with httpx.Client(base_url="http://hq.test", transport=Borrowed(hq)) as client:
        return schemathesis.openapi.from_dict(client.get("/schema/openapi.json").json())


@dataclass(slots=True)
class Asker:
    """Who asks, by what, for which of the operations."""

    client: httpx.Client
    groups: frozenset[str] = frozenset({"register", "administrator", "channel", "everybody"})
    device: str = ""
    examples: int = 6


@pytest.fixture(params=["nobody", "administrator", "register"])
def asker(hq: RealHq, request: pytest.FixtureRequest) -> Iterator[Asker]:
    till = Till(hq.enrol("S001"), hq)
    till.sell()
    till.push()
    made: dict[str, Any] = {"base_url": "http://hq.test", "transport": Borrowed(hq)}
    if request.param == "administrator":
        made["headers"] = {"Authorization": f"Bearer {hq.settings.admin_token}"}
    if request.param == "register":
        made["auth"] = DeviceAuth(till.identity, HqClock().now)
    with httpx.Client(**made) as client:
        yield {
            "nobody": Asker(client),
            "administrator": Asker(client, frozenset({"administrator", "channel"}), examples=24),
            "register": Asker(client, frozenset({"register"}), till.device, examples=24),
        }[request.param]


def test_no_request_breaks_headquarters_and_every_answer_is_as_described(
    hq: RealHq, schema: BaseSchema, asker: Asker
) -> None:
    statuses: Counter[int] = Counter()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if asker.groups.isdisjoint(operation.definition.raw["tags"]):
            continue

        @settings(max_examples=asker.examples, **BOUNDED)
        @given(case=operation.as_strategy())
        def ask(case: "schemathesis.Case[Any]") -> None:
            answer = answer_to(asker, case)
            statuses[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        ask()

    assert statuses[200] > 0
    assert statuses.total() > asker.examples * 3
    assert hq.administrator("GET", "/v1/reports/chains")["broken"] == 0


def answer_to(asker: Asker, case: "schemathesis.Case[Any]") -> httpx.Response:
    """Ask as the case says, but of the own chain, and hold no question for news."""
    if asker.device and "device" in case.path_parameters:
        case.path_parameters["device"] = asker.device
    if case.query.get("wait") in range(1, 26):
        case.query["wait"] = 0
    made: Any = requests.Request(**{**case.as_transport_kwargs(base_url="http://hq.test"), "files": None}).prepare()
    headers = {name: value for name, value in made.headers.items() if name.lower() not in {"content-length", "cookie"}}
    body = made.body.encode() if isinstance(made.body, str) else made.body
    return asker.client.request(made.method, made.url, headers=headers, content=body)
