"""Signing in and out, and one's own settings."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff import operations, queries
from smart360.staff.access import LOCKED_FOR, address_of, is_spraying, signed_in_person
from smart360.staff.choices import SavedPage, SignInOutcome
from smart360.staff.forms import WRONG, OwnPasswordForm, OwnSettingsForm, SignInForm, ViewForm
from smart360.staff.models import Person
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import IDLE, OVER, is_own_address, public, signed_in

TOO_MANY = "Too many wrong passwords. Wait {minutes} minutes and try again."
MINUTE = 60


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door: name and password, then back to where one was going."""
    back = next_address(request)
    if request.method == "GET":
        if request.user.is_authenticated:
            return redirect(back)
        return door(request, SignInForm(), notice=why_out(request))
    form = SignInForm(request.POST)
    if not form.is_valid():
        return door(request, form, status=422)
    username = form.cleaned_data["username"]
    at, address = clock.now(), address_of(request)
    if is_spraying(username=username, address=address, at=at):
        operations.note_spraying(username=username, address=address, at=at)
        return locked_out(request)
    person = authenticate(request, username=username, password=form.cleaned_data["password"])
    if not isinstance(person, Person):
        is_locked = getattr(request, "axes_locked_out", False)  # AxesMiddleware answers 429 then
        note(SignInOutcome.LOCKED_OUT if is_locked else SignInOutcome.REFUSED, request, username)
        form.add_error("password", WRONG)
        return door(request, form, status=422)
    note(SignInOutcome.SIGNED_IN, request, username)
    request.session.flush()  # nothing from before the door comes in
    login(request, person)
    return redirect(back)


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, str] | None = None,
) -> HttpResponse:
    """Too many wrong passwords for this name from this address; the same for names nobody has."""
    minutes = int(LOCKED_FOR.total_seconds()) // MINUTE
    form = SignInForm(request.POST)
    form.is_valid()
    form.add_error(None, TOO_MANY.format(minutes=minutes))
    answer = door(request, form, status=429)
    answer["Retry-After"] = str(minutes * MINUTE)
    return answer


@require_POST
@signed_in
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave; the session is over everywhere it was copied to."""
    note(SignInOutcome.SIGNED_OUT, request, request.user.get_username())
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_http_methods(["GET", "POST"])
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """My own settings, and which roles I hold."""
    person = signed_in_person(request)
    if request.method == "GET":
        now = {name: getattr(person, name) for name in OwnSettingsForm.base_fields}
        return render(request, "staff/me.html", {"form": OwnSettingsForm(initial=now)})
    form = OwnSettingsForm(request.POST)
    if not form.is_valid():
        return render(request, "staff/me.html", {"form": form}, status=422)
    operations.change_own_settings(**form.cleaned_data, by=person, at=clock.now())
    messages.success(request, "Your settings are saved.")
    return redirect("me")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def password_change(request: HttpRequest) -> HttpResponse:
    """My own password; every other session of mine ends."""
    person = signed_in_person(request)
    form = OwnPasswordForm(person, request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "staff/password.html", {"form": form}, status=status)
    changed = operations.change_password(
        person=person.pk,
        password=form.cleaned_data["password1"],
        by=person,
        address=address_of(request),
        at=clock.now(),
    )
    update_session_auth_hash(request, changed)
    messages.success(request, "Your password is changed. Other places were signed out.")
    return redirect("me")


def note(outcome: SignInOutcome, request: HttpRequest, username: str) -> None:
    """One line of the sign-in log."""
    operations.note_at_door(
        outcome=outcome, username=username, address=address_of(request), at=clock.now()
    )


def door(
    request: HttpRequest, form: SignInForm, *, notice: str = "", status: int = 200
) -> HttpResponse:
    """The sign-in page."""
    back = next_address(request)
    action = f"{resolve_url('sign_in')}?{urlencode({'next': back})}"
    context = {"form": form, "notice": notice, "action": action}
    return render(request, "staff/sign_in.html", context, status=status)


def next_address(request: HttpRequest) -> str:
    """Where to go after the door, on this site only and never back to the door."""
    wanted = request.GET.get("next", "")
    start = resolve_url(settings.LOGIN_REDIRECT_URL)
    if not is_own_address(request, wanted) or wanted.startswith(resolve_url("sign_in")):
        return start
    return wanted


def why_out(request: HttpRequest) -> str:
    """Why somebody who was inside stands before the door."""
    ended = request.GET.get("ended", "")
    if ended == IDLE:
        minutes = settings.SESSION_IDLE_SECONDS // MINUTE
        return (
            f"You were signed out after {minutes} minutes without activity. What you typed is kept."
        )
    return "Your session has ended. Sign in to go on." if ended == OVER else ""


# ------------------------------------------------------------------ one's own views of lists
@require_http_methods(["GET", "POST"])
@signed_in
def saved_views(request: HttpRequest) -> HttpResponse:
    """One's own views of a list: the one that is about to be kept, and those that are."""
    asked = request.POST if request.method == "POST" else request.GET
    page = _list_of(asked.get("page", ""))
    query = queries.kept_query(QueryDict(asked.get("query", "")))
    if request.method == "GET":
        return _views(request, page, query, ViewForm())
    key, form = posted_form_key(request.POST), ViewForm(request.POST)
    if form.is_valid():
        try:
            made = operations.save_view(
                page=page,
                name=form.cleaned_data["name"],
                query=query,
                by=signed_in_person(request),
                at=clock.now(),
                form_key=key,
            )
        except Refusal as refusal:
            put_beside(form, refusal)
            return _views(request, page, query, form, status=refusal.http_status)
        messages.success(request, f"View {made.name} saved")
        return redirect(f"{reverse(page.value)}?{made.query}")
    return _views(request, page, query, form, status=422)


@require_POST
@signed_in
def saved_view(request: HttpRequest, view: int) -> HttpResponse:
    """Rename one's own view, or remove it."""
    me = signed_in_person(request)
    own = queries.own_view(me.pk, view)
    if own is None:
        raise Http404
    page = SavedPage(own.page)
    if request.POST.get("act") == "remove":
        operations.remove_view(view=view, by=me)
        messages.success(request, f"View {own.name} removed")
        return redirect(queries.views_address(page))
    form = ViewForm(request.POST)
    if form.is_valid():
        try:
            operations.rename_view(view=view, name=form.cleaned_data["name"], by=me)
        except Refusal as refusal:
            put_beside(form, refusal)
        else:
            messages.success(request, "View renamed")
            return redirect(queries.views_address(page))
    return _views(request, page, "", ViewForm(), renamed=(view, form), status=422)


def _list_of(name: str) -> SavedPage:
    try:
        return SavedPage(name)
    except ValueError:
        raise Http404 from None


def _views(
    request: HttpRequest,
    page: SavedPage,
    query: str,
    form: ViewForm,
    *,
    renamed: tuple[int, ViewForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    own = queries.own_views(signed_in_person(request).pk, page)
    wrong = {renamed[0]: renamed[1]} if renamed else {}
    context = {
        "page": page,
        "query": query,
        "form": form,
        "list_url": reverse(page.value),
        "views": [(view, wrong.get(view.pk)) for view in own],
    }
    return render(request, "staff/saved_views.html", context, status=status)
