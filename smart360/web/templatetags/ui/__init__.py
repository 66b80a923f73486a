"""The components pages are made of: `{% load ui %}`.

Each is a typed tag: an unknown name, tone, icon or code raises, and none of them asks the database.
The small ones that stand in every row of a list are put together in Python, because rendering a
template for each would cost more than the rest of the row; the large ones have a template in
`templates/components/`. The gallery at `/gallery/` shows each in each state.
"""

from smart360.web.templatetags.ui import (
    blocks,
    cases,
    charts,
    controls,
    fields,
    inline,
    lists,
    uploads,
)
from smart360.web.templatetags.ui.library import register

__all__ = [
    "blocks", "cases", "charts", "controls", "fields", "inline", "lists", "register", "uploads",
]  # fmt: skip
