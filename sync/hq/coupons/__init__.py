"""Coupons (优惠券): their templates, who holds which, and by which sale each was spent."""
