"""Which plants are compared over which periods, and what is said of those that cannot be."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from queries import catalog, harmonization
from queries.harmonization import ALIKE, DIFFERENT

AS_OF = datetime(2026, 9, 10, 12)
MARTS = catalog.marts()
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("workflow", "plant", "variant")]
    + [("month", pa.date32()), ("case_count", pa.int64()), ("recent_count", pa.int64())]
    + [(name, pa.string()) for name in ("instance", "record_model", "name")]
    + [("record_id", pa.int64())]
)
USUAL = {"created > ordered": 0.5, "created > sent > ordered": 0.4, "created > cancelled": 0.1}


def closed(plant: str, counts: dict[str, int], month=date(2026, 8, 1), workflow="purchase", **values) -> list[dict]:
    """Cases that a plant closed in a month, by way."""
    recent = month >= date(2026, 4, 1)
    return [
        {"workflow": workflow, "plant": plant, "variant": variant, "month": month, "case_count": count}
        | {"recent_count": count * recent, "instance": "test", "record_model": "purchase.order"}
        | {"record_id": number, "name": f"P{number}"}
        | values
        for number, (variant, count) in enumerate(counts.items(), start=1)
    ]


def usual(plant: str, n: int = 200, seed: int = 1, **values) -> list[dict]:
    counts = np.random.default_rng([seed, *plant.encode()]).multinomial(n, list(USUAL.values()))
    return closed(plant, dict(zip(USUAL, counts.tolist(), strict=True)), **values)


def built(rows: list[dict], reference=(), marts=("agg_harmonization",)) -> list[list[dict]]:
    """The marts over rows of agg_variant_month."""
    con = duckdb.connect()
    tables = {"agg_variant_month": pa.Table.from_pylist(rows, SCHEMA)}
    tables["cfg_reference"] = pa.table({"plant": pa.array(reference, pa.string())})
    for name in marts:
        for table, found in tables.items():
            con.register("given", found)
            con.execute(f"create or replace table {table} as select * from given")
        tables[name] = MARTS[name].build(con, AS_OF)
    return [tables[name].to_pylist() for name in marts]


def recent(rows: list[dict]) -> dict[tuple, dict]:
    return {(row["plant"], row["other"]): row for row in rows if row["period"] == "26 weeks"}


def by_month(rows: list[dict], plant: str, other: str | None) -> dict[date, dict]:
    return {
        row["period_start"]: row
        for row in rows
        if (row["period"], row["plant"], row["other"]) == ("month", plant, other)
    }


def test_nothing_closed_is_no_row_with_all_columns():
    con = duckdb.connect()
    con.register("agg_variant_month", SCHEMA.empty_table())
    con.register("cfg_reference", pa.table({"plant": pa.array([], pa.string())}))
    table = MARTS["agg_harmonization"].build(con, AS_OF)
    assert table.num_rows == 0 and {"value", "low", "high", "state", "reason", "coverage"} <= set(table.schema.names)


def test_each_two_plants_and_each_with_all_over_26_weeks_and_by_month():
    [rows] = built(usual("A") + usual("B") + usual("C"))
    assert len(rows) == (6 + 3) * 13
    assert set(recent(rows)) == {(a, b) for a in "ABC" for b in ["A", "B", "C", None] if a != b}
    whole = recent(rows)["A", None]
    assert (whole["period_start"], whole["period_end"]) == (date(2026, 3, 13), date(2026, 9, 11))
    assert (whole["n"], whole["n_other"], whole["other_count"], whole["coverage"]) == (200, 600, 2, 1.0)
    for other in ("B", "C", None):
        months = sorted(row["period_start"] for row in by_month(rows, "A", other).values())
        assert (months[0], months[-1], len(months)) == (date(2025, 9, 1), date(2026, 8, 1), 12)
    assert {row["state"] for row in recent(rows).values()} == {ALIKE}
    keys = [tuple(row[name] for name in MARTS["agg_harmonization"].key) for row in rows]
    assert len(set(keys)) == len(keys)


def test_all_comparisons_of_a_publish_are_corrected_together():
    """Of two workflows with two plants: a pair and two comparisons with all together each."""
    rows = [*usual("A"), *usual("B", seed=8), *usual("A", seed=3, workflow="production")]
    [found] = built(rows + closed("B", {"created > cancelled": 90}, workflow="production"))
    tested = {
        (row["workflow"], *sorted([row["plant"], row["other"] or ""])): row for row in found if row["period"] != "month"
    }
    assert len(tested) == 6
    p_values = [row["p_value"] for row in tested.values()]
    assert [row["p_adjusted"] for row in tested.values()] == pytest.approx(harmonization.holm(p_values))
    assert all((row["state"] == DIFFERENT) == (row["p_adjusted"] <= 0.05) for row in tested.values())
    assert {who[0] for who, row in tested.items() if row["state"] == DIFFERENT} == {"production"}
    assert min(p_values) == pytest.approx(1 / (harmonization.DRAWS * 6))  # so many draws that the least can pass


def test_months_are_a_trend_and_not_tested():
    rows = usual("A", month=date(2026, 7, 1)) + closed("A", {"created > cancelled": 50}, month=date(2026, 8, 1))
    [found] = built(rows + usual("B", month=date(2026, 7, 1)) + usual("B", 100, month=date(2026, 8, 1)))
    for plant, other in (("A", "B"), ("B", "A"), ("A", None)):
        months = by_month(found, plant, other)
        assert {(row["state"], row["p_value"], row["p_adjusted"]) for row in months.values()} == {(None, None, None)}
        july, august = months[date(2026, 7, 1)], months[date(2026, 8, 1)]
        assert july["high"] == 100 and august["value"] < august["high"] < july["value"]


def test_two_plants_are_as_far_apart_from_either_side():
    [rows] = built(usual("A", 100) + closed("B", {"created > ordered": 300}))
    one, other = recent(rows)["A", "B"], recent(rows)["B", "A"]
    assert (one["n"], one["n_other"]) == (other["n_other"], other["n"]) == (100, 300)
    said = ("value", "low", "high", "emd", "emd_expected", "p_value", "p_adjusted", "state", "variants")
    assert [one[name] for name in said] == [other[name] for name in said]
    mine, others = by_month(rows, "A", "B")[date(2026, 8, 1)], by_month(rows, "B", "A")[date(2026, 8, 1)]
    assert [mine[name] for name in said] == [others[name] for name in said]
    assert (mine["n"], others["n"], mine["name"]) == (100, 300, one["name"])
    assert one["state"] == DIFFERENT and one["value"] < 90


def test_a_month_counts_its_own_cases():
    rows = usual("A", month=date(2026, 7, 1)) + closed("A", {"created > cancelled": 50}, month=date(2026, 8, 1))
    [found] = built(rows + usual("B", month=date(2026, 7, 1)) + usual("B", 100, month=date(2026, 8, 1)))
    for other in ("B", None):
        months = by_month(found, "A", other)
        assert [months[date(2026, month, 1)]["n"] for month in (6, 7, 8)] == [0, 200, 50]
        assert months[date(2026, 1, 1)]["reason"] == "no case closed in this period"
    assert recent(found)["A", None]["n"] == 250


def test_what_was_closed_before_the_26_weeks_is_of_its_month_alone():
    [found] = built(usual("A", month=date(2026, 1, 1)) + usual("B"))
    whole = recent(found)["A", None]
    assert (whole["n"], whole["value"], whole["reason"]) == (0, None, "no case closed in this period")
    assert recent(found)["B", "A"]["reason"] == "too few cases to compare with: 0, 20 needed"
    assert by_month(found, "A", None)[date(2026, 1, 1)]["n"] == 200


def test_one_plant_alone_has_nothing_to_be_compared_with():
    [found] = built(usual("A"))
    assert set(recent(found)) == {("A", None)}
    whole = recent(found)["A", None]
    assert (whole["value"], whole["state"], whole["n"], whole["other_count"]) == (None, None, 200, 0)
    assert whole["reason"] == "there is no other plant to compare with"


def test_one_case_is_too_few():
    [found] = built(closed("A", {"created > ordered": 1}) + usual("B"))
    assert recent(found)["A", "B"]["reason"] == "too few cases: 1, 20 needed"
    assert recent(found)["B", "A"]["reason"] == "too few cases to compare with: 1, 20 needed"
    assert recent(found)["A", None]["value"] is None


def test_plants_named_as_reference_are_what_all_are_compared_with():
    rows = usual("A") + usual("B") + closed("C", {"created > cancelled": 100})
    [found] = built(rows, reference=["A", "B"])
    whole = recent(found)
    assert [(whole[plant, None]["n_other"], whole[plant, None]["other_count"]) for plant in "ABC"] == [
        (400, 1),
        (400, 1),
        (400, 2),
    ]
    assert (whole["A", None]["state"], whole["C", None]["state"]) == (ALIKE, DIFFERENT)
    [found] = built(rows, reference=["A"])
    assert recent(found)["A", None]["reason"] == "there is no other plant to compare with"
    assert recent(found)["B", None]["n_other"] == 200


def test_workflows_are_apart():
    [found] = built(usual("A") + usual("B") + usual("A", workflow="production"))
    assert {(row["workflow"], row["plant"]) for row in found} == {
        ("purchase", "A"),
        ("purchase", "B"),
        ("production", "A"),
    }


def test_the_record_is_of_the_way_that_most_took():
    [found] = built(closed("A", {"created > cancelled": 30, "created > ordered": 70}) + usual("B"))
    row = recent(found)["A", None]
    assert (row["record_model"], row["record_id"], row["name"]) == ("purchase.order", 2, "P2")


def test_beyond_a_thousand_ways_the_coverage_says_what_is_compared(monkeypatch):
    ways = {f"created > step {number} > ordered": 1 for number in range(1200)}
    cases = {"created > ordered": 400} | ways
    monkeypatch.setattr(harmonization, "LEAST_DRAWS", 3)  # many more would take long
    [found] = built(closed("A", cases) + closed("B", cases))
    row = recent(found)["A", "B"]
    assert (row["variants"], row["n"], row["coverage"]) == (1000, 1600, pytest.approx((400 + 999) / 1600))
    assert (row["state"], row["relabellings"]) == (ALIKE, 3)
