"""A newcomer adds a KPI with one file and sees it everywhere after the next refresh."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OVERVIEW = """
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("dashboard/app.py", default_timeout=60)
page.query_params["domain"] = "production"
page.run()
assert not page.exception, page.exception
shown = " ".join(str(block.value) for block in [*page.markdown, *page.metric, *page.button] if block.value)
shown += " ".join(str(element.label) for element in [*page.metric, *page.button])
shown += " ".join(str(getattr(element, "proto", "")) for element in page.main)
print(shown)
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A copy of the code with the KPI of CONTRIBUTING.md as its only new file."""
    folder = tmp_path_factory.mktemp("checkout")
    for part in ("etl", "queries", "dashboard", ".streamlit"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    example = re.search(r"```sql\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), flags=re.S)[1]
    (folder / "queries/kpis/production/order_quantity_released.sql").write_text(example)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("ODOO_", "OPS_", "PYTHON"))}
    return subprocess.run([sys.executable, *arguments], cwd=folder, env=variables, capture_output=True, text=True)


def test_the_example_of_the_guide_works_everywhere(checkout):
    said = run(checkout, "-m", "etl", "demo")
    assert said.returncode == 0, said.stderr
    [total, *plants] = json.loads(run(checkout, "-m", "queries", "kpi", "order_quantity_released", "--json").stdout)
    assert total["plant"] is None and total["value"] > 0
    assert sum(plant["value"] for plant in plants) == pytest.approx(total["value"])
    rows = json.loads(run(checkout, "-m", "queries", "rows", "order_quantity_released", "--json").stdout)
    assert len(rows) == total["n"]
    page = run(checkout, "-c", OVERVIEW)
    assert page.returncode == 0, page.stderr[-2000:]
    assert "Order quantity released" in page.stdout


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('measure = "sum"', 'measure = "summ"', "measure 'summ' is unknown: did you mean 'sum'?"),
        ('unit = "count"', 'unit = "pieces"', "unit 'pieces' is unknown"),
        ("quantity as amount", "quantity as amout", "column amount is not returned by the SELECT"),
        ('title = "', 'titel = "', "unknown header key 'titel': did you mean 'title'?"),
        ("from fct_production_order", "from fct_production_orders", "the SELECT does not run"),
    ],
)
def test_a_mistake_is_a_sentence_and_costs_no_published_file(checkout, before, after, sentence):
    path = checkout / "queries/kpis/production/order_quantity_released.sql"
    right = path.read_text()
    current = (checkout / "data/CURRENT").read_text()
    path.write_text(right.replace(before, after))
    try:
        said = run(checkout, "-m", "etl", "demo")
    finally:
        path.write_text(right)
    assert said.returncode == 1 and "Traceback" not in said.stderr
    assert "order_quantity_released.sql" in said.stderr and sentence in said.stderr
    assert (checkout / "data/CURRENT").read_text() == current
