"""Who reads: asked at every run of a page and every half minute, before anything is read. Who may not is told why, what
to do and whom to ask."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import components, navigation, texts
from queries import access, config, readable
from queries.access import Reader, SignInRefused
from queries.config import HEADER, NOBODY, OIDC, Access, ConfigError

LOG = logging.getLogger("dashboard")
GRANTED_EVERY = 10  # seconds after which who was let in by nobody is looked for again
# A provider sends everybody back to the landing page: the page that was asked for is kept in the browser meanwhile.
KEEP_WANTED = """<script>
sessionStorage.setItem("plant-pulse-wanted", location.pathname + location.search);
</script>"""
OPEN_WANTED = """<script>{
  const wanted = sessionStorage.getItem("plant-pulse-wanted");
  sessionStorage.removeItem("plant-pulse-wanted");
  if (wanted && wanted !== location.pathname + location.search) location.replace(location.origin + wanted);
}</script>"""


class NotServed(Exception):
    """The dashboard must not be served as it is configured; the message says why."""


class SignedOut(Exception):
    """Nobody is signed in yet."""


def reader() -> Reader:
    """Who reads in this run; where nobody may, says so, and the run ends here."""
    try:
        found = current()
    except (ConfigError, NotServed) as error:
        LOG.error("nobody is let in: %s", error)
        _stop(texts.NOT_SERVED_TITLE, texts.NOT_SERVED_LEAD)
    except SignedOut:
        _stop(texts.SIGN_IN_TITLE, texts.SIGN_IN_LEAD, _enter)
    except SignInRefused as refused:
        LOG.warning("sign-in refused: %s", refused)
        again = _reload if _access().sign_in == HEADER else _enter
        _stop(texts.SIGN_IN_ENDED_TITLE, texts.SIGN_IN_ENDED_LEAD, again)
    if not found.roles:
        _stop(texts.NO_ACCESS_TITLE, texts.no_access(found.person.name, _access().contact), lambda: _refused(found))
    st.session_state["reader"] = found
    return found


def current() -> Reader:
    """Who reads, by the configuration of this moment. ConfigError or NotServed where that lets nobody in, SignedOut,
    SignInRefused where what says who it is does not hold."""
    found, secrets = _access(), _secrets()
    secret = os.environ.get(found.secret_env, "")
    if why := access.why_not(found, st.get_option("server.address"), secrets, secret):
        raise NotServed(why)
    if found.sign_in == NOBODY:
        if not access.came_from_this_machine(st.context.headers.get_all):
            raise NotServed("nobody signs in, and the request came from another machine through a proxy")
        return Reader()
    now = readable.utc_now()
    if found.sign_in == HEADER:
        since = st.session_state.setdefault("signed_in_at", now)
        return access.reader(access.of_headers(st.context.headers.get_all, found, secret, since, now), found)
    if not st.user.get("is_logged_in"):
        raise SignedOut
    client = str(access.client_of(found, secrets)["client_id"])
    return access.reader(access.of_claims(st.user.to_dict(), found, client, now), found)


def still() -> Callable[[], None]:
    """To be called when something is read outside of a run, as a file is: SignInRefused when who reads may by then see
    something else, or nothing."""
    held: Reader = st.session_state["reader"]

    def check() -> None:
        try:
            found = _access()
        except ConfigError as error:
            raise SignInRefused("who may see what cannot be read") from error
        now = Reader() if held.person is None else access.reader(held.person, found)
        if (held.person is None) != (found.sign_in == NOBODY) or held.is_over(readable.utc_now()) or now != held:
            raise SignInRefused("the sign-in has ended, or gives other rights by now")

    return check


def account(found: Reader, plant_name: Callable[[str], str]) -> None:
    """Who is signed in, as what, until when, and the way out; the page that was asked for before that."""
    if found.person is None:
        return
    with st.container(key="signed-in", gap=None):
        _rights(found, plant_name)
        if _access().sign_in == OIDC:
            st.html(OPEN_WANTED, unsafe_allow_javascript=True)


def _rights(found: Reader, plant_name: Callable[[str], str]) -> None:
    with st.popover(
        components.plain(found.person.name), icon=":material/account_circle:", type="tertiary", key="account"
    ):
        plants = (
            texts.EVERY_PLANT if found.scope.plants is None else ", ".join(sorted(map(plant_name, found.scope.plants)))
        )
        facts = texts.account(found.roles, plants, found.scope.sees_names, found.person.until)
        st.html("".join(f'<p class="pp-sub">{escape(line)}</p>' for line in facts))
        _leave()


def _leave() -> None:
    found = _access()
    if found.sign_in != HEADER:
        st.button(texts.SIGN_OUT, icon=":material/logout:", on_click=st.logout)
    elif found.sign_out:
        address = escape(found.sign_out, quote=True)
        st.html(f'<a class="pp-button" href="{address}" target="_self">{escape(texts.SIGN_OUT)}</a>')


def _enter() -> None:
    provider = _access().provider or None
    st.html(KEEP_WANTED, unsafe_allow_javascript=True)
    st.button(texts.SIGN_IN, type="primary", icon=":material/login:", on_click=st.login, args=(provider,))


def _reload() -> None:
    st.html(f'<a class="pp-button" href="./" target="_self">{escape(texts.SIGN_IN)}</a>')


def _refused(found: Reader) -> None:
    _leave()
    _wait_for_access(found)


@st.fragment(run_every=GRANTED_EVERY)
def _wait_for_access(found: Reader) -> None:
    if access.reader(found.person, _access()).roles:
        st.rerun(scope="app")


def _stop(title: str, lead: str, way_on: Callable[[], None] | None = None) -> None:
    """A page of its own in the place of the one that was asked for, whose address stays. Nothing comes after it."""
    st.navigation(navigation.pages(), position="hidden")
    components.window()
    with st.container(key="wall"):
        st.html(f"<h1>{escape(title)}</h1><p>{escape(lead)}</p>")
        if way_on:
            way_on()
    st.stop()


def _access() -> Access:
    """The section [access] as it stands at this moment; ConfigError where it cannot be read."""
    path = config.file()
    try:
        told = path.stat()
        state = (told.st_mtime_ns, told.st_size, told.st_ino)
    except OSError:
        state = ()
    return _parsed(path.absolute(), state)


@lru_cache(maxsize=4)
def _parsed(path: Path, state: tuple[int, ...]) -> Access:
    return config.access(path)


def _secrets() -> dict:
    """The section [auth] of Streamlit's secrets; empty where there is none."""
    if not st.secrets.load_if_toml_exists():
        return {}
    found = st.secrets.get("auth", {})
    return found.to_dict() if hasattr(found, "to_dict") else dict(found)
