"""Sending files to headquarters as its people do, and reading what it says of them."""

import json

import httpx

from tests.support.real_hq import RealHq


def ask(hq: RealHq, path: str, body: bytes, media_type: str = "application/json") -> httpx.Response:
    assert hq.inside is not None
    headers = {"Authorization": f"Bearer {hq.settings.admin_token}", "Content-Type": media_type}
    return httpx.Client(base_url="http://hq.test", transport=hq.inside).post(path, content=body, headers=headers)


def import_csv(hq: RealHq, text: str, encoding: str = "utf-8", *, of: str = "prices") -> httpx.Response:
    return ask(hq, f"/v1/{of}/import?name={of}.csv", text.encode(encoding), "text/csv; charset=utf-8")


def import_json(hq: RealHq, document: object) -> httpx.Response:
    return ask(hq, "/v1/import", json.dumps(document).encode())


def mistakes(answer: httpx.Response) -> list[tuple[int, str]]:
    assert (answer.status_code, answer.json()["code"]) == (422, "import_mistakes"), answer.text
    details = answer.json()["details"]
    assert details["count"] == len(details["mistakes"])
    return [(mistake["row"], mistake["column"]) for mistake in details["mistakes"]]


def warnings(answer: httpx.Response) -> list[tuple[int, str]]:
    assert answer.status_code == 200, answer.text
    return [(warning["row"], warning["column"]) for warning in answer.json()["warnings"]]
