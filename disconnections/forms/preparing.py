"""What the forms of a closure and of a reconnection begin with."""

from typing import Any

from django import forms

from smart360.web.fields import ShownTextField


class PreparingForm(forms.Form):
    """The service order, and the version of what was shown; each service adds its fields."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    service_order = ShownTextField(
        label="SO ID",
        required=False,
        at_most=20,
        is_one_line=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "orders-to-pick"}),
    )

    use_required_attribute = False

    def __init__(self, *args: Any, order_number: str = "", version: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"version": version, "service_order": order_number})
        super().__init__(*args, **kwargs)
