"""Another reading of docs/pricing.md, by brute force: every set of applications, every subset of coupons.

It shares no code with the engine, works on the document itself, and is slow and plain on purpose: only small baskets.
It reads valid documents alone and answers with the quote's figures (no hints).
"""

import json
import math
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

from tests.support.pricing_oracle_items import Choice, Doc, half_up, proportion, selected


class OracleError(Exception):
    """A code of §7 or §5."""


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


class Oracle:
    """One document, priced."""

    def __init__(self, text: str, choice: type[Choice]) -> None:
        document = json.loads(text, parse_float=Fraction)
        self.choice = choice
        self.basket: Doc = document["basket"]
        self.rules: Doc = document["rulebook"]
        self.at = datetime.fromisoformat(self.basket["at"])
        self.member: Doc | None = self.basket.get("member")
        self.products = {each["sku"]: each for each in self.rules.get("products") or []}
        self.lines = [dict(line) for line in self.basket["lines"]]
        for line in self.lines:
            line["discounts"] = []
        self.shelf()
        self.gather()

    def here(self, row: Doc) -> bool:
        scope, channel = row.get("scope") or "chain", row.get("channel") or "all"
        places = ["chain", f"store:{self.basket['store']}", f"zone:{self.basket.get('zone')}"]
        return scope in places and channel in {"all", self.basket.get("channel") or "store"}

    def between(self, start: str | None, end: str | None) -> bool:
        starts, ends = moment(start), moment(end)
        return (starts is None or starts <= self.at) and (ends is None or self.at < ends)

    def in_effect(self, rule: Doc) -> bool:
        active = rule.get("active") or {}
        if not self.between(active.get("from"), active.get("to")) or not self.here(rule):
            return False
        if not self.open_today(active):
            return False
        if rule.get("members_only") and self.member is None:
            return False
        tiers, segments = rule.get("member_tiers") or [], rule.get("segments") or []
        if tiers and (self.member is None or self.member.get("tier") not in tiers):
            return False
        if segments and (self.member is None or not set(segments) & set(self.member.get("segments") or [])):
            return False
        bound = self.bound(rule)
        return bound is None or bound >= 1

    def open_today(self, active: Doc) -> bool:
        """Write out every window that begun yesterday or today and look whether now is in one."""
        local = self.at.replace(tzinfo=None)
        opens, closes = active.get("daily_from") or "00:00", active.get("daily_to") or "00:00"
        for back in (0, 1):
            day = (local - timedelta(days=back)).replace(hour=0, minute=0, second=0, microsecond=0)
            begin = day + timedelta(hours=int(opens[:2]), minutes=int(opens[3:]))
            end = day + timedelta(hours=int(closes[:2]), minutes=int(closes[3:]))
            if end <= begin:
                end += timedelta(days=1)
            weekdays = active.get("weekdays") or []
            if begin <= local < end and (not weekdays or day.isoweekday() in weekdays):
                return True
        return False

    def bound(self, rule: Doc) -> int | None:
        bounds = [] if rule.get("limit") is None else [rule["limit"]]
        if rule.get("limit_per_member") is not None:
            used = ((self.member or {}).get("used") or {}).get(rule["id"], 0)
            bounds.append(0 if self.member is None else rule["limit_per_member"] - used)
        return min(bounds) if bounds else None

    def shelf(self) -> None:
        for line in self.lines:
            thing = self.products[line["sku"]]
            if line.get("manual_price") is not None:
                line["unit_price"], line["price_id"] = line["manual_price"], None
            else:
                line["unit_price"], line["price_id"] = self.shelf_price(line)
            exact = Fraction(line["unit_price"] * line["quantity"], 1000)
            line["gross"] = half_up(exact) if thing.get("weighed") else int(exact)
            line["net"] = line["gross"]

    def shelf_price(self, line: Doc) -> tuple[int, str]:
        rows = [row for row in self.rules.get("prices") or [] if row["sku"] == line["sku"] and self.here(row)]
        rows = [row for row in rows if self.between(row.get("from"), row.get("to"))]
        bases = [row for row in rows if row["kind"] == "base"]
        if not bases:
            raise OracleError("no_price")
        for narrowing in (
            lambda row: {"s": 2, "z": 1, "c": 0}[(row.get("scope") or "chain")[0]],
            lambda row: (row.get("channel") or "all") != "all",
            lambda row: Fraction(-(10**30)) if row.get("from") is None else Fraction(moment(row["from"]).timestamp()),  # type: ignore[union-attr] # it has a from
        ):
            most = max(narrowing(row) for row in bases)
            bases = [row for row in bases if narrowing(row) == most]
        base = max(bases, key=lambda row: row["id"])
        others = [row for row in rows if row["kind"] == "campaign"]
        others += [
            row
            for row in rows
            if row["kind"] == "member"
            and self.member is not None
            and (not row.get("tiers") or self.member.get("tier") in row["tiers"])
        ]
        others += [
            row
            for row in rows
            if row["kind"] == "lot" and row["lot"] == line.get("lot") and line.get("lot") is not None
        ]
        lower = sorted((row["amount"], row["id"]) for row in others if row["amount"] < base["amount"])
        return lower[0] if lower else (base["amount"], base["id"])

    def gather(self) -> None:
        def key(line: Doc) -> tuple[Any, ...]:
            weighed = self.products[line["sku"]].get("weighed")
            four = (line["sku"], line.get("lot"), line.get("manual_price"), line["quantity"] if weighed else None)
            return tuple(part for each in four for part in ((each is not None), each if each is not None else 0))

        self.goods: list[Doc] = []
        for own in sorted({key(line) for line in self.lines}):
            lines = [line for line in self.lines if key(line) == own]
            lines.sort(key=lambda line: (-line["quantity"], line["line"]))
            thing = self.products[lines[0]["sku"]]
            weighed = bool(thing.get("weighed"))
            self.goods.append(
                {
                    "thing": thing,
                    "lines": lines,
                    "weighed": weighed,
                    "units": len(lines) if weighed else sum(line["quantity"] for line in lines) // 1000,
                    "u": lines[0]["gross"] if weighed else lines[0]["unit_price"],
                    "manual": lines[0].get("manual_price") is not None,
                    "promoted": False,
                    "discounted": False,
                }
            )

    def net(self, good: Doc) -> int:
        return sum(line["net"] for line in good["lines"])

    def take(self, good: Doc, amount: int, source: str) -> None:
        parts = proportion(amount, [line["net"] for line in good["lines"]])
        for line, part in zip(good["lines"], parts, strict=True):
            if part:
                line["net"] -= part
                line["discounts"].append({"source": source, "amount": part})

    def share(self, goods: list[Doc], amount: int, source: str) -> None:
        for good, part in zip(goods, proportion(amount, [self.net(good) for good in goods]), strict=True):
            self.take(good, part, source)

    def quote(self) -> Doc:
        promotions: list[Doc] = []
        gross = sum(line["net"] for line in self.lines)
        self.item_stage(promotions)
        self.spend_stage(promotions)
        coupons, saved_by_coupons = self.coupon_stage()
        saving = sum(each["saving"] for each in promotions) + saved_by_coupons
        points, worth = self.points_stage()
        due = sum(line["net"] for line in self.lines)
        earned = self.earn(promotions)
        step = {"none": 1, "jiao": 10, "yuan": 100}[self.basket.get("rounding") or "none"]
        names = ("line", "sku", "quantity", "unit_price", "price_id", "gross", "discounts", "net")
        return {
            "lines": [
                {name: line[name] for name in names} for line in sorted(self.lines, key=lambda line: line["line"])
            ],
            "promotions": sorted(promotions, key=lambda each: each["id"]),
            "coupons": coupons,
            "gross": gross,
            "saving": saving,
            "points_used": points,
            "points_amount": worth,
            "rounding": due % step,
            "payable": due - due % step,
            "points_earned": earned,
            "optimal": True,
        }

    def item_stage(self, promotions: list[Doc]) -> None:
        rules = {
            rule["id"]: rule
            for rule in self.rules.get("promotions") or []
            if rule["kind"] not in {"spend", "points"} and self.in_effect(rule)
        }
        bounds = {each: 1 if rule["kind"] == "tiers" else self.bound(rule) for each, rule in rules.items()}
        chosen = self.choice(self.goods, rules, bounds).choose()
        for name in sorted({one[0] for one in chosen}):
            own = [one for one in chosen if one[0] == name]
            for good in range(len(self.goods)):
                amount = sum(one[2][good] for one in own)
                if amount:
                    self.take(self.goods[good], amount, f"promotion:{name}")
                    self.goods[good]["promoted"] = self.goods[good]["discounted"] = True
            total = sum(sum(one[2]) for one in own)
            promotions.append({"id": name, "applications": len(own), "saving": total})

    def spend_stage(self, promotions: list[Doc]) -> None:
        rules = [
            rule for rule in self.rules.get("promotions") or [] if rule["kind"] == "spend" and self.in_effect(rule)
        ]
        groups: dict[str, list[Doc]] = {}
        for rule in rules:
            groups.setdefault(rule.get("group") or "spend", []).append(rule)
        order = sorted(groups, key=lambda name: (-max(rule.get("priority") or 0 for rule in groups[name]), name))
        for name in order:
            offers = []
            for rule in groups[name]:
                strict = rule.get("with_item_promotions") is False
                goods = [
                    good
                    for good in self.goods
                    if selected(rule.get("of"), good["thing"]) and not (strict and good["promoted"])
                ]
                times, saving = self.spend(rule, sum(map(self.net, goods)))
                if saving:
                    offers.append((-saving, -(rule.get("priority") or 0), rule["id"], times, goods))
            if offers:
                minus, _, own, times, goods = min(offers, key=lambda offer: offer[:3])
                before = [self.net(good) for good in goods]
                self.share(goods, -minus, f"promotion:{own}")
                for good, net in zip(goods, before, strict=True):
                    good["discounted"] = good["discounted"] or self.net(good) < net
                promotions.append({"id": own, "applications": times, "saving": -minus})

    def spend(self, rule: Doc, amount: int) -> tuple[int, int]:
        reached = [tier for tier in rule["tiers"] if tier["spend"] <= amount]
        if not reached:
            return 0, 0
        tier = max(reached, key=lambda each: each["spend"])
        if tier.get("percent") is not None:
            return 1, half_up(amount * Fraction(tier["percent"]) / 100)
        times = amount // tier["spend"] if rule.get("repeat") else 1
        bound = self.bound(rule)
        times = times if bound is None else min(times, bound)
        off: int = tier["off"]
        return times, min(amount, times * off)

    def coupon_stage(self) -> tuple[list[Doc], int]:
        presented = self.basket.get("coupons") or []
        templates = {each["id"]: each for each in self.rules.get("coupon_templates") or []}
        reasons = {coupon["id"]: self.reason(coupon, templates.get(coupon["template"])) for coupon in presented}
        able = [coupon for coupon in presented if reasons[coupon["id"]] is None]
        best: Any = (0, 0, [])
        chosen: list[tuple[Doc, list[int]]] = []
        for size in range(1, len(able) + 1):
            for subset in combinations(able, size):
                groups = [templates[coupon["template"]].get("group") or "coupon" for coupon in subset]
                if len(set(groups)) < len(groups):
                    continue
                taken = self.try_coupons(list(subset), templates)
                if not all(sum(parts) > 0 for _, parts in taken):
                    continue
                total = sum(sum(parts) for _, parts in taken)
                ids = sorted(coupon["id"] for coupon in subset)
                if total > best[0] or (total == best[0] and (size, ids) < (best[1], best[2])):
                    best, chosen = (total, size, ids), taken
        for coupon, parts in chosen:
            for good, part in zip(self.goods, parts, strict=True):
                self.take(good, part, f"coupon:{coupon['id']}")
        accepted = {coupon["id"]: sum(parts) for coupon, parts in chosen}
        used = {templates[coupon["template"]].get("group") or "coupon" for coupon, _ in chosen}
        answers = []
        for coupon in sorted(presented, key=lambda each: each["id"]):
            own, reason = coupon["id"], reasons[coupon["id"]]
            if own not in accepted and reason is None:
                group = templates[coupon["template"]].get("group") or "coupon"
                reason = "group" if group in used else "no_saving"
            saving = accepted.get(own, 0)
            answers.append({"id": own, "accepted": own in accepted, "saving": saving, "reason": reason})
        return answers, best[0]

    def coupon_goods(self, template: Doc) -> list[int]:
        strict = template.get("with_promotions") is False
        return [
            index
            for index, good in enumerate(self.goods)
            if selected(template.get("of"), good["thing"]) and not (strict and good["discounted"])
        ]

    def reason(self, coupon: Doc, template: Doc | None) -> str | None:  # noqa: PLR0911 — one for each code of §5
        if template is None:
            return "unknown_template"
        if not self.between(coupon.get("valid_from"), None):
            return "not_started"
        if not self.between(None, coupon.get("valid_to")):
            return "expired"
        if not self.in_effect({**template, "limit": None, "limit_per_member": None}):
            return "not_in_effect"
        goods = self.coupon_goods(template)
        if not goods:
            return "no_matching_goods"
        if sum(self.net(self.goods[good]) for good in goods) < (template.get("min_spend") or 0):
            return "min_spend"
        if not sum(self.try_coupons([coupon], {template["id"]: template})[0][1]):
            return "no_saving"
        return None

    def try_coupons(self, coupons: list[Doc], templates: dict[str, Doc]) -> list[tuple[Doc, list[int]]]:
        nets = [self.net(good) for good in self.goods]
        kinds = ["exchange", "percent", "cash"]
        done = []
        for coupon in sorted(coupons, key=lambda each: (kinds.index(templates[each["template"]]["kind"]), each["id"])):
            template = templates[coupon["template"]]
            goods = self.coupon_goods(template)
            parts = [0] * len(nets)
            if template["kind"] == "exchange":
                gains = [
                    (nets[good] // self.goods[good]["units"] - template["price"], -good)
                    for good in goods
                    if not self.goods[good]["weighed"]
                ]
                if gains and max(gains)[0] > 0:
                    parts[-max(gains)[1]] = max(gains)[0]
            else:
                there = sum(nets[good] for good in goods)
                if template["kind"] == "percent":
                    saving = half_up(there * Fraction(template["percent"]) / 100)
                    if template.get("max_off") is not None:
                        saving = min(saving, template["max_off"])
                else:
                    saving = template["off"]
                for good, part in zip(
                    goods, proportion(min(saving, there), [nets[good] for good in goods]), strict=True
                ):
                    parts[good] = part
            nets = [net - part for net, part in zip(nets, parts, strict=True)]
            done.append((coupon, parts))
        return done

    def points_stage(self) -> tuple[int, int]:
        points = self.basket.get("redeem_points") or 0
        if not points:
            return 0, 0
        rules = self.rules["points"]
        if points % rules["step"]:
            raise OracleError("points_step")
        if points > ((self.member or {}).get("points") or 0):
            raise OracleError("points_balance")
        worth = math.floor(Fraction(points, rules["worth"]["points"]) * rules["worth"]["amount"])
        if worth > sum(line["net"] for line in self.lines) * Fraction(rules["max_percent"]) / 100:
            raise OracleError("points_max")
        self.share(self.goods, worth, "points")
        return points, worth

    def earn(self, promotions: list[Doc]) -> int:
        rules = self.rules.get("points") or {}
        if self.member is None:
            return 0
        counted = []
        for rule in self.rules.get("promotions") or []:
            if rule["kind"] == "points" and self.in_effect(rule):
                net = sum(self.net(good) for good in self.goods if selected(rule.get("of"), good["thing"]))
                if net > 0 and net >= (rule.get("min_spend") or 0):
                    counted.append(rule)
                    promotions.append({"id": rule["id"], "applications": 1, "saving": 0})
        total = Fraction(0)
        for good in self.goods:
            own = [
                Fraction(rule["multiplier"])
                for rule in counted
                if rule.get("multiplier") is not None and selected(rule.get("of"), good["thing"])
            ]
            total += self.net(good) * (max(own) if own else 1)
        tier = Fraction((rules.get("tier_multiplier") or {}).get(self.member.get("tier"), 1))
        bonus: int = sum(rule["bonus"] for rule in counted if rule.get("bonus") is not None)
        earned: int = math.floor(total / rules["earn_per"] * tier) if rules.get("earn_per") else 0
        return earned + bonus


def oracle_quote(text: str, choice: type[Choice] = Choice) -> Doc:
    """Price a document's text; an error is ``{"error": code}``."""
    try:
        return Oracle(text, choice).quote()
    except OracleError as error:
        return {"error": error.args[0]}
