"""Every slip in a file of the catalogue is named; and every KPI there is keeps the contract of its measure."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

import duckdb
import pytest
from lifelines import KaplanMeierFitter

from etl import publish
from queries import catalog, measure, warehouse
from queries.catalog import CatalogError

KPIS = catalog.load()
QUANTILE = {"p50": 0.5, "p85": 0.85, "p90": 0.9, "p95": 0.95}

HEADER = {
    "title": '"Wait"',
    "definition": '"How long."',
    "unit": '"duration"',
    "direction": '"lower"',
    "owner": '"Somebody"',
    "measure": '"duration"',
    "statistic": '"p50"',
    "clocks": '["elapsed"]',
    "dimensions": '["plant", "line"]',
    "audience": '["executive"]',
}
SELECT = """select
    'x' as instance, 'm' as record_model, 1 as record_id, 'A' as plant, 'L1' as line,
    timestamp '2026-01-05' as started_at, null::timestamp as ended_at, 1.0 as elapsed_seconds,
    null::double as working_seconds"""


@pytest.fixture
def write(tmp_path):
    """write(select, name=, domain=, **header) makes a KPI file; a header value None leaves the key out."""

    def kpi(select: str = SELECT, name: str = "wait", domain: str = "test", **header):
        keys = {key: value for key, value in (HEADER | header).items() if value is not None}
        text = "/*\n" + "".join(f"{key} = {value}\n" for key, value in keys.items()) + f"*/\n{select}\n"
        return raw(text, name, domain)

    def raw(text: str | bytes, name: str = "wait", domain: str = "test"):
        folder = tmp_path / "kpis" / domain
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.sql").write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    kpi.raw = raw
    return kpi


def test_good_file(write):
    found = catalog.load(write(target='"2 d"', definition='"""How\n  long."""'))
    assert list(found) == ["wait"]
    kpi = found["wait"]
    assert (kpi.name, kpi.domain, kpi.file) == ("wait", "test", "kpis/test/wait.sql")
    assert (kpi.target, kpi.definition, kpi.clocks) == (172800.0, "How long.", ("elapsed",))
    assert measure.columns(duckdb.connect(), kpi)


def test_no_file_is_no_kpi(tmp_path):
    assert catalog.load(tmp_path) == {}


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ({"titel": '"x"'}, r"unknown header key 'titel': did you mean 'title'\?"),
        ({"told": '"takes long"'}, r"header key 'told' must say \{value\} once"),
        ({"told": '"takes {value} of {kpi}"'}, r"header key 'told' must say \{value\} once"),
        ({"zebra": '"x"'}, r"unknown header key 'zebra': known keys are audience, clocks, .*unit"),
        ({"title": '"a"\nname = "b"'}, r"unknown header key 'name'"),
        ({"title": '"a"\ndomain = "b"'}, r"unknown header key 'domain'"),
        ({"title": '"a"\nsql = "b"'}, r"unknown header key 'sql'"),
        *[({key: None}, rf"header key '{key}' is missing: add it") for key in HEADER],
        ({"unit": '"durations"'}, r"unit 'durations' is unknown: did you mean 'duration'\?"),
        ({"unit": '"zebra"'}, r"unit 'zebra' is unknown: use one of duration, count, share, currency, index"),
        ({"measure": '"durtion"'}, r"measure 'durtion' is unknown: did you mean 'duration'\?"),
        ({"statistic": '"rate"'}, r"statistic 'rate' is unknown: use one of p50, p85, p90, p95"),
        ({"statistic": '"p51"'}, r"statistic 'p51' is unknown: did you mean 'p50'|'p95'\?"),
        ({"direction": '"down"'}, r"direction 'down' is unknown: use one of lower, higher, none"),
        ({"clocks": '["lapsed"]'}, r"clock 'lapsed' is unknown: use elapsed or working"),
        ({"clocks": "[]"}, r"clock '' is unknown"),
        ({"clocks": '"elapsed"'}, r"header key 'clocks' must be a list of words, not 'elapsed'"),
        ({"clocks": "[1]"}, r"header key 'clocks' must be a list of words"),
        ({"audience": '["boss"]'}, r"audience 'boss' is unknown: use executive, plant manager, operator"),
        ({"audience": "[]"}, r"audience '' is unknown"),
        ({"dimensions": '["line"]'}, r"header key 'dimensions' lacks 'plant': every KPI is cut by plant; add it"),
        ({"title": "5"}, r"header key 'title' must be text in quotes, not 5"),
        ({"title": '" "'}, r"header key 'title' must be text in quotes"),
        (
            {"objective": "0.9"},
            r"an objective for durations needs the limit they must keep, as limit = \"2 d\": add it",
        ),
        ({"objective": "1.5", "limit": '"1 d"'}, r"objective 1\.5 must be a share between 0 and 1"),
        ({"objective": '"soon"'}, r"objective: 'soon' is no quantity"),
        ({"limit": '"1 d"'}, r"a limit without an objective makes no budget"),
        ({"target": '"soon"'}, r"target: 'soon' is no quantity; write a number, or a duration such as"),
        ({"target": "true"}, r"target: True is no quantity"),
        ({"title": "Wait"}, r"the header is not TOML \(.*\): mend that line"),
        ({"title": '"a"\ntitle = "b"'}, r"the header is not TOML"),
    ],
)
def test_slips_in_a_header(write, header, sentence):
    with pytest.raises(CatalogError, match=rf"kpis/test/wait\.sql: {sentence}") as error:
        catalog.load(write(**header))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("select 1", r"no header; open the file with /\* \.\.\. \*/ that holds TOML keys"),
        ("-- a comment\n/* title = 'x' */ select 1", r"no header"),
        ("", r"no header"),
        ("/* title = 'x' select 1", r"no header"),
        ("/*\n*/\nselect 1", r"header key 'title' is missing"),
        (b"/* title = 'Dur\xe9e' */ select 1", r"not readable as UTF-8"),
    ],
)
def test_slips_around_a_header(write, text, sentence):
    with pytest.raises(CatalogError, match=rf"kpis/test/wait\.sql: {sentence}"):
        catalog.load(write.raw(text))


@pytest.mark.parametrize(
    ("measure_of", "statistic", "unit"),
    [("share", "rate", "share"), ("stock", "count", "count"), ("sum", "total", "count")],
)
def test_only_what_takes_time_has_a_clock_of_working_time(write, measure_of, statistic, unit):
    words = {"measure": measure_of, "statistic": statistic, "unit": unit}
    folder = write(clocks='["elapsed", "working"]', **{key: f'"{word}"' for key, word in words.items()})
    with pytest.raises(CatalogError, match=r"kpis/test/wait\.sql: clock 'working' needs a duration"):
        catalog.load(folder)


@pytest.mark.parametrize("select", ["", "  \n", ";"])
def test_header_without_a_select(write, select):
    with pytest.raises(CatalogError, match=r"kpis/test/wait\.sql: no SELECT after the header: add it"):
        catalog.load(write(select))


def test_one_name_in_two_domains(write):
    write()
    with pytest.raises(
        CatalogError, match=r"kpis/test/wait\.sql: a KPI called wait exists in kpis/other/wait\.sql too"
    ):
        catalog.load(write(domain="other"))


@pytest.mark.parametrize("ending", [";", "\n;\n", "-- all of them", "/* all */"])
def test_select_may_end_as_people_end_it(write, ending):
    kpi = catalog.load(write(f"{SELECT} {ending}"))["wait"]
    con = duckdb.connect()
    found = measure.compute(con, kpi, [(date(2026, 1, 5), date(2026, 1, 12))], datetime(2026, 2, 1)).to_pylist()
    assert found[0]["n"] == 1


@pytest.mark.parametrize(
    ("measure_of", "statistic", "left_out", "named"),
    [
        ("duration", "p50", "started_at", "started_at"),
        ("duration", "p50", "working_seconds", "working_seconds"),
        ("duration", "p50", "plant", "plant"),
        ("duration", "p50", "record_id", "record_id"),
        ("duration", "p50", "line", "line"),
        ("share", "rate", None, "at or due_at, is_bad or is_good"),
        ("ratio", "ratio", None, "at, numerator, denominator"),
        ("stock", "count", None, "entered_at, left_at"),
        ("sum", "total", None, "at, amount"),
        ("index", "index", None, "from_on, at, value, low, high, weight, plant_count, reason"),
    ],
)
def test_missing_column_is_named_with_file_and_remedy(write, measure_of, statistic, left_out, named):
    select = f"select * exclude ({left_out}) from ({SELECT})" if left_out else SELECT
    kpi = catalog.load(write(select, measure=f'"{measure_of}"', statistic=f'"{statistic}"'))["wait"]
    with pytest.raises(CatalogError, match=rf"kpis/test/wait\.sql: column {named} is not returned .*add it") as error:
        measure.columns(duckdb.connect(), kpi)
    assert repr(measure_of) in str(error.value)


def test_a_duration_has_no_due_at_of_its_own(write):
    kpi = catalog.load(write(f"select *, started_at as due_at from ({SELECT})"))["wait"]
    with pytest.raises(CatalogError, match=r"kpis/test/wait\.sql: column due_at is that of the service level"):
        measure.columns(duckdb.connect(), kpi)


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("marts", "/* grain = 'x' */ select 1", r"marts/a\.sql: header key 'key' is missing"),
        (
            "marts",
            "/* grain = 'x'\nkeys = ['a'] */ select 1",
            r"marts/a\.sql: unknown header key 'keys': did you mean 'key'",
        ),
        ("lists", "/* title = 'x' */ select 1", r"lists/a\.sql: header key 'definition' is missing"),
        (
            "checks",
            "/* title = 'x'\ndefinition = 'x'\nowner = 'x'\nremedy = 'x'\nseverity = 'bad' */ select 1",
            r"checks/a\.sql: severity 'bad' is unknown: use one of fail, warn",
        ),
        (
            "exceptions",
            "/* title = 'x'\ndefinition = 'x'\nowner = 'x'\nfallback = 'x'\nremedy = 'x'\n"
            "severity = 'hihg'\nsla = '1 d' */ select 1",
            r"exceptions/a\.sql: severity 'hihg' is unknown: did you mean 'high'\?",
        ),
        (
            "exceptions",
            "/* title = 'x'\ndefinition = 'x'\nowner = 'x'\nfallback = 'x'\nremedy = 'x'\n"
            "severity = 'high'\nsla = 'soon' */ select 1",
            r"exceptions/a\.sql: sla: 'soon' is no",
        ),
        (
            "checks",
            "/* title = 'x'\ndefinition = 'x'\nowner = 'x'\nremedy = 'x'\nseverity = 'warn'\n"
            "about = 'masterdata' */ select 1",
            r"checks/a\.sql: about 'masterdata' is unknown: did you mean 'master data'\?",
        ),
        (
            "exceptions",
            "/* title = 'x'\ndefinition = 'x'\nowner = 'x'\nfallback = 'x'\nremedy = 'x'\n"
            "severity = 'high'\nsla = '1 d'\nabout = 'duty' */ select 1",
            r"exceptions/a\.sql: about 'duty' is unknown: did you mean 'duties'\?",
        ),
    ],
)
def test_slips_in_other_files(tmp_path, kind, text, sentence):
    (tmp_path / kind).mkdir()
    (tmp_path / kind / "a.sql").write_text(text)
    with pytest.raises(CatalogError, match=sentence):
        getattr(catalog, kind)(tmp_path)


def test_a_check_about_master_data_says_which_records_are_wrong():
    check = catalog.checks()["duplicate_vendor"]
    catalog.check_check_columns(check, ["record_id", "plant", "is_wrong"])
    catalog.check_check_columns(catalog.checks()["order_without_plant"], ["record_id"])
    with pytest.raises(CatalogError, match=r"duplicate_vendor\.sql: .* with plant and is_wrong: add them"):
        catalog.check_check_columns(check, ["record_id", "plant"])


def mart(folder, name: str, sql: str) -> None:
    (folder / "marts").mkdir(exist_ok=True)
    (folder / "marts" / f"{name}.sql").write_text(f"/* grain = 'x'\nkey = ['a'] */\n{sql}")


def test_marts_come_after_those_they_read(tmp_path):
    mart(tmp_path, "a", "select * from c -- not from d")
    mart(tmp_path, "b", "select 1 /* c */")
    mart(tmp_path, "c", "select * from b")
    mart(tmp_path, "d", "select * from a")
    names = list(catalog.marts(tmp_path))
    assert names == ["b", "c", "a", "d"]


PYTHON_MART = '''"""
grain = "x"
key = ["a"]
reads = ["a"]
"""
import pyarrow as pa


def build(con, as_of):
    return pa.table({"a": [as_of.year]})
'''


def test_a_mart_may_be_a_python_file(tmp_path):
    mart(tmp_path, "a", "select 1 as a")
    mart(tmp_path, "c", "select * from b")
    (tmp_path / "marts" / "b.py").write_text(PYTHON_MART)
    found = catalog.marts(tmp_path)
    assert list(found) == ["a", "b", "c"]
    con = duckdb.connect()
    for one in found.values():
        publish.build_mart(con, one, datetime(2026, 3, 2), "main")
    assert con.execute("select a from c").fetchall() == [(2026,)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (PYTHON_MART.replace("def build", "def built"), r"marts/b.py: no function build\(con, as_of\)"),
        (PYTHON_MART.replace("grain", "grian"), "marts/b.py: unknown header key 'grian': did you mean 'grain'"),
        ("def build(con, as_of): ...", "marts/b.py: header key 'grain' is missing"),
    ],
)
def test_slips_in_python_marts(tmp_path, text, sentence):
    mart(tmp_path, "a", "select 1 as a")
    (tmp_path / "marts" / "b.py").write_text(text)
    with pytest.raises(CatalogError, match=sentence):
        catalog.marts(tmp_path)


def test_marts_in_a_circle(tmp_path):
    mart(tmp_path, "a", "select * from b")
    mart(tmp_path, "b", "select * from a")
    with pytest.raises(CatalogError, match=r"marts read each other in a circle: .*break it"):
        catalog.marts(tmp_path)


# Every KPI there is


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


@pytest.fixture(scope="module")
def period(opened) -> tuple[date, date]:
    """Half a year up to the data's last day."""
    end = opened.as_of.date() + timedelta(days=1)
    return end - timedelta(days=182), end


@pytest.fixture(scope="module")
def rows(opened, period):
    """The rows behind each KPI, read once."""
    return {name: measure.rows(opened, kpi, *period).to_pylist() for name, kpi in KPIS.items()}


@pytest.fixture(scope="module")
def empty(build):
    return build()


def test_there_are_kpis():
    assert len(KPIS) >= 8


@pytest.mark.parametrize("name", KPIS)
def test_kpi_of_an_empty_warehouse_has_no_value_but_a_reason(empty, name):
    for clock in KPIS[name].clocks:
        [found] = measure.values(empty, KPIS[name], date(2026, 1, 5), date(2026, 1, 12), clock=clock).to_pylist()
        assert (found["value"], found["n"], found["is_final"]) == (None, 0, False)
        assert found["reason"]


@pytest.mark.parametrize("name", KPIS)
def test_kpi_of_the_demo_plants_has_a_value(opened, period, name):
    [found] = measure.values(opened, KPIS[name], *period).to_pylist()
    assert found["value"] is not None
    assert found["n"] > 0
    assert found["reason"] is None


@pytest.mark.parametrize("name", KPIS)
def test_cases_over_each_dimension_add_up(opened, period, name):
    [total] = measure.values(opened, KPIS[name], *period).to_pylist()
    for dimension in KPIS[name].dimensions:
        cut = measure.values(opened, KPIS[name], *period, by=dimension).to_pylist()
        assert sum(row["n"] for row in cut) == total["n"], dimension
        assert sum(row["n_open"] for row in cut) == total["n_open"], dimension
        assert len({row["cut"] for row in cut}) == len(cut), dimension


@pytest.mark.parametrize("name", KPIS)
def test_value_is_recomputed_from_the_rows_behind_it(opened, period, rows, name):
    kpi = KPIS[name]
    [found] = measure.values(opened, kpi, *period).to_pylist()
    assert counted(kpi, rows[name]) == found["n"]
    value = recomputed(kpi, rows[name], period, opened.as_of)
    assert found["value"] == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("name", KPIS)
def test_value_of_each_plant_is_recomputed_from_its_rows(opened, period, rows, name):
    kpi = KPIS[name]
    for found in measure.values(opened, kpi, *period, by="plant").to_pylist():
        mine = [row for row in rows[name] if (row["plant"] or "(none)") == found["cut"]]
        assert counted(kpi, mine) == found["n"], found["cut"]
        if found["value"] is None:
            assert found["reason"]
        else:
            # Sums differ by the order of their rows, which a ratio near its standard and an index show magnified.
            near = 1e-8 if kpi.measure == "index" else 1e-9
            again = pytest.approx(recomputed(kpi, mine, period, opened.as_of), rel=near, abs=1e-9)
            assert found["value"] == again, found["cut"]


@pytest.mark.parametrize("name", KPIS)
def test_rows_are_records_of_the_demo_and_no_record_twice_in_one_step(rows, name):
    for row in rows[name]:
        assert row["record_model"] and row["record_id"] and row["instance"] == "demo"
    keys = [tuple(value for key, value in row.items() if key != "record_url") for row in rows[name]]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", [name for name, kpi in KPIS.items() if kpi.measure == "duration"])
def test_lengths_fit_their_ends(opened, rows, name):
    for row in rows[name]:
        end = row["ended_at"] or opened.as_of
        assert row["elapsed_seconds"] == pytest.approx((end - row["started_at"]).total_seconds()), row
        assert row["elapsed_seconds"] >= 0, row


def counted(kpi, rows: list[dict]) -> int:
    """How many cases the rows are: one each, but of an index those it rests on, which its moves share."""
    return round(math.fsum(row["weight"] for row in rows)) if kpi.measure == "index" else len(rows)


def recomputed(kpi, rows: list[dict], period: tuple[date, date], as_of: datetime) -> float | None:
    """The value of a KPI from its rows, without SQL."""
    until = min(datetime.combine(period[1], datetime.min.time()), as_of)
    if kpi.measure == "duration":
        fitter = KaplanMeierFitter().fit(
            [((row["ended_at"] or as_of) - row["started_at"]).total_seconds() for row in rows],
            [row["ended_at"] is not None for row in rows],
        )
        curve = fitter.survival_function_["KM_estimate"]
        reached = curve[curve <= 1 - QUANTILE[kpi.statistic] + 1e-9]
        return float(reached.index[0]) if len(reached) else None
    if kpi.measure == "stock":
        ages = sorted((until - row["entered_at"]).total_seconds() for row in rows)
        assert all(row["left_at"] is None or row["left_at"] >= until for row in rows)
        if kpi.statistic == "count":
            return len(ages)
        return ages[math.ceil(QUANTILE[kpi.statistic] * len(ages) - 1e-9) - 1]
    if kpi.measure == "share":
        hits = [row["is_bad"] if "is_bad" in row else row["is_good"] for row in rows]
        return sum(hits) / len(hits)
    if kpi.measure == "ratio":
        return sum(row["numerator"] for row in rows) / sum(row["denominator"] for row in rows)
    if kpi.measure == "index":
        told = [row for row in rows if row["value"] is not None]
        return math.fsum(row["value"] * row["weight"] for row in told) / math.fsum(row["weight"] for row in told)
    assert kpi.measure == "sum", f"write the recomputation of measure {kpi.measure!r} here"
    return math.fsum(row["amount"] for row in rows)
