"""A page as a browser understands it: its forms with their fields, its links, what is foreign."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.inputs.corpus import ATTRIBUTE, TAG, Pairs

ADDRESSES = {"href", "src", "action", "formaction", "hx-get", "hx-post", "data-poll"}


@dataclass
class Field:
    """One control: what it is called, what kind it is, what it offers, what it would send."""

    name: str
    kind: str
    sent: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """One form of a page."""

    action: str
    method: str
    id: str = ""
    fields: dict[str, Field] = field(default_factory=dict)

    def pairs(self) -> Pairs:
        """What a browser would send if nothing were touched."""
        return [(each.name, value) for each in self.fields.values() for value in each.sent]

    def take(self, name: str, kind: str) -> Field:
        """The field of this name; several controls may share it."""
        return self.fields.setdefault(name, Field(name, kind))


class Page(HTMLParser):
    """The forms and links of a page, and everything in it that none of our templates wrote."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.foreign: list[str] = []
        self._open: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None
        self._in_script = False
        self._elsewhere: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()
        for tag, given in self._elsewhere:
            owner = next((each for each in self.forms if each.id == given["form"]), None)
            if owner is not None:
                self._control(owner, tag, given)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._look_for_foreign(tag, given)
        self._in_script = tag == "script"
        if tag == "form":
            action = given.get("hx-post") or given.get("hx-get") or given.get("action", "")
            self._open = Form(action, given.get("method", "get").lower(), given.get("id", ""))
            self.forms.append(self._open)
        elif tag in {"input", "select", "textarea", "button"}:
            if given.get("form"):
                self._elsewhere.append((tag, given))
            elif self._open is not None:
                self._control(self._open, tag, given)
        elif tag == "option" and self._select is not None:
            self._option(self._select, given)
        self.links += [given[name] for name in ("href", "hx-get") if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False
        if tag == "form":
            self._open = None
        elif tag == "select":
            if self._select is not None and not self._select.sent:
                self._select.sent = self._select.options[:1]
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, text: str) -> None:
        if self._area is not None:
            self._area.sent = [self._area.sent[0] + text if self._area.sent else text.lstrip("\n")]
        if self._in_script and text.strip():
            self.foreign.append(f"script: {text.strip()[:60]}")

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if not name:
            return
        kind = given.get("type", "text") if tag == "input" else tag
        made = form.take(name, kind)
        value = given.get("value", "on" if kind == "checkbox" else "")
        if kind in {"checkbox", "radio"}:
            made.options.append(value)
            if "checked" in given:
                made.sent.append(value)
        elif kind == "select":
            self._select = made
        elif kind == "textarea":
            self._area = made
            made.sent = [""]
        elif kind in {"submit", "button"}:
            made.options.append(value)
        elif kind != "file":
            made.sent.append(value)

    @staticmethod
    def _option(select: Field, given: dict[str, str]) -> None:
        value = given.get("value", "")
        select.options.append(value)
        if "selected" in given:
            select.sent = [value]

    def _look_for_foreign(self, tag: str, given: dict[str, str]) -> None:
        if TAG in tag:
            self.foreign.append(f"element {tag}")
        for name, value in given.items():
            if name == ATTRIBUTE or name.startswith("on"):
                self.foreign.append(f"attribute {name}")
            if name == "style":
                self.foreign.append("attribute style")
            is_script = value.strip().lower().startswith(("javascript:", "data:text", "vbscript:"))
            if name in ADDRESSES and is_script:
                self.foreign.append(f"{name}={value[:40]}")
