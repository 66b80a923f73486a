"""What may be told of why a household is protected (BEY11). Pure."""

from consumers.choices import AccountHoldKind


def is_close(kind: str, protection: object) -> bool:
    """Whether a hold speaks of somebody's health or household: an entry of the register does.

    A medical hold does without one, too: it is placed by telephone before the certificate comes.

    >>> is_close("MEDICAL", None), is_close("LEGAL", None), is_close("LEGAL", "Guardianship")
    (True, False, True)
    """
    return protection is not None or kind == AccountHoldKind.MEDICAL
