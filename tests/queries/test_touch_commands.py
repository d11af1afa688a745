"""queries touches, approvers, themes and causes over the demo plants: what is planted there, and how it is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from etl.demo.quality import WORDINGS
from etl.demo.truths import LYON, MILWAUKEE, SCARCE_PRODUCTS, SINGAPORE, TULSA
from queries import catalog, cause, warehouse
from queries.__main__ import app
from queries.warehouse import Scope

KPIS = catalog.load()


@pytest.fixture(scope="module")
def call(demo_warehouse):
    def run(*arguments: str) -> tuple[int, str, str]:
        environment = {"OPS_WAREHOUSE": str(demo_warehouse), "COLUMNS": "250"}
        result = CliRunner().invoke(app, list(arguments), env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


def answer(call, *arguments: str) -> list[dict]:
    code, out, err = call(*arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_touches_of_a_plant(call):
    found = answer(call, "touches", "production", "--plant", LYON)
    assert {row["workflow"] for row in found} == {"production"} and {row["plant"] for row in found} == {LYON}
    started = next(row for row in found if row["kind"] == "started")
    assert 65 < started["touches_per_100_low"] < started["touches_per_100"] < started["touches_per_100_high"] < 100.1
    assert {row["stands_at"] for row in found if row["kind"] == "created"} == {"not yet created"}
    code, out, _ = call("touches", "--plant", LYON)
    assert code == 0 and "cannot be told" in out and "saved without a change" in out


def test_most_orders_of_lyon_are_saved_without_a_change_and_hardly_any_elsewhere(call):
    """The audit log knows them."""
    saves = {
        row["plant"]: row["touches_per_100"]
        for row in answer(call, "touches", "production")
        if row["kind"] == "saved without a change" and row["stands_at"] in ("created", "confirmed")
    }
    assert set(saves) == {LYON} and saves[LYON] > 5


def test_the_second_tier_of_singapore_is_the_only_rubber_stamp(call):
    found = answer(call, "approvers")
    stamps = [(row["plant"], row["approver_group"]) for row in found if row["verdict"] == "rubber stamp"]
    assert stamps == [(SINGAPORE, "Regional finance")]
    group = {(row["plant"], row["approver_group"]): row for row in found}
    assert 0.65 < group[SINGAPORE, "Regional finance"]["quick_share"] < 0.95
    assert group[LYON, "Purchase manager"]["verdict"] == "overloaded"
    for twin in (MILWAUKEE, TULSA):
        row = group[twin, "Purchase manager"]
        assert row["verdict"] == "one person" and row["quick_share"] < 0.02 and row["late_share"] < 0.15
    assert group[MILWAUKEE, "Plant manager"]["verdict"] == "too few to judge"


def test_no_name_of_a_person_in_the_groups(call):
    from etl.demo.people import PEOPLE

    _, out, _ = call("approvers", "--csv")
    assert not any(person.name in out for person in PEOPLE)


def test_planted_themes_are_found_whatever_the_wording(call, opened):
    themes = opened.cursor().execute("select text, theme from agg_defect_text").fetchall()
    found = {
        fault: {
            theme
            for text, theme in themes
            for wording in {text for texts in wordings.values() for text in texts}
            if text.endswith(f": {wording}")
        }
        for fault, wordings in WORDINGS.items()
    }
    assert all(len(own) == 1 and None not in own for own in found.values()), found
    assert len(set.union(*found.values())) == len(WORDINGS)
    [leak] = found["leak"]
    rows = answer(call, "list", "defect_text", f"theme={leak}")
    assert {"record_model", "record_id", "plant", "record_url"} <= rows[0].keys()
    assert len({row["plant"] for row in rows}) == 4 and all("seal" in row["text"] for row in rows)


def test_the_leak_of_singapore_is_more_frequent_lately_and_nothing_in_the_twins(call):
    trends = {
        plant: {row["label"]: row["trend"] for row in answer(call, "themes", "--plant", plant)}
        for plant in (SINGAPORE, MILWAUKEE, TULSA)
    }
    assert [label for label, trend in trends[SINGAPORE].items() if trend == "more"] == [
        label for label in trends[SINGAPORE] if "seal" in label
    ]
    assert not any(trend in ("more", "less") for twin in (MILWAUKEE, TULSA) for trend in trends[twin].values())


def test_rows_of_a_theme_are_of_one_plant_when_asked(call):
    theme = next(row["theme"] for row in answer(call, "themes", "--plant", SINGAPORE) if "seal" in row["label"])
    rows = answer(call, "themes", "--plant", SINGAPORE, "--rows", str(theme))
    assert rows and {row["plant"] for row in rows} == {SINGAPORE}
    assert all("seal" in row["text"] for row in rows)


def test_a_reader_of_one_plant_learns_nothing_of_another(demo_warehouse):
    own = warehouse.open(Scope(frozenset({LYON}), sees_names=False), demo_warehouse)
    for name in ("touch_map", "approver_group", "defect_theme"):
        parameters = {"workflow": None} if name == "touch_map" else {}
        rows = warehouse.read(own, name, **parameters).to_pylist()
        assert rows and {row["plant"] for row in rows} == {LYON}
    assert {row["plants"] for row in warehouse.read(own, "defect_theme").to_pylist()} == {LYON}
    people = own.cursor().execute("select distinct person from fct_touch where person is not null").fetchall()
    assert people and all(name.startswith("person ") for (name,) in people)


def causes(opened, kpi: str, plant: str, clock: str = "elapsed", days: int = 364) -> list[cause.Value]:
    end = opened.as_of.date() + timedelta(days=1)
    return cause.find(opened, KPIS[kpi], end - timedelta(days=days), end, plant=plant, clock=clock).causes


def test_what_lyon_makes_of_the_scarce_component_is_what_runs_short(opened):
    products = [one for one in causes(opened, "short_order_share", LYON) if one.attribute == "product"]
    assert len(products) >= 3 and {one.value.split("] ")[-1] for one in products} <= SCARCE_PRODUCTS
    assert all(one.lift_low > 1 for one in products) and products[0].lift_low > 1.5


def test_fridays_are_the_first_cause_of_long_work_by_elapsed_time_and_none_by_working_time(opened):
    for plant in (MILWAUKEE, TULSA):
        first = causes(opened, "production_cycle_time", plant)[0]
        assert (first.attribute, first.value) == ("weekday", "Friday") and first.lift_low > 1.5
        worked = causes(opened, "production_cycle_time", plant, "working")
        assert not [one for one in worked if one.attribute == "weekday"]


def test_products_vendors_and_people_of_the_twins_make_no_difference(opened):
    """What differs there is when a case began. Of twenty analyses one names something by chance, and not in both."""
    found = {}
    for kpi in ("release_lead_time", "production_cycle_time", "purchase_approval_turnaround"):
        for plant in (MILWAUKEE, TULSA):
            for one in causes(opened, kpi, plant, "working"):
                if one.attribute not in ("weekday", "hour", "month", "size"):
                    found.setdefault((kpi, one.attribute, one.value), []).append(plant)
    assert len({key[0] for key in found}) <= 2 and not [key for key, plants in found.items() if len(plants) > 1], found


def test_causes_in_the_terminal(call):
    code, out, err = call("causes", "production_cycle_time", "--plant", MILWAUKEE)
    assert (code, err) == (0, "") and "Friday" in out and "not proof of a cause" in out
    found = answer(call, "causes", "production_cycle_time", "--plant", MILWAUKEE)
    friday = next(row for row in found if row["value"] == "Friday")
    assert friday["is_cause"] and friday["slow_is"].startswith("longer than")
    rows = answer(call, "causes", "production_cycle_time", "--plant", MILWAUKEE, "--rows", "weekday=Friday")
    assert len(rows) == friday["slow_with"] and all("record_url" in row for row in rows)
    rates = answer(call, "causes", "approval_sla_breach_share", "--plant", LYON)
    assert rates[0]["slow_is"] == "as the KPI counts"


def test_causes_over_several_plants_say_that_they_are_mixed(call):
    said = "one that is slow brings its products and people with it; give --plant CODE."
    for plant, is_mixed in ((), True), (("--plant", MILWAUKEE), False):
        code, out, _ = call("causes", "release_lead_time", *plant)
        assert code == 0 and (said in " ".join(out.split())) == is_mixed
        hints = {row["hint"] for row in answer(call, "causes", "release_lead_time", *plant)}
        assert [hint and hint.endswith(said) for hint in hints] == [is_mixed or None]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("touches", "sales"), "there is no workflow 'sales': use production or purchase."),
        (("approvers", "--plant", "X"), "there is no plant 'X'"),
        (("causes", "release"), "there is no KPI 'release'"),
        (("causes", "open_approval_count"), "is a stock: only durations and shares have slow or bad cases."),
        (("causes", "release_lead_time", "--rows", "colour=red"), "there is no attribute 'colour': use one of plant"),
    ],
)
def test_errors_say_the_remedy(call, arguments, sentence):
    code, _, err = call(*arguments)
    assert code == 1 and sentence in err
