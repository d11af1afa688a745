"""Plays real flows into the running Odoo and returns the truth that every KPI must tell about them.

    python tests/live/flows.py --truth truth.json [--anchor "2026-11-22 18:00:00"]

A flow is a function in ``production_flows.py`` or another ``…_flows.py`` marked with ``@flow(days_ago)``;
it is played once per plant and returns the orders it made. To add one, write such a function.
"""

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parents[1]) not in sys.path:
    sys.path.insert(0, str(HERE.parents[1]))

from tests.live import (  # noqa: E402, F401 (they fill FLOWS)
    governance_flows,
    integration_flows,
    job_flows,
    logistics_flows,
    maintenance_flows,
    production_flows,
    purchase_flows,
    quality_flows,
    shopfloor_flows,
    touch_flows,
    wait_flows,
)
from tests.live.player import OdooError, Player, hour_of  # noqa: E402
from tests.live.scene import FLOWS, Scene  # noqa: E402


def play(env, anchor=None):
    """Play all flows and return the truth, one dict per expected (or forbidden) KPI row.

    *anchor* is a naive UTC time no step lies after; without it the full hour just past.
    """
    anchor = (anchor or hour_of(datetime.now(UTC).replace(tzinfo=None))).replace(microsecond=0)
    player = Player(env, anchor)
    try:
        scene = Scene(player, FLOWS)
        truth = list(scene.play(FLOWS))
        for order in production_flows.in_real_time(scene):
            truth.extend({**row, "flow": "in_real_time"} for row in order.rows())
        player.date_jobs()
        return truth
    finally:
        player.close()


def server_environment():
    """What ``odoo_server.py env`` prints."""
    said = subprocess.run([sys.executable, str(HERE / "odoo_server.py"), "env"], stdout=subprocess.PIPE)
    if said.returncode:
        sys.exit(said.returncode)
    return json.loads(said.stdout)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description="Play flows with known times into the live Odoo.")
    parser.add_argument("--truth", type=Path, required=True, help="file to write the truth to (JSON)")
    parser.add_argument("--anchor", type=datetime.fromisoformat, help="UTC time no step lies after")
    options = parser.parse_args()
    try:
        truth = play(server_environment(), options.anchor)
    except OdooError as error:
        sys.exit(f"flows: {error}")
    options.truth.write_text(json.dumps(truth, indent=1, ensure_ascii=False))
    print(f"{len(truth)} rows of truth in {options.truth}")


if __name__ == "__main__":
    main()
