"""Pricing, measured: a basket of 30 lines against 500 promotions in effect of 5,000, beside a plain loop and others.

Ours and each of the others price the same baskets in turns, every turn another one, by a rulebook that has priced
others before, as at a till in the middle of a day.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import process_time_ns
from typing import Final

from pos_app.domain.pricing.compiled import follow
from pos_app.domain.pricing.documents import parsed, read
from pos_app.domain.pricing.inputs import PricedBasket, Rulebook
from pos_app.domain.pricing.price import price
from pos_app.domain.pricing.promotions import Promotion
from pos_app.proving.bench.child import heard
from pos_app.proving.bench.figures import Figure, Goal, Unit
from pos_app.proving.bench.ground import Ground
from pos_app.proving.bench.peer import Missing, Peer, Recipe, install
from pos_app.proving.bench.pricing.campaigns import campaigns, defying, small_documents
from pos_app.proving.bench.pricing.others import MEDUSA, OSCAR, priced_ns
from pos_app.proving.bench.pricing.plain_loop import PlainLoop
from pos_app.proving.bench.pricing.scene import Scene
from pos_app.proving.bench.spread import Spread, in_turns, timed_ns
from pos_app.proving.quote_stream import read_whole

PROMOTIONS: Final = 5_000
PRICES: Final = 100_000
LINES: Final = 30
SMALL_DOCUMENTS: Final = 10_000
WORST: Final = (100, 40)
"""Lines, and promotions that take groups of pieces."""
_WARM_UP: Final = 20
_FEW: Final = 5
_SOME: Final = 50
"""Runs of what takes long, and of what takes a while."""
_MILLISECOND: Final = 1_000_000
_PEERS: Final[Sequence[tuple[Recipe, int, int]]] = ((OSCAR, 1000, 3), (MEDUSA, 20, 100))
"""Each of the others, how many times as long it is to take, and how many baskets it prices at most."""


def measure(ground: Ground, runs: int) -> list[Figure]:
    """Measure all of it."""
    folder = ground.root / "pricing"
    folder.mkdir(parents=True, exist_ok=True)
    scene = Scene.of(_promotions_for(ground.products), ground.products, LINES)
    pricing = _Pricing(ground, folder, scene, runs)
    figures = [pricing.main_case(), pricing.nothing_kept(), pricing.one_more_scan(), pricing.ten_times()]
    figures.append(pricing.worst())
    if ground.beside_others:
        figures += [pricing.beside(recipe, times, most) for recipe, times, most in _PEERS]
    return [*figures, pricing.compiling(), pricing.single_change(), pricing.streaming()]


def _promotions_for(products: int) -> int:
    """Say how many promotions a shop of so many products has."""
    return min(PROMOTIONS, products * PROMOTIONS // PRICES * 10)


def _unasked(known: Rulebook, promotions: Sequence[Promotion] = ()) -> Rulebook:
    """Give the same rules, or other promotions, of which nothing was worked out yet."""
    return Rulebook(known.products, known.prices, promotions or known.promotions, (), known.points)


def _figure(what: str, ours: Sequence[int], *goals: Goal) -> Figure:
    return Figure("pricing", what, Unit.MILLISECONDS, Spread.of(ours), goals=goals)


@dataclass(frozen=True, slots=True)
class _Pricing:
    """What is measured, where, how often, and by which time."""

    ground: Ground
    folder: Path
    scene: Scene
    runs: int

    def timed(self, call: Callable[[], object]) -> int:
        """Time one call."""
        if not self.ground.by_processor:
            return timed_ns(call)
        begun = process_time_ns()
        call()
        return process_time_ns() - begun

    def ours(self, scene: Scene, rulebook: Rulebook) -> Callable[[int], int]:
        """Price one basket after the other."""
        baskets = scene.baskets
        return lambda turn: self.timed(partial(price, baskets[turn % len(baskets)], rulebook))

    def main_case(self) -> Figure:
        """Beside the least that any till does."""
        scene, documents = self.scene, self.scene.documents
        loop = PlainLoop(scene.campaigns.rulebook, scene.in_effect)
        pair = in_turns(
            self.ours(scene, scene.rulebook),
            lambda turn: self.timed(partial(loop.payable, documents[turn % len(documents)])),
            runs=self.runs,
            warm_up=_WARM_UP,
        )
        return Figure(
            measure="pricing",
            what=f"price: {LINES} lines, {len(scene.in_effect)} promotions in effect",
            unit=Unit.MILLISECONDS,
            ours=Spread.of(pair.ours),
            floor=Spread.of(pair.floor),
            floor_is="each line's best, a plain loop",
            goals=(Goal("median", _MILLISECOND), Goal("p99", 3 * _MILLISECOND)),
        )

    def nothing_kept(self) -> Figure:
        """Price the first basket after the promotions were worked out: not a product was asked for before."""
        baskets, known = self.scene.baskets, self.scene.rulebook
        samples = []
        for basket in baskets[: min(self.runs, _SOME)]:
            rulebook = _unasked(known)
            price(replace(basket, lines=()), rulebook)
            samples.append(self.timed(partial(price, basket, rulebook)))
        return _figure("the first basket ever, nothing kept", samples)

    def one_more_scan(self) -> Figure:
        """Price a basket that was priced with a line less."""
        baskets, rulebook = self.scene.baskets, _unasked(self.scene.rulebook)
        samples = []
        for turn in range(_WARM_UP + self.runs):
            basket = baskets[turn % len(baskets)]
            price(replace(basket, lines=basket.lines[:-1]), rulebook)
            samples.append(self.timed(partial(price, basket, rulebook)))
        return _figure("one more scan", samples[_WARM_UP:], Goal("median", _MILLISECOND // 2))

    def ten_times(self) -> Figure:
        """Price by ten times the promotions, and as many more goods; nothing was kept on either side at first."""
        many = Scene.of(len(self.scene.campaigns.rulebook["promotions"]) * 10, self.ground.products, LINES)
        pair = in_turns(
            self.ours(many, many.rulebook),
            self.ours(self.scene, _unasked(self.scene.rulebook)),
            runs=self.runs,
            warm_up=_WARM_UP,
        )
        return Figure(
            measure="pricing",
            what=f"ten times the promotions: {len(many.in_effect):,} in effect",
            unit=Unit.MILLISECONDS,
            ours=Spread.of(pair.ours),
            floor=Spread.of(pair.floor),
            floor_is="a tenth of them",
            goals=(Goal("median", 500, of="floor"),),
        )

    def worst(self) -> Figure:
        """Price a basket that defies the search."""
        lines, promotions = WORST
        basket, known = read(parsed(json.dumps(defying(lines, promotions))))
        samples = [self.timed(partial(price, basket, _unasked(known))) for _ in range(min(self.runs, _FEW))]
        cut = "" if price(basket, known).optimal else ", cut and says so"
        what = f"worst: {lines} lines, {promotions} promotions of groups{cut}"
        return _figure(what, samples, Goal("p99", 100 * _MILLISECOND))

    def beside(self, recipe: Recipe, times: int, most: int) -> Figure:
        """Price beside what others use; where it cannot be had, say so and go on."""
        scene, runs = self.scene, min(self.runs, most)
        ours = self.ours(scene, scene.rulebook)
        folder, goal = self.folder / recipe.name, Goal("median", times, of="faster")
        try:
            self.ground.say(f"installing {recipe.name}, where it is not yet")
            install(recipe, folder)
            with Peer(recipe, folder, scene.write(self.folder / "scene.json")) as peer:
                self.ground.say(f"beside {peer.stands_for}: {runs} baskets")
                theirs = partial(priced_ns, peer, by_processor=self.ground.by_processor)
                pair = in_turns(ours, theirs, runs=runs, warm_up=min(1, runs - 1))
        except Missing as missing:
            self.ground.say(f"{missing}; measured without it")
            return _figure(f"the same; {recipe.name} is not to be had", [ours(turn) for turn in range(runs)], goal)
        return Figure(
            measure="pricing",
            what=f"the same beside {peer.stands_for}",
            unit=Unit.MILLISECONDS,
            ours=Spread.of(pair.ours),
            floor=Spread.of(pair.floor),
            floor_is=recipe.name,
            goals=(goal,),
        )

    def compiling(self) -> Figure:
        """From the parsed document until its basket is priced, as `granary quote` does it."""
        prices = min(PRICES, self.ground.products)
        some = campaigns(_promotions_for(prices), self.ground.products, prices)
        document = parsed(json.dumps({"basket": some.basket(1), "rulebook": some.rulebook}))
        samples = [self.timed(lambda: price(*read_whole(document))) for _ in range(min(self.runs, _FEW))]
        what = f"compile {len(some.rulebook['promotions']):,} promotions, {prices:,} prices"
        return _figure(what, samples, Goal("median", 1000 * _MILLISECOND))

    def single_change(self) -> Figure:
        """Take in another promotion, and price the basket at the counter again."""
        basket, before = self.scene.baskets[0], self.scene.rulebook
        samples = []
        for turn in range(min(self.runs, _SOME)):
            promotions = list(before.promotions)
            promotions[turn] = replace(promotions[turn], priority=turn)
            samples.append(self.timed(partial(_take_in, basket, before, promotions)))
        return _figure("take in a single change", samples, Goal("median", 20 * _MILLISECOND))

    def streaming(self) -> Figure:
        """Have `granary quote` price a file, its start included; give what one document takes."""
        count = min(SMALL_DOCUMENTS, self.runs * 100)
        path = self.folder / "small.jsonl"
        path.write_text("".join(f"{json.dumps(each)}\n" for each in small_documents(count)), encoding="utf-8")
        command = [sys.executable, "-m", "pos_app", "quote", str(path)]
        samples = []
        for _ in range(min(self.runs, _FEW)):
            begun = os.times()
            taken = timed_ns(lambda: heard(command, None, self.folder / "quote.log"))
            ended = os.times()
            used = ended.children_user + ended.children_system - begun.children_user - begun.children_system
            samples.append((int(used * 1_000_000_000) if self.ground.by_processor else taken) // count)
        what = f"granary quote: each of {count:,} small documents"
        goal = Goal("median", 500_000)
        return Figure("pricing", what, Unit.MICROSECONDS, Spread.of(samples), goals=(goal,))


def _take_in(basket: PricedBasket, before: Rulebook, promotions: Sequence[Promotion]) -> None:
    after = _unasked(before, promotions)
    follow(after, before)
    price(basket, after)
