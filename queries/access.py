"""Who reads, and what they may: from what a sign-in says of a person, by the grants of `ops.toml`. Whom no grant names
is not let in."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from queries.config import HEADER, NOBODY, ROLES, Access, Grant
from queries.warehouse import Scope

SHORTEST_SECRET = 32  # characters


class SignInRefused(Exception):
    """What says who somebody is does not hold; the message says why."""


@dataclass(frozen=True)
class Person:
    """Whom a sign-in names: `name` as decisions keep it (the e-mail, where there is one), the verified e-mail in small
    letters (empty: none), the groups, and until when it holds (UTC; None: for good)."""

    name: str
    email: str = ""
    groups: frozenset[str] = frozenset()
    until: datetime | None = None


@dataclass(frozen=True)
class Reader:
    """Who reads: the grants that hold for a person. Nobody is signed in where `person` is None: all may be seen, and
    who decides something says who that is."""

    person: Person | None = None
    grants: tuple[Grant, ...] = ()

    @property
    def scope(self) -> Scope:
        """All plants of all grants together; the names of people only where every grant gives them."""
        if self.person is None:
            return Scope()
        sees_names = bool(self.grants) and all(grant.names for grant in self.grants)
        if any(not grant.plants for grant in self.grants):
            return Scope(None, sees_names)
        return Scope(frozenset(plant for grant in self.grants for plant in grant.plants), sees_names)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles in any plant, the widest first; of whom nobody signed in, all."""
        held = ROLES if self.person is None else {grant.role for grant in self.grants}
        return tuple(role for role in ROLES if role in held)

    def roles_in(self, plant: str | None) -> tuple[str, ...]:
        """The roles in a plant (None: in all of them, and for what belongs to none), the widest first."""
        held = {grant.role for grant in self.grants if not grant.plants or plant in grant.plants}
        return tuple(role for role in ROLES if role in held)

    def is_over(self, now: datetime) -> bool:
        """Whether the sign-in ended by now (UTC)."""
        return self.person is not None and self.person.until is not None and self.person.until <= now


def reader(person: Person, access: Access) -> Reader:
    """What the grants give to a person; a reader without grants where none names them."""
    found = tuple(
        grant for grant in access.grants if person.email in grant.emails or person.groups.intersection(grant.groups)
    )
    return Reader(person, found)


def of_claims(claims: Mapping[str, object], access: Access, client: str, now: datetime) -> Person:
    """The person of an identity token whose signature, issuer and nonce were checked when it was issued. client: the id
    that it must be for; now in UTC. SignInRefused where it is for somebody else or over."""
    audience = claims.get("aud")
    if client not in (audience if isinstance(audience, list) else [audience]):
        raise SignInRefused("the token is for another application")
    ends, begins = _moment(claims.get("exp")), _moment(claims.get("iat"))
    if ends is None or begins is None:
        raise SignInRefused("the token does not say when it was issued and until when it holds")
    until = min(ends, begins + timedelta(seconds=access.session))
    if until <= now:
        raise SignInRefused("the sign-in has ended")
    email = claims.get("email")
    email = email.strip().lower() if isinstance(email, str) and claims.get("email_verified", True) is True else ""
    name = email or next((str(claims[key]) for key in ("name", "sub") if claims.get(key)), "")
    if not name:
        raise SignInRefused("the token names nobody")
    return Person(name, email, _groups(_within(claims, access.groups)), until)


def of_headers(
    headers: Callable[[str], Sequence[str]], access: Access, secret: str, since: datetime, now: datetime
) -> Person:
    """The person that a proxy names, which proves itself by the secret. headers: gives all values of a header;
    since: when the session began (both moments UTC). SignInRefused where it is not the proxy, names nobody or the
    session is over."""
    proofs, emails = headers(access.secret_header), headers(access.email_header)
    is_proxy = len(proofs) == 1 and hmac.compare_digest(proofs[0].encode(), secret.encode())
    if not is_proxy or len(secret) < SHORTEST_SECRET:
        raise SignInRefused("the request did not come from the proxy")
    if len(emails) != 1 or not re.fullmatch(r"[^@\s,]+@[^@\s,]+", emails[0].strip()):
        raise SignInRefused("the proxy names nobody")
    until = since + timedelta(seconds=access.session)
    if until <= now:
        raise SignInRefused("the sign-in has ended")
    email = emails[0].strip().lower()
    groups = [name.strip() for value in headers(access.groups_header) for name in value.split(",")]
    return Person(email, email, _groups(groups), until)


def why_not(access: Access, address: str | None, secrets: Mapping[str, object], secret: str) -> str | None:
    """Why the dashboard must not be served with this configuration, as a sentence; None where it may be. address: on
    which it listens (None: on all); secrets: the section [auth] of Streamlit's secrets; secret: what the proxy proves
    itself by."""
    where = address or "every address"
    if access.sign_in == NOBODY:
        if is_of_this_machine(address):
            return None
        return (
            f"nobody signs in, and {where} can be reached from other machines: set up [access] in ops.toml "
            "(docs/operating.md), or serve 127.0.0.1."
        )
    if access.sign_in == HEADER:
        if not is_of_this_machine(address):
            return (
                f"a proxy says who reads, and {where} can be reached without it: serve 127.0.0.1 with the proxy on "
                "this machine, or use OpenID Connect."
            )
        if len(secret) < SHORTEST_SECRET:
            return (
                f"{access.secret_env} must hold the secret that the proxy sends as {access.secret_header}, of at least "
                f"{SHORTEST_SECRET} characters: set it, for example to what `openssl rand -hex 32` prints."
            )
        return None
    return _why_no_tokens(access, secrets)


def _why_no_tokens(access: Access, secrets: Mapping[str, object]) -> str | None:
    place = f"[auth.{access.provider}]" if access.provider else "[auth]"
    of_provider = client_of(access, secrets)
    for key, found, section in (
        ("redirect_uri", secrets, "[auth]"),
        ("cookie_secret", secrets, "[auth]"),
        ("client_id", of_provider, place),
        ("client_secret", of_provider, place),
        ("server_metadata_url", of_provider, place),
    ):
        if not str(found.get(key) or "").strip():
            return f"sign-in needs {key} in {section} of .streamlit/secrets.toml: add it (docs/operating.md)."
    if not str(secrets["redirect_uri"]).endswith("/oauth2callback"):
        return "redirect_uri in .streamlit/secrets.toml must be the dashboard's address and end with /oauth2callback."
    if len(str(secrets["cookie_secret"])) < SHORTEST_SECRET:
        return (
            f"cookie_secret in .streamlit/secrets.toml must have at least {SHORTEST_SECRET} characters: take what "
            "`openssl rand -hex 32` prints."
        )
    for key, found in (("redirect_uri", secrets), ("server_metadata_url", of_provider)):
        if travels_in_the_open(str(found[key])):
            return f"{key} in .streamlit/secrets.toml must begin with https://: tokens would travel in the open."
    return None


def client_of(access: Access, secrets: Mapping[str, object]) -> Mapping[str, object]:
    """The section of Streamlit's secrets that holds the client of the provider."""
    found = secrets.get(access.provider, {}) if access.provider else secrets
    return found if isinstance(found, Mapping) else {}


def is_of_this_machine(host: str | None) -> bool:
    """Whether an address, with or without a port, is reached from this machine only."""
    if not host:
        return False
    if host.startswith("unix://"):
        return True
    name = re.sub(r"^\[(.*)\](:\d+)?$", r"\1", host) if host.startswith("[") else re.sub(r"^([^:]*):\d+$", r"\1", host)
    if name.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def travels_in_the_open(url: str) -> bool:
    """Whether what is sent to an address leaves this machine unencrypted."""
    scheme, _, rest = url.partition("://")
    return scheme.lower() != "https" and not is_of_this_machine(re.split(r"[/?#]", rest)[0])


def came_from_this_machine(headers: Callable[[str], Sequence[str]]) -> bool:
    """Whether a request that arrived on this machine was also made on it: it asks for a name of this machine, and no
    proxy tells of another one. headers: gives all values of a header."""
    told = [one.strip() for name in ("X-Forwarded-For", "X-Real-Ip") for one in ",".join(headers(name)).split(",")]
    hosts = [*headers("Host"), *filter(None, told)]
    return not headers("Forwarded") and all(is_of_this_machine(host) for host in hosts)


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (OverflowError, ValueError, OSError):
        return None


def _within(claims: Mapping[str, object], path: str) -> object:
    """A claim by its name, or by the path to it: first the name as it stands, for names that are addresses."""
    if path in claims:
        return claims[path]
    found: object = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _groups(found: object) -> frozenset[str]:
    names = found if isinstance(found, list) else [found]
    return frozenset(name for name in names if isinstance(name, str) and name)
