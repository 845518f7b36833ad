"""What is said of members and of what they have, in the language chosen. Knows no widget."""

from datetime import datetime

from pos_app.domain.members import Member
from pos_app.domain.pricing.promotions import Cash, CouponTemplate, PercentOff
from pos_app.services.knowing import OwnCoupon
from pos_app.ui.runtime.money_text import amount_text
from pos_app.ui.runtime.translations import Texts


def name_of(member: Member) -> str:
    """Name a member; one who is known by a code alone goes by the id."""
    return member.name or member.id


def tier_of(texts: Texts, member: Member) -> str:
    """Name the tier; one that the translations do not know goes by its code."""
    key = f"tier.{member.tier}"
    return texts.tr(key) if texts.has(key) else member.tier


def masked_card(member: Member) -> str:
    """Give the card's number with its last four signs alone, so that two can be told apart."""
    return f"****{member.card[-4:]}" if member.card else ""


def worth_of(texts: Texts, own: OwnCoupon) -> str:
    """Say what a coupon is good for: ``满 100 减 10``."""
    template = own.template
    if template is None:
        return texts.tr("members.coupon_unknown")
    from_spend = texts.tr("members.coupon_from", amount=amount_text(template.min_spend)) if template.min_spend else ""
    return f"{from_spend}{_does(texts, template)}"


def coupon_name(own: OwnCoupon) -> str:
    """Name a coupon by its issue."""
    return own.coupon.id if own.template is None else own.template.name or own.coupon.id


def end_of(texts: Texts, own: OwnCoupon) -> str:
    """Say until when a coupon is good."""
    return texts.tr("members.coupon_open") if own.ends is None else texts.tr("members.until", at=_day(own.ends))


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _does(texts: Texts, template: CouponTemplate) -> str:
    value = template.value
    if isinstance(value, Cash):
        return texts.tr("members.coupon_cash", amount=amount_text(value.off))
    if isinstance(value, PercentOff):
        most = "" if value.max_off is None else texts.tr("members.coupon_most", amount=amount_text(value.max_off))
        return texts.tr("members.coupon_percent", percent=_percent_text(value.percent)) + most
    return texts.tr("members.coupon_exchange", amount=amount_text(value.price))


def _percent_text(hundredths: int) -> str:
    """Write a percentage with no zeros behind: ``8.5``."""
    whole, rest = divmod(hundredths, 100)
    digits = f"{rest:02d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)
