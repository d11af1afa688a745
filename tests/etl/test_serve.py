"""The dashboard is not started where somebody could read who must not."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from etl import serve
from queries.config import ConfigError

GRANT = '\n[[access.grant]]\nrole = "executive"\ngroups = ["board"]\n'
AUTH = """
[auth]
redirect_uri = "https://pulse.example.com/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "pulse"
client_secret = "x"
server_metadata_url = "https://sso.example.com/.well-known/openid-configuration"
"""


@pytest.fixture
def refused(tmp_path, monkeypatch):
    """refused(ops_toml, address, secrets) -> why `etl serve` ends before it starts anything."""

    def run(text: str, address: str, secrets: str = "") -> str:
        (tmp_path / "ops.toml").write_text(text)
        (tmp_path / "secrets.toml").write_text(secrets)
        monkeypatch.setenv("OPS_CONFIG", str(tmp_path / "ops.toml"))
        monkeypatch.setattr(serve, "SECRETS", (Path("nowhere"), tmp_path / "secrets.toml"))
        with socket.socket() as taken:  # where it would serve, it ends with the next sentence
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            with pytest.raises(ConfigError) as ended:
                serve.serve(tmp_path, taken.getsockname()[1], print, address=address)
        return str(ended.value)

    return run


def test_without_sign_in_only_this_machine_is_served(refused):
    assert "nobody signs in, and 0.0.0.0 can be reached" in refused("", "0.0.0.0")
    assert "is taken" in refused("", "127.0.0.1")


def test_a_proxy_is_trusted_on_this_machine_and_with_a_secret(refused, monkeypatch):
    monkeypatch.delenv("OPS_PROXY_SECRET", raising=False)
    text = f'[access]\nsign_in = "header"{GRANT}'
    assert "OPS_PROXY_SECRET must hold the secret" in refused(text, "127.0.0.1")
    monkeypatch.setenv("OPS_PROXY_SECRET", "s" * 32)
    assert "can be reached without it" in refused(text, "0.0.0.0")
    assert "is taken" in refused(text, "127.0.0.1")


def test_a_provider_must_be_set_up(refused):
    text = f'[access]\nsign_in = "oidc"{GRANT}'
    assert "sign-in needs redirect_uri" in refused(text, "0.0.0.0")
    assert "at least 32 characters" in refused(text, "0.0.0.0", AUTH.replace("0123456789abcdef0", "0"))
    assert "cannot be read" in refused(text, "0.0.0.0", "[auth")
    assert "is taken" in refused(text, "127.0.0.1", AUTH)


def test_an_address_of_no_machine_is_named(refused):
    text = f'[access]\nsign_in = "oidc"{GRANT}'
    assert "is no address of this machine" in refused(text, "not.a.host.invalid", AUTH)


def test_a_plant_that_is_not_there_is_said(demo_warehouse, tmp_path):
    from queries.config import Access, Grant

    said: list[str] = []
    grants = (Grant("operator", plants=("LYON", "Alder France/WH"), groups=("it",)),)
    serve._say_unknown_plants(demo_warehouse, Access("oidc", grants=grants), said.append)
    assert len(said) == 1 and "'LYON', which is not in the data: known are Alder Asia/SIN" in said[0]
