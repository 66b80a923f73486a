"""What may be told of why a household is protected (BEY11). Pure."""

from consumers.choices import AccountHoldKind, DocumentState


def is_close(kind: str, protection: object) -> bool:
    """Whether a hold speaks of somebody's health or household: an entry of the register does.

    A medical hold does without one, too: it is placed by telephone before the certificate comes.

    >>> is_close("MEDICAL", None), is_close("LEGAL", None), is_close("LEGAL", "Guardianship")
    (True, False, True)
    """
    return protection is not None or kind == AccountHoldKind.MEDICAL


def lost_certificate(state: str, *, is_withdrawn: bool) -> str:
    """What became of the certificate that a protection rests on; ``""`` while it holds.

    The protection itself stands until its day or until somebody lifts it and says why: that a
    paper was taken back says nothing of the household.

    >>> lost_certificate("VERIFIED", is_withdrawn=True)
    'WITHDRAWN'
    >>> [lost_certificate(state, is_withdrawn=False) for state in ("REJECTED", "PROCESSING", "")]
    ['REJECTED', '', '']
    """
    if is_withdrawn:
        return "WITHDRAWN"
    return "REJECTED" if state == DocumentState.REJECTED else ""
