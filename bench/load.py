"""How many readers two cores carry: many sessions on the dashboard as it is served, over ten million events.

    python bench/load.py [--warehouse FOLDER] [--scale 54] [--json]      # needs nginx

| line | what | target |
|---|---|---|
| p95 | 50 users who open pages, change filters and think for 5 s; from click to end of the run, two minutes | 2 s |
| dropped | of these, and of 200 sessions that open the brief within a minute and stay | 0 |

A user is a web socket that speaks as the browser does; what the browser then draws is not in it (bench/pages.py). Users
and server share the two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
import urllib.request
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import websockets  # noqa: E402
from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: E402
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: E402

from bench.site import filled, site  # noqa: E402

USERS, THINK_SECONDS, FOR_SECONDS = 50, 5.0, 120.0
OPENED, WITHIN_SECONDS, STAY_SECONDS = 200, 60.0, 45.0
TOO_LONG = 30.0  # seconds after which a reader takes a page for dead
TARGETS = {"p95": 2.0, "dropped": 0}
# Where readers go, and how often of a hundred times; half of the times with another filter.
PAGES = {"brief": 30, "unblock": 30, "plants": 10, "approvals": 10, "production": 8, "shortages": 6, "quality": 6}
FILTERS = ("", "weeks=13", "weeks=26", "clock=working", "plant={plant}", "weeks=13&plant={plant}")


class Dropped(Exception):
    """A session ended, or answered too late."""


@dataclass
class Told:
    """What the users met: seconds of each run of a page by page, and why sessions were dropped."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)

    def all(self) -> list[float]:
        return [second for seconds in self.seconds.values() for second in seconds]


class Session:
    """One reader's session."""

    def __init__(self, url: str):
        self.url, self.pages = url, {}

    async def __aenter__(self) -> Session:
        cookie = await asyncio.to_thread(self._cookie)
        self.socket = await websockets.connect(
            f"{self.url.replace('http', 'ws')}/_stcore/stream", subprotocols=["streamlit"], max_size=None,
            additional_headers={"Cookie": cookie} if cookie else {}, open_timeout=TOO_LONG, ping_interval=None,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_) -> None:
        await self.socket.close()

    def _cookie(self) -> str:
        answer = urllib.request.urlopen(self.url, timeout=TOO_LONG)
        answer.read()
        return (answer.headers.get("Set-Cookie") or "").partition(";")[0]

    async def open(self, page: str = "", query: str = "") -> float:
        """Runs a page as a click on a link does; seconds to the end of its run. Dropped when there is none."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_script_hash = self.pages.get(page, "")
        asked.rerun_script.is_history_navigation = True  # filters are taken from the address
        asked.rerun_script.context_info.timezone = "Europe/Berlin"
        asked.rerun_script.context_info.locale = "de-DE"
        begun = time.monotonic()
        try:
            async with asyncio.timeout(TOO_LONG):
                await self.socket.send(asked.SerializeToString())
                await self._until_finished()
        except TimeoutError as error:
            raise Dropped(f"no answer within {TOO_LONG:g} s") from error
        except websockets.ConnectionClosed as error:
            raise Dropped(f"closed: {error}") from error
        return time.monotonic() - begun

    async def _until_finished(self) -> None:
        while True:
            told = ForwardMsg()
            told.ParseFromString(await self.socket.recv())
            kind = told.WhichOneof("type")
            if kind == "navigation":
                self.pages |= {page.url_pathname: page.page_script_hash for page in told.navigation.app_pages}
                self.pages[""] = next(p.page_script_hash for p in told.navigation.app_pages if p.is_default)
                self.pages["brief"] = self.pages[""]
            elif kind == "script_finished" and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return
            elif kind == "page_not_found":
                raise Dropped(f"page not found: {told.page_not_found.page_name}")

    async def listen(self, seconds: float) -> None:
        """Stays, as an open page does; Dropped when the server ends the session."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.socket.recv()
        except TimeoutError:
            return
        except websockets.ConnectionClosed as error:
            raise Dropped(f"closed: {error}") from error


async def user(url: str, number: int, plants: list[str], told: Told) -> None:
    """Opens the brief, then one page or filter after the other until the time is over."""
    drawn = random.Random(number)
    await asyncio.sleep(drawn.uniform(0, 2 * THINK_SECONDS))
    until = time.monotonic() + FOR_SECONDS
    try:
        async with Session(url) as session:
            page, query = "brief", ""
            while time.monotonic() < until:
                told.seconds.setdefault(page, []).append(await session.open(page, query))
                await session.listen(drawn.expovariate(1 / THINK_SECONDS))
                page = drawn.choices(list(PAGES), list(PAGES.values()))[0] if drawn.random() < 0.5 else page
                query = drawn.choice(FILTERS).format(plant=drawn.choice(plants))
    except (Dropped, OSError, websockets.WebSocketException) as error:
        told.dropped.append(f"user {number}: {type(error).__name__} {error}")


async def opener(url: str, number: int, told: Told) -> None:
    """Opens the brief at its moment of the minute, and stays."""
    await asyncio.sleep(number * WITHIN_SECONDS / OPENED)
    try:
        async with Session(url) as session:
            told.seconds.setdefault("opened", []).append(await session.open())
            await session.listen(STAY_SECONDS)
    except (Dropped, OSError, websockets.WebSocketException) as error:
        told.dropped.append(f"session {number}: {type(error).__name__} {error}")


async def crowd(*tasks) -> None:
    await asyncio.gather(*tasks)


def plants_of(warehouse: Path) -> list[str]:
    from queries import warehouse as published

    return [row["plant"] for row in published.read(published.open(warehouse=warehouse), "plant").to_pylist()][:4]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--warehouse", type=Path, help="a published warehouse; made for the occasion without it")
    parser.add_argument("--scale", type=int, default=54, help="copies of the demo plants")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    working, opening = Told(), Told()
    with filled(options.warehouse, options.scale) as warehouse, site(warehouse) as url:
        plants = plants_of(warehouse)
        asyncio.run(warm(url))
        asyncio.run(crowd(*(user(url, number, plants, working) for number in range(USERS))))
        asyncio.run(crowd(*(opener(url, number, opening) for number in range(OPENED))))
    seconds = working.all()
    found = {
        "p95": quantiles(seconds, n=20)[-1],
        "p50": median(seconds),
        "runs": len(seconds),
        "opened_p95": quantiles(opening.all(), n=20)[-1],
        "dropped": len(working.dropped) + len(opening.dropped),
        "pages": {page: [len(times), median(times), max(times)] for page, times in working.seconds.items()},
    }
    if options.json:
        print(json.dumps({"found": found, "users": asdict(working), "opened": asdict(opening), "targets": TARGETS}))
        return
    told = f"{USERS} users, {THINK_SECONDS:g} s think time: {found['runs']} runs, median {found['p50']:.2f} s"
    for name, text in (
        ("p95", f"{found['p95']:.2f} s; {told}"),
        (
            "dropped",
            f"{found['dropped']}; {OPENED} sessions within {WITHIN_SECONDS:g} s: p95 {found['opened_p95']:.2f} s",
        ),
    ):
        print(f"{name:<8} {text} (at most {TARGETS[name]:g}) {'ok' if found[name] <= TARGETS[name] else 'MISSED'}")
    for page, (count, middle, longest) in sorted(found["pages"].items()):
        print(f"  {page:<12} {count:>5} runs, median {middle:.2f} s, longest {longest:.2f} s")
    for line in [*working.dropped, *opening.dropped][:10]:
        print(f"  {line}")


async def warm(url: str) -> None:
    """Every page once in each process, as after a night: caches are filled by the first reader."""
    for _ in range(6):
        async with Session(url) as session:
            await session.open()
            for page in PAGES:
                await session.open(page)


if __name__ == "__main__":
    main()
