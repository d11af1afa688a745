"""Lists of the cases of some product families or people say what they would say if there were no other cases."""

from __future__ import annotations

import duckdb
import pytest

from queries import catalog, narrow, warehouse
from queries.catalog import CatalogError
from queries.warehouse import Scope

LYON, MILWAUKEE = "Alder France/WH", "Alder Industries/WH"
OF_ALL = {"workflow": None, "plant": None}
ASKED = {
    "process_size": {},
    "process_way": {"workflow": "production"},
    "process_map": OF_ALL,
    "way_case": {"workflow": "production", "plant": MILWAUKEE, "number": 1},
    "conformance": {"accepted": [], "since_at": None},
    "deviation": {"rule": "reported complete before start", "plant": None, "most": None},
    "deviation_class": {},
    "wait_pareto": {"plant": None, "clock": "elapsed"},
    "wait_order": {"owner": None, "plant": MILWAUKEE},
    "variant": OF_ALL,
    "no_touch": {"from_on": "2000-01-01", "to_on": "2200-01-01"},
    "touch_map": {"workflow": None},
    "touch_person": {},
    "touch": {"workflow": "production", "stands_at": "created", "touched": "confirmed", "plant": None},
    "intervention": {"intervention": "confirmed by hand", "plants": []},
    "intervention_week": dict.fromkeys(("from_on", "before_on", "trend_on"), "2000-01-01") | {"to_on": "2200-01-01"},
}
CHOSEN = ({"product_family": ["Gear pumps", "Actuators"]}, {"responsible": ["Grace Holloway", "Camille Laurent"]})


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


def without_others(opened, chosen) -> duckdb.DuckDBPyConnection:
    """The warehouse in which no other case was ever read, and in which marts were made as a refresh makes them."""
    con = opened.cursor()
    name = "_".join(next(iter(chosen)).split())
    con.execute(f"create or replace schema {name}")
    [(dimension, values)] = chosen.items()
    con.execute(
        f"create table {name}.fct_case as select * from main.fct_case where {dimension} in (select unnest($values))",
        {"values": values},
    )
    for fact, (model, id) in narrow.FACTS.items():
        con.execute(
            f"create table {name}.{fact} as select * from main.{fact} where (instance, {model}, {id}) in "
            f"(select (instance, record_model, record_id) from {name}.fct_case)"
        )
    con.execute(f"set search_path = '{name},main'")
    for mart in (catalog.marts()[name] for name in narrow.COUNTS):
        con.execute(f"create table {mart.name} as {mart.sql}".replace("$as_of", f"timestamp '{opened.as_of}'"))
    return con


@pytest.fixture(scope="module", params=CHOSEN, ids=lambda chosen: next(iter(chosen)))
def both(request, opened):
    return opened, request.param, without_others(opened, request.param)


@pytest.mark.parametrize("name", ASKED)
def test_a_list_of_some_cases_is_what_it_would_be_without_the_others(both, name):
    opened, chosen, alone = both
    sql, given = catalog.lists()[name].sql, {"as_of": opened.as_of} | ASKED[name]
    expected = alone.execute(sql, {key: given[key] for key in given if f"${key}" in sql}).to_arrow_table().to_pylist()
    found = warehouse.read(opened, name, chosen, **ASKED[name]).to_pylist()
    assert found == expected
    assert found != warehouse.read(opened, name, **ASKED[name]).to_pylist()
    assert found


def test_what_is_no_case_is_of_the_family_it_names(opened):
    """Stock is adjusted of a product, whatever order that was for."""
    rows = opened.cursor().sql("from fct_intervention where kind = 'stock adjusted'").to_arrow_table().to_pylist()
    family = rows[0]["product_family"]
    asked = {"intervention": "stock adjusted", "plants": []}
    mine = {row["record_id"] for row in rows if row["product_family"] == family}
    found = warehouse.read(opened, "intervention", {"product_family": [family]}, **asked).to_pylist()
    assert {row["record_id"] for row in found} == mine and None not in mine
    assert not warehouse.read(opened, "intervention", {"responsible": ["Grace Holloway"]}, **asked).num_rows


def test_a_reader_of_one_plant_without_names_is_narrowed_within_it(opened, demo_warehouse):
    mine = warehouse.open(Scope(frozenset({LYON}), sees_names=False), demo_warehouse)
    people = "select responsible from fct_case where responsible is not null group by all order by count(*) desc"
    person = mine.cursor().sql(people).fetchall()[0][0]
    assert person.startswith("person ")
    for name in ("process_size", "wait_pareto", "deviation_class", "touch_map"):
        found = warehouse.read(mine, name, {"responsible": [person]}, **ASKED[name]).to_pylist()
        assert found and {row["plant"] for row in found} == {LYON}
    whole = [row for row in warehouse.read(opened, "process_size", CHOSEN[0]).to_pylist() if row["plant"] == LYON]
    assert warehouse.read(mine, "process_size", CHOSEN[0]).to_pylist() == whole


def test_several_choices_of_one_dimension_add_up_and_those_of_two_meet(opened):
    def count(**chosen):
        return sum(row["case_count"] for row in warehouse.read(opened, "process_size", chosen).to_pylist())

    pumps, actuators = count(product_family=["Gear pumps"]), count(product_family=["Actuators"])
    assert count(product_family=["Gear pumps", "Actuators"]) == pumps + actuators > actuators > 0
    people = [name for (name,) in opened.cursor().sql("select distinct responsible from fct_case").fetchall() if name]
    assert 0 < sum(count(product_family=["Gear pumps"], responsible=[one]) for one in people) <= pumps
    assert count(product_family=["nothing's"]) == 0


def test_what_cannot_be_narrowed_is_said(opened):
    with pytest.raises(CatalogError, match="'colour': use product_family or responsible"):
        warehouse.read(opened, "process_size", {"colour": ["red"]})
    with pytest.raises(CatalogError, match="counts no cases"):
        warehouse.read(opened, "plant", {"product_family": ["Gear pumps"]})
