"""What a reader of the published file can see, and that nothing else gets through."""

from __future__ import annotations

import hashlib
import itertools
import re
import shutil
import threading
import time
from datetime import datetime

import duckdb
import pytest

from etl.publish import EXCEPTION
from queries import catalog, export, measure, secret, warehouse
from queries.warehouse import Scope, WarehouseMissing
from tests.rows import purchase

EXECUTIVE = Scope()
MASKED = Scope(sees_names=False)
MARTS = catalog.marts()


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(EXECUTIVE, demo_warehouse)


@pytest.fixture(scope="module")
def masked(demo_warehouse):
    return warehouse.open(MASKED, demo_warehouse)


@pytest.fixture(scope="module")
def plants(opened) -> list[str]:
    return sorted(row["plant"] for row in warehouse.read(opened, "plant").to_pylist())


def rows(one, sql: str, **parameters) -> list[dict]:
    return one.cursor().sql(sql, params=parameters or None).to_arrow_table().to_pylist()


def views(one) -> dict[str, list[tuple[str, str]]]:
    """Columns and their types, by view."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows(
        one, "select table_name, column_name, data_type from duckdb_columns() where database_name = 'memory'"
    ):
        found.setdefault(row["table_name"], []).append((row["column_name"], row["data_type"]))
    return {name: columns for name, columns in found.items() if name in views_of_published(one)}


def views_of_published(one) -> set[str]:
    return {row["view_name"] for row in rows(one, "select view_name from duckdb_views() where not internal")}


# What there is to open


def test_nothing_published_says_what_to_run(tmp_path):
    with pytest.raises(
        WarehouseMissing,
        match=r"nothing is published in .*`.venv/bin/python -m etl refresh`.*`.venv/bin/python -m etl demo`",
    ):
        warehouse.open(warehouse=tmp_path)
    (tmp_path / "CURRENT").write_text("\n")
    with pytest.raises(WarehouseMissing, match="nothing is published"):
        warehouse.open(warehouse=tmp_path)


def damage(kind: str, content: bytes) -> bytes:
    half = len(content) // 2
    return {
        "empty": b"",
        "truncated": content[:half],
        "few bytes": content[:100],
        "text": b"this is no database" * 1000,
        "header only": content[:12288],
    }[kind]


@pytest.mark.parametrize("kind", ["empty", "truncated", "few bytes", "text", "header only"])
def test_damaged_file_is_a_sentence(demo_warehouse, tmp_path, kind):
    name = warehouse.current_version(demo_warehouse)
    (tmp_path / name).write_bytes(damage(kind, (demo_warehouse / name).read_bytes()))
    (tmp_path / "CURRENT").write_text(name)
    with pytest.raises(
        WarehouseMissing, match=r"cannot be read \(.*\): run `.venv/bin/python -m etl refresh`"
    ) as error:
        one = warehouse.open(warehouse=tmp_path)
        for view in views_of_published(one):
            rows(one, f'select * from "{view}"')
    assert "\n" not in str(error.value)


def test_current_that_names_no_file_is_a_sentence(tmp_path):
    (tmp_path / "CURRENT").write_text("ops_20260101T000000Z.duckdb")
    with pytest.raises(WarehouseMissing, match=r"ops_20260101T000000Z.duckdb cannot be read"):
        warehouse.open(warehouse=tmp_path)


def test_current_that_is_no_text_is_a_sentence(tmp_path):
    (tmp_path / "CURRENT").write_bytes(b"\xff\xfe\x00ops")
    with pytest.raises(WarehouseMissing):
        warehouse.open(warehouse=tmp_path)


def test_database_that_is_not_a_published_one_is_a_sentence(tmp_path):
    duckdb.connect(str(tmp_path / "other.duckdb")).close()
    with pytest.raises(WarehouseMissing, match="cannot be read"):
        warehouse.open(warehouse=tmp_path, version="other.duckdb")


def test_folder_with_a_quote_in_its_name(demo_warehouse, tmp_path):
    folder = tmp_path / "it's here"
    shutil.copytree(demo_warehouse, folder, ignore=shutil.ignore_patterns("landing", "work*"))
    assert rows(warehouse.open(warehouse=folder), "select count(*) as n from fct_case")[0]["n"] > 0


def test_folder_comes_from_the_environment(demo_warehouse, monkeypatch):
    monkeypatch.setenv("OPS_WAREHOUSE", str(demo_warehouse))
    assert warehouse.open().version == warehouse.current_version(demo_warehouse)
    assert isinstance(warehouse.open().as_of, datetime)


def test_published_data_cannot_be_changed(opened):
    with pytest.raises(duckdb.Error, match="read-only"):
        opened.cursor().execute("delete from published.main.fct_case").fetchall()


# Plants


def test_demo_has_plants_that_share_a_warehouse_code(opened):
    codes = [row["warehouse"] for row in rows(opened, "select warehouse from dim_plant")]
    assert len(codes) > len(set(codes))


def test_a_reader_of_some_plants_sees_only_their_rows_in_every_view(demo_warehouse, opened, plants):
    mine = plants[:2]
    scoped = warehouse.open(Scope(plants=frozenset(mine)), demo_warehouse)
    in_plants = {name for name, columns in views(scoped).items() if "plant" in dict(columns)}
    seen = in_plants - {*warehouse.BOARDS, *warehouse.OF_ALL_PLANTS, *warehouse.PAIRED}
    assert {"fct_case", "fct_event", "fct_approval", "fct_shortage", "fct_exception", "dim_plant"} <= seen
    for name in seen:
        given = rows(scoped, f'select plant, count(*) as n from "{name}" group by plant order by plant')
        whole = rows(
            opened,
            f"""select plant, count(*) as n from "{name}"
                where plant in (select unnest($mine::varchar[])) group by plant order by plant""",
            mine=mine,
        )
        assert given == whole, name
        assert {row["plant"] for row in given} <= set(mine), name


def test_facts_that_name_no_plant_are_for_readers_of_all_plants(demo_warehouse, opened, plants):
    scoped = warehouse.open(Scope(plants=frozenset(plants)), demo_warehouse)
    without = {name for name, columns in views(scoped).items() if name[:4] == "fct_" and "plant" not in dict(columns)}
    assert {"fct_related_event", "fct_error_text", *warehouse.OF_AN_ODOO} <= without
    for name in without - set(warehouse.OF_AN_ODOO):
        assert rows(scoped, f'select * from "{name}"') == [], name
    assert rows(opened, "select * from fct_related_event limit 1") and rows(scoped, "select * from fct_automation")


def test_configured_codes_and_targets_of_other_plants_stay_hidden_and_those_of_all_are_seen(publish):
    folder = publish(
        """
        [plant.LIL]
        company = "Nord"
        warehouse = "WH"
        [plant.AUS]
        company = "South"
        warehouse = "WH"
        [target.release_lead_time]
        default = "8 h"
        plant = { LIL = "4 h", AUS = "2 h" }
        """
    )
    scoped = warehouse.open(Scope(plants=frozenset({"LIL"})), folder)
    assert {(row["plant"], row["value"]) for row in warehouse.read(scoped, "target").to_pylist()} == {
        ("", 8 * 3600.0),
        ("LIL", 4 * 3600.0),
    }
    assert [row["code"] for row in rows(scoped, "select code from cfg_plant")] == ["LIL"]
    assert len(rows(warehouse.open(warehouse=folder), "select code from cfg_plant")) == 2


def test_rows_without_a_plant_are_for_readers_of_all_plants(publish):
    folder = publish(purchase_order=[purchase(1), purchase(2, picking_type_id=None)])
    whole = warehouse.open(warehouse=folder)
    scoped = warehouse.open(Scope(plants=frozenset({"Nord/WH", "South/WH"})), folder)
    assert len(rows(whole, "select * from fct_case")) == 2
    assert [row["record_id"] for row in rows(scoped, "select * from fct_case")] == [1]


def test_two_plants_with_the_same_warehouse_code_are_apart(publish):
    folder = publish(purchase_order=[purchase(1), purchase(2, company_id=2, picking_type_id=4)])
    scoped = warehouse.open(Scope(plants=frozenset({"South/WH"})), folder)
    assert [row["record_id"] for row in rows(scoped, "select * from fct_case")] == [2]
    assert [row["record_id"] for row in rows(scoped, "select * from fct_event")] == [2]


@pytest.mark.parametrize("chosen", [frozenset(), frozenset({"nowhere"}), frozenset({"' or '1'='1"})])
def test_a_reader_of_no_plant_sees_no_row(demo_warehouse, chosen):
    scoped = warehouse.open(Scope(plants=chosen), demo_warehouse)
    for name in ("fct_case", "fct_event", "fct_exception", "dim_plant"):
        assert rows(scoped, f"select * from {name}") == [], name


@pytest.mark.parametrize("board", ["agg_kpi", "agg_kpi_history", "agg_budget", "agg_budget_history"])
def test_group_lines_are_shown_only_over_at_least_three_plants(own, plants, board):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        con.execute(f"update {board} set plant_count = 2 where plant is null and kpi = 'integration_failure_rate'")
    opened, scoped = warehouse.open(warehouse=own), warehouse.open(Scope(plants=frozenset(plants[:1])), own)
    lines = rows(scoped, f"select * from {board} where plant is null")
    assert lines
    assert min(line["plant_count"] for line in lines) >= 3
    hidden = f"select count(*) as n from {board} where plant is null and plant_count < 3"
    assert rows(opened, hidden)[0]["n"] > 0
    assert rows(scoped, hidden)[0]["n"] == 0
    assert {row["plant"] for row in rows(scoped, f"select distinct plant from {board}")} == {None, plants[0]}


def test_a_comparison_with_fewer_than_three_other_plants_is_hidden_from_readers_of_some(publish):
    """With one or two, what the touched plant did tells what those did."""
    folder = publish()
    with duckdb.connect(str(folder / warehouse.current_version(folder))) as con:
        for plant in ("Nord/WH", "South/WH"):
            con.execute("insert into fct_change_marker (marker, name, changed_at, plant) values ('m', 'M', now(), ?)",
                        [plant])  # fmt: skip
            for kpi, count in (("few", 2), ("enough", 3)):
                con.execute(
                    """insert into agg_change_effect (marker, kpi, clock, plant, untouched_count, change, effect,
                            effect_low, effect_high, verdict)
                        values ('m', ?, 'elapsed', ?, ?, -0.3, -0.2, -0.4, -0.1, 'below')""",
                    [kpi, plant, count],
                )
    scoped = warehouse.open(Scope(plants=frozenset(["Nord/WH"])), folder)
    asked = {"kpi": None, "clock": None}
    whole, mine = (
        {(row["kpi"], row["plant"]): row for row in warehouse.read(one, "change_effect", **asked).to_pylist()}
        for one in (warehouse.open(warehouse=folder), scoped)
    )
    assert len(whole) == 4 and {row["effect"] for row in whole.values()} == {-0.2}
    assert set(mine) == {("few", "Nord/WH"), ("enough", "Nord/WH")}
    assert mine["enough", "Nord/WH"] == whole["enough", "Nord/WH"]
    hidden = mine["few", "Nord/WH"]
    assert {hidden[name] for name in ("effect", "effect_low", "effect_high", "verdict")} == {None}
    assert (hidden["change"], hidden["reason"]) == (-0.3, "fewer than three other plants to compare with")
    assert rows(scoped, "select distinct plant from fct_change_marker") == [{"plant": "Nord/WH"}]


def compared(one, table: str) -> set[tuple]:
    return {(row["plant"], row["other"]) for row in rows(one, f"select distinct plant, other from {table}")}


@pytest.mark.parametrize("table", warehouse.PAIRED)
def test_a_reader_of_a_plant_sees_it_compared_with_all_and_never_with_one_other(demo_warehouse, opened, plants, table):
    assert len(compared(opened, table)) > 4
    mine = compared(warehouse.open(Scope(plants=frozenset(plants[:1])), demo_warehouse), table)
    assert mine == {(plants[0], None)}
    two = compared(warehouse.open(Scope(plants=frozenset(plants[:2])), demo_warehouse), table)
    assert two == {(plants[0], None), (plants[1], None), (plants[0], plants[1]), (plants[1], plants[0])}
    assert compared(warehouse.open(Scope(plants=frozenset()), demo_warehouse), table) == set()


@pytest.mark.parametrize(("others", "is_seen"), [(2, False), (3, True)])
def test_a_plant_is_compared_with_all_only_where_these_are_three_others(publish, others, is_seen):
    """With one or two, how far they are apart tells what those do. The scoreboard keeps to it, too."""
    folder = publish()
    with duckdb.connect(str(folder / warehouse.current_version(folder))) as con:
        con.execute(
            """insert into agg_harmonization by name
                select 'purchase' as workflow, 'Nord/WH' as plant, '26 weeks' as period, 90 as value, $n as other_count
                union all by name
                select 'purchase' as workflow, 'Nord/WH' as plant, '26 weeks' as period, 90 as value, 1 as other_count,
                    'South/WH' as other""",
            {"n": others},
        )
        con.execute(
            """insert into agg_harmonization_move by name
                select 'purchase' as workflow, 'Nord/WH' as plant, 'skips' as move, $n as other_count""",
            {"n": others},
        )
        con.execute(
            """insert into agg_kpi by name
                select 'harmonization_index' as kpi, 'Nord/WH' as plant, 90 as value, $n + 1 as plant_count
                union all by name
                select 'other' as kpi, 'Nord/WH' as plant, 90 as value, 1 as plant_count""",
            {"n": others},
        )
    scoped = warehouse.open(Scope(plants=frozenset(["Nord/WH"])), folder)
    for table in warehouse.PAIRED:
        assert compared(scoped, table) == ({("Nord/WH", None)} if is_seen else set())
    seen = {row["kpi"] for row in rows(scoped, "select kpi from agg_kpi where plant = 'Nord/WH' and value = 90")}
    assert seen == ({"harmonization_index", "other"} if is_seen else {"other"})
    assert compared(warehouse.open(warehouse=folder), "agg_harmonization") == {
        ("Nord/WH", None),
        ("Nord/WH", "South/WH"),
    }


def test_value_of_a_kpi_counts_only_the_plants_in_scope(demo_warehouse, opened, plants):
    scoped = warehouse.open(Scope(plants=frozenset(plants[:1])), demo_warehouse)
    kpi = catalog.load()["release_lead_time"]
    end = opened.as_of.date()
    period = (end.replace(year=end.year - 1), end)
    [mine] = measure.values(scoped, kpi, *period).to_pylist()
    [asked] = measure.values(opened, kpi, *period, filters={"plant": plants[:1]}).to_pylist()
    assert mine == asked
    assert 0 < mine["n"] < measure.values(opened, kpi, *period)["n"][0].as_py()


# Names


def test_every_person_column_is_masked(opened, masked):
    checked = 0
    for name, mart in MARTS.items():
        for column in mart.person:
            plain = rows(opened, f'select distinct "{column}" as x from {name} where "{column}" is not null')
            hidden = rows(masked, f'select distinct "{column}" as x from {name} where "{column}" is not null')
            assert len(hidden) == len(plain), (name, column)
            assert all(re.fullmatch(r"person [0-9a-f]+", row["x"]) for row in hidden), (name, column)
            assert rows(opened, f'select count("{column}") as n from {name}') == rows(
                masked, f'select count("{column}") as n from {name}'
            )
            checked += bool(plain)
    assert checked > 5


def leaks(one, secrets: set[str]) -> set[tuple[str, str, str]]:
    """(view, column, secret) of every text in which a secret stands as words of its own."""
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(secrets)))})(?!\w)")
    found = set()
    for view, columns in views(one).items():
        for column, type in columns:
            if "VARCHAR" not in type:
                continue
            for row in rows(
                one, f'select distinct "{column}"::varchar as x from "{view}" where "{column}" is not null'
            ):
                if match := pattern.search(row["x"]):
                    found.add((view, column, match[1]))
    return found


def test_no_name_of_a_user_stands_in_any_text_of_any_view(opened, masked):
    users = rows(opened, "select name, login from dim_user where name is not null and user_id > 1")
    secrets = {row["name"] for row in users} | {row["login"] for row in users if "@" in row["login"]}
    assert len(secrets) > 10
    assert leaks(opened, secrets)  # the search finds what is there
    assert leaks(masked, secrets) == set()


def test_names_in_tracked_references_texts_and_configured_logins_are_masked(publish):
    note = {"document_model": "purchase.order", "document_id": 1, "sent_at": datetime(2026, 1, 6), "created_by_id": 2}
    labels = {"old_label": "Anna", "new_label": "Pierre", "old_integer": 2, "new_integer": 5}
    folder = publish(
        '[users]\nhuman = ["anna@example.com"]\n',
        purchase_order=[purchase(1)],
        mail_message=[note | {"id": number} for number in (1, 2)],
        mail_tracking_value=[
            {"id": 1, "message_id": 1, "field_id": 22} | labels,
            {"id": 2, "message_id": 2, "field_id": None} | labels,  # its field was removed
        ],
    )
    secrets = {"Anna", "Pierre", "anna@example.com"}
    assert {view for view, *_ in leaks(warehouse.open(warehouse=folder), secrets)} >= {"fct_event", "cfg_user"}
    assert leaks(warehouse.open(MASKED, folder), secrets) == set()


def test_state_labels_are_readable_without_the_right_to_names(masked):
    labels = {
        row["new_label"] for row in rows(masked, "select distinct new_label from fct_event where field = 'state'")
    }
    assert {"Confirmed", "Confirmé", "Done"} <= labels


def test_pseudonyms_are_the_same_for_one_person_and_differ_between_people(opened, masked):
    names = [row["name"] for row in rows(opened, "select name from dim_user where name is not null order by user_id")]
    hidden = [row["name"] for row in rows(masked, "select name from dim_user where name is not null order by user_id")]
    assert len(set(names)) == len(set(hidden))
    known = dict(zip(names, hidden, strict=True))
    pairs = zip(
        rows(opened, "select responsible from fct_case order by record_model, record_id"),
        rows(masked, "select responsible from fct_case order by record_model, record_id"),
        strict=True,
    )
    for plain, other in pairs:
        assert other["responsible"] == (plain["responsible"] and known[plain["responsible"]])


def test_who_has_a_list_of_names_cannot_compute_pseudonyms_without_the_key(opened, masked, demo_warehouse):
    def people(one: warehouse.Warehouse) -> set[str]:
        return {row["name"] for row in rows(one, "select distinct name from dim_user where name is not null")}

    names, hidden = people(opened), people(masked)
    for algorithm in ("md5", "sha1", "sha256", "blake2b"):
        guessed = {f"person {hashlib.new(algorithm, name.encode()).hexdigest()[:n]}" for name in names for n in (8, 10)}
        assert not guessed & hidden
    key = warehouse.pseudonym_key(demo_warehouse)
    assert {warehouse.pseudonym(name, key) for name in names} == hidden
    assert (
        warehouse.pseudonym("Łukasz O'Neil 李", key)
        == rows(masked, f"select 'person ' || left(sha256('{key}' || $name), 10) as told", name="Łukasz O'Neil 李")[0][
            "told"
        ]
    )


def test_the_key_of_pseudonyms_is_in_nothing_that_readers_can_be_shown(masked, demo_warehouse, tmp_path):
    key = warehouse.pseudonym_key(demo_warehouse)
    assert leaks(masked, {key}) == set()
    export.to_parquet(masked, tmp_path)
    assert not [path.name for path in tmp_path.iterdir() if key.encode() in path.read_bytes()]
    assert key.encode() not in (demo_warehouse / masked.version).read_bytes()


def test_a_warehouse_without_the_key_gets_one_from_who_may_write_and_says_so_to_others(demo_warehouse, tmp_path):
    for name in ("CURRENT", warehouse.current_version(demo_warehouse)):
        (tmp_path / name).symlink_to(demo_warehouse / name)
    assert warehouse.open(MASKED, tmp_path).version and (tmp_path / "pseudonym.key").stat().st_size == secret.BYTES
    (tmp_path / "pseudonym.key").unlink()
    (tmp_path / "pseudonym.key").mkdir()  # it cannot be read, nor written
    with pytest.raises(WarehouseMissing, match=r"names of people cannot be hidden: .*run .*etl refresh"):
        warehouse.open(MASKED, tmp_path)
    assert warehouse.open(warehouse=tmp_path).version


def test_ten_thousand_people_have_pseudonyms_of_their_own():
    found = {warehouse.pseudonym(f"Person {number}", "k") for number in range(10_000)}
    assert len(found) == 10_000 and warehouse.PSEUDONYM_DIGITS >= 10


def test_masked_readers_cut_and_filter_by_pseudonym(masked):
    kpi = catalog.load()["release_lead_time"]
    period = (masked.as_of.date().replace(year=masked.as_of.year - 1), masked.as_of.date())
    cut = measure.values(masked, kpi, *period, by="responsible").to_pylist()
    person = next(row for row in cut if row["cut"].startswith("person ") and row["n"])
    [found] = measure.values(masked, kpi, *period, filters={"responsible": [person["cut"]]}).to_pylist()
    assert found["n"] == person["n"]


# Threads


def test_one_warehouse_serves_many_threads(opened, plants):
    truth = {
        plant: rows(opened, "select count(*) as n from fct_event where plant = $plant", plant=plant)[0]["n"]
        for plant in plants
    }
    assert len(set(truth.values())) == len(plants)
    wrong, errors = [], []

    def read(first: int) -> None:
        try:
            for number in range(100):
                plant = plants[(first + number) % len(plants)]
                sql = "select plant, count(*) as n from fct_event where plant = $plant group by plant"
                found = rows(opened, sql, plant=plant)
                if found != [{"plant": plant, "n": truth[plant]}]:
                    wrong.append((plant, found))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (wrong, errors) == ([], [])


# Links into Odoo


@pytest.mark.parametrize(
    ("url", "version", "expected"),
    [
        ("https://erp.test", "17.0", "https://erp.test/web#id=7&model=mrp.production&view_type=form"),
        ("https://erp.test/", "14.0", "https://erp.test/web#id=7&model=mrp.production&view_type=form"),
        ("https://erp.test", "18.0", "https://erp.test/odoo/mrp.production/7"),
        ("https://erp.test//", "19.0+e", "https://erp.test/odoo/mrp.production/7"),
        ("https://erp.test", "saas~18.2", "https://erp.test/odoo/mrp.production/7"),
        ("https://erp.test", None, "https://erp.test/web#id=7&model=mrp.production&view_type=form"),
        ("", "19.0", None),
        (None, "19.0", None),
    ],
)
def test_link_to_a_record(opened, url, version, expected):
    [found] = rows(
        opened,
        "select odoo_url($url::varchar, $version::varchar, 'mrp.production', 7) as link",
        url=url,
        version=version,
    )
    assert found["link"] == expected


# Lists

LISTS = sorted(catalog.lists())
SAMPLE = {
    "record_model": "mrp.production",
    "text": "MO",
    "plant": "Alder France/WH",
    "kpi": "release_lead_time",
    "check": None,
    "clock": "elapsed",
    "started_at": datetime(2026, 1, 5, 8),
    "ended_at": datetime(2026, 1, 12, 8),
    "known_at": datetime(2100, 1, 1),
    "since_at": datetime(2000, 1, 1),
    "rule": "reported complete before start",
    "accepted": ["approved more than once\tAlder France/WH"],
    "workflow": None,
    "until_at": datetime(2100, 1, 1),
    "key": None,
    "model": "mrp.production",
    "id": 1,
    "kpis": None,
    "by_plant": ["release_lead_time"],
    "from_on": datetime(2020, 1, 1),
    "period": None,
    "by": "product",
    "plants": [],
    "subjects": ["record:demo:mrp.production,1"],
    "number": 1,
    "owner": "planner",
    "most": None,
    "stands_at": "started",
    "touched": "done",
    "intervention": "back-dated entry",
    "to_on": datetime(2100, 1, 1),
    "before_on": datetime(2020, 1, 1),
    "trend_on": datetime(2020, 1, 1),
    "families": [],
    "people": [],
    "machine": "Test bench Lyon",
    "from_at": datetime(2020, 1, 1),
    "to_at": datetime(2100, 1, 1),
    "rules": ["bank_account_changed_before_payment", "approved_by_creator"],
    "kind": "back-dated entry",
}
BY_LIST = {"self_approval": {"kind": "approved by who asked"}}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "scope", [EXECUTIVE, Scope(frozenset({"Alder France/WH"}), sees_names=False)], ids=["all", "one"]
)
def test_every_list_runs(demo_warehouse, opened, name, scope):
    [sample] = rows(opened, "select instance, record_id from fct_case where record_model = 'mrp.production' limit 1")
    sample |= rows(opened, "select name as order from fct_wait where plant = $plant limit 1", plant=SAMPLE["plant"])[0]
    sample |= rows(opened, "select max(theme) as theme from agg_defect_theme")[0]
    sample |= rows(opened, "select max(interface_key) as interface from fct_integration_transaction")[0]
    sample |= rows(
        opened, "select max(issue) as issue from fct_error_issue_run where plant = $plant", plant=SAMPLE["plant"]
    )[0]
    found = warehouse.read(warehouse.open(scope, demo_warehouse), name, **SAMPLE | sample | BY_LIST.get(name, {}))
    wanted = set(re.findall(r"\$(\w+)", catalog.lists()[name].sql)) - {"as_of", *SAMPLE, *sample}
    assert not wanted, f"this test has no value for {wanted}"
    assert found.num_columns > 0
    may_be_empty = {"record_link", "target", "unmatched_label", "reconciliation", "stuck_order", "unblocked"}
    if scope == EXECUTIVE and name not in may_be_empty:
        assert found.num_rows > 0


def test_a_list_that_an_older_version_does_not_hold_is_a_sentence(publish):
    folder = publish()
    with duckdb.connect(str(folder / warehouse.current_version(folder))) as con:
        con.execute("drop table agg_change_effect")
    with pytest.raises(WarehouseMissing, match="was published before it held the list change_effect: run"):
        warehouse.read(warehouse.open(warehouse=folder), "change_effect", kpi=None, clock=None)


@pytest.fixture(scope="module")
def empty(publish):
    return warehouse.open(warehouse=publish())


@pytest.mark.parametrize("name", LISTS)
def test_every_list_runs_on_an_empty_warehouse(empty, name):
    sample = {"instance": "x", "interface": "x", "issue": "x", "record_id": 1, "order": "WH/MO/1", "theme": 1}
    found = warehouse.read(empty, name, **SAMPLE | sample)
    if name.startswith(("record", "open", "short")):
        assert found.num_rows == 0


@pytest.mark.parametrize(
    "text", ["'", "''", "' or 1=1 --", "'; drop view fct_case; --", '"', "%", "_", "$text", "\\", "/*", "né"]
)
def test_text_of_a_search_is_only_text(opened, text):
    found = warehouse.read(opened, "record_search", text=text).to_pylist()
    assert all(text.lower() in f"{row['name']} {row['origin']}".lower() for row in found)
    assert rows(opened, "select count(*) as n from fct_case")[0]["n"] > 0


def test_search_finds_by_name_and_origin_whatever_the_case_and_the_exact_one_first(opened):
    [one] = rows(opened, "select name, origin from fct_case where origin is not null order by record_id limit 1")
    found = warehouse.read(opened, "record_search", text=one["name"].lower()).to_pylist()
    assert found[0]["name"] == one["name"]
    by_origin = warehouse.read(opened, "record_search", text=one["origin"].upper()).to_pylist()
    assert by_origin
    assert len(warehouse.read(opened, "record_search", text="/").to_pylist()) == 50


def test_record_of_another_instance_is_not_shown(opened):
    for name in ("record_header", "record_timeline", "record_link"):
        assert (
            warehouse.read(opened, name, instance="' or '1'='1", record_model="mrp.production", record_id=1).num_rows
            == 0
        )


def test_exceptions_come_overdue_first_then_by_severity_then_what_they_hold_up_then_the_oldest():
    con = duckdb.connect(":memory:")
    con.execute("create table odoo_instance (instance varchar, url varchar, version varchar)")
    con.execute(
        "create table fct_case (instance varchar, record_model varchar, record_id bigint, product_family varchar)"
    )
    con.execute(warehouse.ODOO_URL_MACRO)
    con.execute(f"create table fct_exception ({EXCEPTION})")
    con.execute(
        """insert into fct_exception by name
           select 'x' as instance, 'm' as record_model, id as record_id, is_overdue, severity, age as age_seconds,
               due as due_soon_count, amount as held_up_amount
           from (values (8, false, 'low', 9, 3, 900), (6, true, 'low', 9, 0, null), (5, true, 'medium', 1, 0, null),
                        (4, true, 'high', 1, 0, null), (3, true, 'high', 2, null, null), (2, true, 'high', 1, 0, 50),
                        (1, true, 'high', 1, 1, null), (7, false, 'high', 5, 0, null)
           ) as given (id, is_overdue, severity, age, due, amount)"""
    )
    found = con.sql(catalog.lists()["open_exception"].sql).to_arrow_table()
    assert found["record_id"].to_pylist() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_file_from_before_there_were_limits_opens(publish):
    folder = publish()
    with duckdb.connect(str(folder / warehouse.current_version(folder))) as con:
        con.execute("drop table cfg_limit")
    assert warehouse.read(warehouse.open(warehouse=folder), "plant").num_rows


def test_a_list_whose_table_lacks_a_column_is_a_sentence(publish):
    folder = publish()
    with duckdb.connect(str(folder / warehouse.current_version(folder))) as con:
        con.execute("alter table fct_exception drop column detail")
    with pytest.raises(WarehouseMissing, match="was published before it held the list open_exception: run"):
        warehouse.read(warehouse.open(warehouse=folder), "open_exception")


def test_record_that_ended_at_an_unrecorded_time_has_no_duration(publish):
    folder = publish(purchase_order=[purchase(1, state="purchase"), purchase(2)])
    one = warehouse.open(warehouse=folder)
    ended, running = (
        warehouse.read(one, "record_header", instance="test", record_model="purchase.order", record_id=id).to_pylist()[
            0
        ]
        for id in (1, 2)
    )
    assert (ended["is_open"], ended["elapsed_seconds"]) == (False, None)
    assert running["elapsed_seconds"] == (one.as_of - running["started_at"]).total_seconds()


def test_timeline_counts_the_time_between_events(opened):
    [busy] = rows(
        opened, "select instance, record_model, record_id, event_count from fct_case order by event_count desc limit 1"
    )
    n = busy.pop("event_count")
    found = warehouse.read(opened, "record_timeline", **busy).to_pylist()
    assert len(found) == n
    assert found[0]["activity"] == "created" and found[0]["gap_seconds"] is None
    for before, after in itertools.pairwise(found):
        assert after["gap_seconds"] == (after["event_at"] - before["event_at"]).total_seconds() >= 0


def test_every_cursor_reads_times_in_utc_wherever_the_machine_stands(demo_warehouse, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        [row] = rows(
            warehouse.open(EXECUTIVE, demo_warehouse), "select '2026-01-01 20:00+00'::timestamptz::varchar as at"
        )
    finally:
        monkeypatch.undo()
        time.tzset()
    assert row["at"] == "2026-01-01 20:00:00+00"
