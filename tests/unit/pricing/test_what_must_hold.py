"""What holds for every basket (docs/pricing.md §8), on drawn documents."""

import copy
import json
import os
import random
import subprocess
import sys
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pos_app.domain.errors import Refusal
from pos_app.domain.pricing.documents import parsed, read
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.quote import Quote
from pos_app.domain.pricing.refunds import Refundable
from tests.support.pricing_documents import Draw, random_document

Doc = dict[str, Any]
seeds = st.integers(0, 1 << 40)
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
ONE_STEP = {"none": 1, "jiao": 10, "yuan": 100}


def drawn(seed: int, *, units: int = 12) -> Doc:
    document: Doc = json.loads(random_document(seed, units=units))
    return document


def priced(document: Doc) -> Quote:
    try:
        return price(*read(parsed(json.dumps(document))))
    except Refusal:
        assume(False)
        raise


def figures_by_good(document: Doc, quote: Quote) -> Doc:
    lines = {line["line"]: line for line in document["basket"]["lines"]}
    weighed = {each["sku"] for each in document["rulebook"]["products"] if each["weighed"]}
    found: Doc = {}
    for line in quote.lines:
        asked = lines[line.line]
        part = asked["quantity"] if asked["sku"] in weighed else None
        good = found.setdefault(str((asked["sku"], asked.get("lot"), asked.get("manual_price"), part)), {})
        good["net"] = good.get("net", 0) + line.net
        for discount in line.discounts:
            good[discount.source] = good.get(discount.source, 0) + discount.amount
    return found


def item_saving(document: Doc, quote: Quote) -> int:
    spends = {rule["id"] for rule in document["rulebook"]["promotions"] if rule["kind"] in {"spend", "points"}}
    return sum(each.saving for each in quote.promotions if each.id not in spends)


@relaxed
@given(seeds)
def test_every_amount_adds_up_to_the_fen(seed: int) -> None:
    document = drawn(seed)
    quote = priced(document)

    for line in quote.lines:
        assert line.gross - sum(discount.amount for discount in line.discounts) == line.net >= 0
        assert all(discount.amount > 0 for discount in line.discounts)
    assert quote.gross == sum(line.gross for line in quote.lines)
    assert quote.gross - quote.saving - quote.points_amount - quote.rounding == quote.payable >= 0
    assert sum(line.net for line in quote.lines) == quote.payable + quote.rounding
    assert 0 <= quote.rounding < ONE_STEP[document["basket"]["rounding"]]
    taken = sum(each.saving for each in quote.promotions) + sum(each.saving for each in quote.coupons)
    assert taken == quote.saving
    by_source: dict[str, int] = {}
    for line in quote.lines:
        for discount in line.discounts:
            by_source[discount.source] = by_source.get(discount.source, 0) + discount.amount
    assert by_source.pop("points", 0) == quote.points_amount
    saved = {f"promotion:{each.id}": each.saving for each in quote.promotions if each.saving}
    assert by_source == saved | {f"coupon:{each.id}": each.saving for each in quote.coupons if each.saving}


@relaxed
@given(seeds)
def test_no_order_of_scanning_or_listing_changes_anything(seed: int) -> None:
    document = drawn(seed)
    quote = priced(document)
    mixed = copy.deepcopy(document)
    shuffle = random.Random(seed).shuffle
    for part in (mixed["basket"]["lines"], mixed["basket"]["coupons"], *mixed["rulebook"].values()):
        if isinstance(part, list):
            shuffle(part)

    assert priced(mixed).document() == quote.document()


@relaxed
@given(seeds)
def test_equal_pieces_may_lie_on_any_number_of_lines(seed: int) -> None:
    document = drawn(seed)
    quote = priced(document)
    split = copy.deepcopy(document)
    weighed = {each["sku"] for each in document["rulebook"]["products"] if each["weighed"]}
    for line in document["basket"]["lines"]:
        if line["sku"] not in weighed and line["quantity"] > 1000:
            part = next(each for each in split["basket"]["lines"] if each["line"] == line["line"])
            part["quantity"] -= 1000
            split["basket"]["lines"].append({**line, "line": line["line"] + 100, "quantity": 1000})

    other = priced(split)

    assert figures_by_good(split, other) == figures_by_good(document, quote)
    assert (other.payable, other.points_earned) == (quote.payable, quote.points_earned)


@relaxed
@given(seeds)
def test_a_promotion_more_never_lowers_the_item_saving(seed: int) -> None:
    document = drawn(seed)
    before = priced(document)
    more = copy.deepcopy(document)
    more["rulebook"]["promotions"].append(Draw(seed + 1).wanted(9, 100))

    after = priced(more)

    assume(before.optimal and after.optimal)
    assert item_saving(more, after) >= item_saving(document, before)


@relaxed
@given(seeds)
def test_a_coupon_never_raises_the_payable(seed: int) -> None:
    document = drawn(seed)
    document["basket"]["redeem_points"] = 0
    without = copy.deepcopy(document)
    without["basket"]["coupons"] = []

    assert priced(document).payable <= priced(without).payable


@relaxed
@given(seeds)
def test_refunds_in_any_steps_give_back_exactly_what_was_paid(seed: int) -> None:
    chance = random.Random(seed)
    quote = priced(drawn(seed))
    sale = Refundable.of(quote)
    left = {line.line: int(line.quantity) for line in quote.lines}
    money = taken = given_back = 0
    while left:
        step = {number: chance.randint(1, quantity) for number, quantity in left.items() if chance.random() < 0.6}
        if not step:
            continue
        refund, sale = sale.refund(step)
        assert refund.amount == sum(refund.by_line.values()) >= 0
        money, taken, given_back = (
            money + refund.amount,
            taken + refund.points_taken,
            given_back + refund.points_given,
        )
        assert money <= quote.payable
        left = {number: rest for number in left if (rest := left[number] - step.get(number, 0))}

    assert (money, taken, given_back) == (quote.payable, quote.points_earned, quote.points_used)


def test_another_process_gives_the_same_bytes() -> None:
    documents = "\n".join(random_document(seed, units=12) for seed in range(150)).encode()
    answers = {
        subprocess.run(
            [sys.executable, "-m", "pos_app", "quote", "-"],
            input=documents,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            timeout=100,
            check=False,
        ).stdout
        for hash_seed in ("0", "1", "4242")
    }
    assert len(answers) == 1
    assert answers.pop().count(b"\n") == 150
