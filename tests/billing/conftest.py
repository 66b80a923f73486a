"""What tests of money share."""

from tests.billing.final_billing import make_billing

__all__ = ["make_billing"]
