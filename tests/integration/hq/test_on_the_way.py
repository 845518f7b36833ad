"""What somebody between a register and headquarters may do to a request: none of it passes for the register's word."""

import httpx

from pos_app.domain.facts import ChainHead
from sync.protocol.compression import compress
from sync.protocol.signatures import HEAD_HEADER, sign_head
from tests.integration.hq.till import Till


def test_a_body_whose_encoding_somebody_on_the_way_dropped_is_refused_and_no_sale_becomes_rubbish(till: Till) -> None:
    """One sale is one line: taken for plain text, its compressed bytes would be stored in the sale's place."""
    fact = till.sell()
    signed = sign_head(till.device, ChainHead(fact.position, fact.hash), till.identity.key)

    def drop(request: httpx.Request) -> httpx.Response:
        del request.headers["Content-Encoding"]
        return real.handle_request(request)

    real, till.transport = till.transport, httpx.MockTransport(drop)
    refusal = till.post(compress(fact.canonical + b"\n"), **{HEAD_HEADER: signed, "Content-Encoding": "zstd"})
    till.transport = real

    assert (refusal.status_code, refusal.json()["code"]) == (401, "signature_invalid")
    assert till.push().acked_seq == 1
