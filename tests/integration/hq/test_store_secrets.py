"""The registers of a store are given one secret at their enrolment, and no other store's are."""

from tests.integration.hq.till import enrolled
from tests.support.real_hq import RealHq


def secret_of(hq: RealHq, store: str, **wanted: object) -> str:
    code = hq.administrator("POST", "/v1/enrolment-codes", json={"store": store, **wanted})["code"]
    _, answer = enrolled(hq, code)
    return answer.store_secret


def test_a_stores_registers_share_a_secret_that_no_other_store_has(hq: RealHq) -> None:
    first, second, elsewhere = secret_of(hq, "S001"), secret_of(hq, "S001"), secret_of(hq, "S002")

    assert first == second
    assert first != elsewhere
    assert len(bytes.fromhex(first)) == 32


def test_who_enrols_anew_and_a_headquarters_that_starts_again_find_the_same_one(hq: RealHq) -> None:
    first = secret_of(hq, "S001", register=1)
    hq.stop()
    hq.start()

    assert secret_of(hq, "S001", register=1) == first
