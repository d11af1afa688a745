"""What deploy/ ships fits the program: units start commands that exist, and systemd, where it is there, understands
them; the container is made of files that are there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from etl.__main__ import app
from tests.conftest import skip_or_fail

ROOT = Path(__file__).parents[1]
UNITS = sorted((ROOT / "deploy/systemd").glob("*.*"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
NGINX = "plant-pulse-nginx.service"
PLACE = "/srv/plant-pulse"
COMMANDS = typer.main.get_command(app).commands


def started(text: str) -> list[list[str]]:
    """The arguments of every `etl` command that a unit starts."""
    return [line.split() for line in re.findall(r"^ExecStart=.*-m etl (.*)$", text, flags=re.M)]


@pytest.mark.parametrize("path", [path for path in SERVICES if path.name != NGINX], ids=lambda path: path.name)
def test_a_service_starts_a_command_that_there_is_and_closes_what_it_writes(path):
    text = path.read_text(encoding="utf-8")
    [[name, *options]] = started(text)
    known = {option for parameter in COMMANDS[name].params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {option for option in options if option.startswith("--")} <= known
    for line in ("User=plant-pulse", "UMask=0077", "StateDirectoryMode=0700", "ProtectSystem=strict"):
        assert f"{line}\n" in text, line


def test_every_timer_has_its_service():
    timers = {path.stem for path in UNITS if path.suffix == ".timer"}
    assert timers and timers <= {path.stem for path in SERVICES}


def test_systemd_understands_the_units(tmp_path):
    program = shutil.which("systemd-analyze")
    if not program:
        skip_or_fail("no systemd-analyze: install Debian's package systemd.")
    for path in UNITS:
        if path.suffix in (".service", ".timer"):
            text = path.read_text(encoding="utf-8")
            for program_there in (f"{PLACE}/.venv/bin/python", "/usr/sbin/nginx"):
                text = text.replace(program_there, sys.executable)
            (tmp_path / path.name).write_text(text.replace(PLACE, str(ROOT)))
    said = subprocess.run([program, "verify", "--man=no", *tmp_path.iterdir()], capture_output=True, text=True)
    assert said.returncode == 0 and str(tmp_path) not in said.stderr, said.stderr
    (tmp_path / SERVICES[0].name).write_text("[Service]\nExecStart=/nowhere\nType=sometimes\n")
    said = subprocess.run([program, "verify", "--man=no", tmp_path / SERVICES[0].name], capture_output=True, text=True)
    assert "sometimes" in said.stderr  # it would say so


def test_the_container_holds_what_the_program_needs_and_no_secret():
    text = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+) ", text, flags=re.M)
    assert {"requirements.txt", "etl", "queries", "dashboard"} <= set(copied)
    assert all((ROOT / name).exists() for name in copied)
    shown = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert shown == set(copied)
    assert re.search(r"^USER \d+$", text, flags=re.M)


def test_known_names_are_written_as_streamlit_reads_them():
    """A comma would make one name of all of them, and nobody could open a page."""
    text = (ROOT / "deploy/systemd/plant-pulse.env").read_text(encoding="utf-8")
    assert re.search(r'^STREAMLIT_SERVER_ALLOWED_HOSTS="[^\s,"]+( [^\s,"]+)+"$', text, flags=re.M)
