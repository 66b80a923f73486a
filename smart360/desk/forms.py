"""The one form of the tracking page."""

from django import forms

from complaints.operations.rating import LONGEST_COMMENT
from smart360.web.fields import CodeField, ShownTextField

WORDS = ("very bad", "bad", "fair", "good", "very good")
CHOOSE = "Choose 1 to 5 stars."


class RatingForm(forms.Form):
    """How a complaint was handled: 1 to 5 stars, and a comment or nothing."""

    stars = CodeField(
        label="How did we handle your complaint?",
        choices=[(str(n), f"{n}, {word}") for n, word in enumerate(WORDS, start=1)],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE},
    )
    comment = ShownTextField(
        label="Comment (optional)",
        required=False,
        at_most=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def rating(self) -> int:
        """The stars; 0 when none were chosen."""
        return int(self.cleaned_data.get("stars") or 0)

    @property
    def written(self) -> str:
        """The comment, or nothing."""
        return str(self.cleaned_data.get("comment") or "")
