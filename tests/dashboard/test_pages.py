"""Every page runs, over demo plants and over an empty warehouse, and shows what it promises."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from html import escape
from itertools import cycle
from pathlib import Path

import duckdb
import plotly.offline
import pytest
from streamlit.file_util import get_static_dir

from dashboard import cards, data, health_view, navigation, server, tables, texts
from etl import n8n
from queries import budget, catalog, decision, measure, readable, warehouse

PAGES = [re.sub(r"^\d+_", "", file.stem) for file in navigation.files()]


@pytest.fixture
def demo(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


def test_page_files_are_found():
    assert PAGES[:2] == ["brief", "plants"]
    assert {"kpi", "record", "integrations", "data_health"} <= set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_page_shows_demo_plants_without_a_failed_part(open_page, name):
    page = open_page(name)
    assert "Data as of" in page.text and texts.DEMO_TOLD in page.text
    assert texts.NOT_LOADED not in page.text


@pytest.mark.parametrize("name", ["", *PAGES])
def test_empty_warehouse_says_what_to_run(open_page, tmp_path, name):
    page = open_page(name, warehouse=tmp_path)
    assert texts.EMPTY_TITLE in page.text
    assert "python -m etl demo" in page.text


def test_unreadable_file_says_what_to_run(open_page, tmp_path):
    (tmp_path / "CURRENT").write_text("ops_lost.duckdb")
    page = open_page(warehouse=tmp_path)
    assert texts.UNREADABLE_TITLE in page.text
    assert str(tmp_path) not in page.text


def test_the_brief_leads_to_every_kpi_by_a_card_or_a_line(open_page):
    page = open_page(weeks="13", domain=sorted({kpi.domain for kpi in catalog.load().values()}))
    for kpi in catalog.load().values():
        tile, line = (
            re.search(pattern, page.text, flags=re.DOTALL)
            for pattern in (
                rf'<a class="pp-tile[^"]*" href="kpi\?([^"]*)"[^>]*><b>{re.escape(kpi.title)}</b>',
                rf'<a href="kpi\?([^"]*)">{re.escape(kpi.title)}</a>',
            )
        )
        assert (tile is None) == (kpi.headline is None) != (line is None), kpi.title
        assert {f"kpi={kpi.name}", "weeks=13"} <= set((tile or line)[1].split("&"))


def test_the_brief_draws_the_lines_of_a_domain_while_somebody_wants_them(open_page):
    closed = open_page()
    assert closed.text.count('class="pp-lines"') == 0
    assert "?domain=quality" in closed.addresses
    opened = open_page(domain="quality")
    assert opened.text.count('class="pp-lines"') == 1 and "Quality hold duration" in opened.links


def test_the_brief_shows_the_headline_kpis_first_and_the_others_by_domain(open_page):
    page = open_page()
    titles = [kpi.title for kpi in catalog.load().values()]
    assert [link for link in page.links if link in titles][:6] == [
        "Release lead time",
        "Shortage resolution time",
        "Quality hold duration",
        "Purchase approval turnaround",
        "Integration failure rate",
        "Orders processed without a person",
    ]
    others = [kpi.domain for kpi in catalog.load().values() if kpi.headline is None]
    assert [domain for domain in others if texts.domain(domain) not in page.text] == []


def test_card_shows_the_number_of_the_scoreboard(open_page, demo):

    end = demo.as_of.date().toordinal() + 1
    now = [r for r in measure.scoreboard(demo).to_pylist() if r["plant"] is None and r["period_end"].toordinal() == end]
    text = open_page(domain=sorted({kpi.domain for kpi in catalog.load().values()})).text
    units = {kpi.name: kpi.unit for kpi in catalog.load().values()}
    assert now
    for row in now:
        shown = f"<strong>{readable.measured(row['value'], units[row['kpi']])}</strong>"
        assert (escape(row["reason"]) if row["value"] is None else shown) in text, row["kpi"]


def test_cards_show_working_time_where_it_is_chosen(open_page, demo):

    now = measure.scoreboard(demo, clock="working").to_pylist()
    end = max(row["period_end"] for row in now)
    text = open_page(clock="working", domain=sorted({kpi.domain for kpi in catalog.load().values()})).text
    shown = [row for row in now if row["plant"] is None and row["period_end"] == end]
    assert {row["kpi"] for row in shown} == {name for name, one in catalog.load().items() if "working" in one.clocks}
    for row in shown:
        assert f"<strong>{readable.working_time(row['value'])}</strong>" in text, row["kpi"]
    of_plants = [
        row
        for row in now
        if row["plant"] not in (None, measure.NONE)
        and row["period_end"] == end
        and row["value"] is not None
        and catalog.load()[row["kpi"]].headline is not None
    ]
    assert len(of_plants) > 8
    assert len(re.findall(r", working time(</span>| <span class=.pp-closed)", text)) == len(shown) + len(of_plants)
    assert text.count(texts.NO_TARGET_HERE) == len(shown) + len(of_plants)


def test_links_keep_the_clock(open_page):
    links = [address for address in open_page(clock="working").addresses if address.startswith("kpi?")]
    assert links and all("clock=working" in link for link in links)


@pytest.mark.parametrize("kpi", [name for name, one in catalog.load().items() if "working" in one.clocks])
def test_kpi_page_by_the_clock_of_working_time(open_page, kpi):
    page = open_page("kpi", kpi=kpi, clock="working", weeks="13")
    assert texts.NOT_LOADED not in page.text
    assert readable.WORKING_TIME in page.text
    assert texts.WHICH_COUNT in page.links
    columns = set(re.findall(r'<th scope="col"[^>]*>(.*?)</th>', records(page)))
    assert columns & {"Duration, working time", "Age, working time"}
    assert not columns & {"Duration", "Age"}


@pytest.mark.parametrize(("kpi", "weeks"), list(zip(catalog.load(), cycle(["4", "26"]))))
def test_kpi_page_shows_every_kpi(open_page, kpi, weeks):
    page = open_page("kpi", kpi=kpi, weeks=weeks)
    assert texts.NOT_LOADED not in page.text
    assert catalog.load()[kpi].owner in page.text
    assert "<tbody><tr>" in records(page), "the rows behind the number are missing"


def records(page) -> str:
    return page.html.partition('<section class="pp-panel panel-cases-records">')[2].partition("</section>")[0]


def test_kpi_page_tells_what_changed_and_what_became_of_the_kpi(open_page):
    text = open_page("kpi", kpi="release_lead_time", weeks="26").text
    assert "What changed" in text and "Release orders at once" in text and "% shorter" in text
    assert text.count("every plant was touched") == 1, "one line for all plants together"
    lyon = open_page("kpi", kpi="release_lead_time", plant=["Alder France/WH"]).text
    assert "Release orders at once" not in lyon and lyon.count("every plant was touched") == 1
    assert texts.NO_CHANGES in open_page("kpi", kpi="quality_hold_duration").text
    assert "What changed" not in open_page("kpi", kpi="open_approval_count").text


def test_kpi_page_takes_an_unknown_kpi_for_the_first(open_page):
    page = open_page("kpi", kpi="'; drop table agg_kpi; --")
    headlines = [kpi for kpi in catalog.load().values() if kpi.headline is not None]
    assert page.picked("kpi") == min(headlines, key=lambda kpi: kpi.headline).name


def test_rows_lead_to_their_timeline(open_page):
    found = records(open_page("kpi", kpi="release_lead_time"))
    leads = re.findall(
        r'<tr><td data-label="Record"><a href="record\?instance=demo&amp;model=mrp\.production&amp;id=\d+"', found
    )
    assert len(leads) == found.count("<tr><td") == tables.PAGE


def test_rows_beyond_the_first_page_are_a_link_away(open_page):
    first = open_page("kpi", kpi="release_lead_time")
    second = open_page("kpi", kpi="release_lead_time", page_records="2")
    assert first.leads_to("page_records", "2")["page_records"] == ["2"]
    names = [re.findall(r'data-label="Record"><a [^>]*>(.*?)</a>', records(page)) for page in (first, second)]
    assert not set(names[0]) & set(names[1]) and len(names[1]) == tables.PAGE


def test_a_record_tells_which_hours_count(open_page):
    page = open_page("kpi", kpi="shortage_resolution_time", clock="working")
    asked = page.leads_to("case", texts.WHICH_COUNT)
    shown = open_page("kpi", **{name: value[0] for name, value in asked.items()})
    assert records(shown).count('class="pp-under"') == 1 and "Counted intervals of" in records(shown)
    assert "Counted intervals of" not in records(open_page("kpi", kpi="shortage_resolution_time", case="nothing"))


def test_record_page_shows_events_and_gaps(open_page, demo):
    con = demo.cursor()
    row = (
        con.sql("select * from fct_case where event_count > 5 and not is_open limit 1").to_arrow_table().to_pylist()[0]
    )
    page = open_page("record", instance=row["instance"], model=row["record_model"], id=str(row["record_id"]))
    assert row["name"] in page.text
    assert page.text.count("<time>") == row["event_count"]
    assert "the longest gap" in page.text
    assert texts.DEMO in page.text


@pytest.mark.parametrize("number", ["999999999", "abc", "1 or 1=1", "-1"])
def test_record_that_is_not_there_is_no_crash(open_page, number):
    page = open_page("record", instance="demo", model="mrp.production", id=number)
    assert (texts.record_missing() in page.text) or page.app.text_input


def test_search_finds_a_document_by_part_of_its_name(open_page):
    page = open_page("record", find="mo/0000")
    assert "records found" in page.text
    assert any("WH/MO/0000" in link.replace("\\", "") for link in page.links)


def test_search_that_finds_nothing_says_so(open_page):
    assert texts.SEARCH_NONE in open_page("record", find="no such document").text


def test_data_health_lists_every_source(open_page, demo):
    text = open_page("data_health").text
    sources = [row["source"] for row in warehouse.read(demo, "source_health").to_pylist()]
    assert sources
    assert [source for source in sources if source not in text] == []


def test_data_health_says_of_a_system_that_could_not_be_read_why_and_what_that_costs(open_page, own):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        con.execute("update source_state set problem = 'n8n did not let us in' where source = 'n8n_execution'")
    text = open_page("data_health", warehouse=own).text
    assert "n8n did not let us in" in text and "not read" in text
    assert n8n.EXECUTION.without in text


def test_of_many_affected_kpis_the_first_are_named_and_all_are_there():
    assert health_view._few("A, B & C") == "A, B &amp; C" and health_view._few(None) == "–"
    many = ", ".join("ABCDEFG")
    assert health_view._few(many) == f'<span title="{many}">A, B, C, D, E and 2 more</span>'


def test_filters_come_from_the_url(open_page):
    page = open_page("kpi", weeks="13", plant=["Alder France/WH"])
    assert page.app.session_state["filters"] == data.Filters(13, ("Alder France/WH",))
    assert "91 days to" in page.text


@pytest.mark.parametrize(
    "query", [{"weeks": "99"}, {"weeks": "x"}, {"clock": "lunar"}, {"plant": ["Atlantis"]}, {"plant": ["'"]}]
)
def test_illegal_filters_fall_back(open_page, query):
    assert open_page(**query).app.session_state["filters"] == data.Filters()


def test_one_failing_part_leaves_the_rest(open_page, monkeypatch, caplog):
    right = cards.tile

    def broken(reading, *of):
        if reading.kpi.name == "release_lead_time":
            raise RuntimeError("secret detail")
        return right(reading, *of)

    monkeypatch.setattr(cards, "tile", broken)
    page = open_page()
    assert texts.NOT_LOADED in page.text
    assert "secret detail" not in page.text
    assert "secret detail" in caplog.text
    assert "Shortage resolution time" in page.links and texts.OTHERS in page.text


def test_stale_data_is_marked(open_page, monkeypatch):
    from datetime import timedelta

    now = readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now + timedelta(hours=27))
    assert "Stale: the data is from" in open_page().text


def test_a_newly_published_version_is_taken_over(open_page, demo_warehouse, tmp_path):
    folder = tmp_path / "warehouse"
    folder.mkdir()
    name = (demo_warehouse / "CURRENT").read_text().strip()
    shutil.copy(demo_warehouse / name, folder / "ops_1.duckdb")
    shutil.copy(demo_warehouse / name, folder / "ops_2.duckdb")
    (folder / "CURRENT").write_text("ops_1.duckdb")
    page = open_page(warehouse=folder)
    assert "ops_1" in page.text
    (folder / "CURRENT").write_text("ops_2.duckdb")
    page.app.run()
    assert "ops_2" in page.text


def test_pages_keep_the_rules():
    """No query, no cache, no colour and no reshaping in a page; nothing of the ETL anywhere in the dashboard."""
    for file in Path(navigation.FOLDER).parent.rglob("*.py"):
        code = file.read_text(encoding="utf-8")
        assert not re.search(r"\betl\b(?!`| demo| check| refresh)", re.sub(r'"[^"\n]*"', '""', code)), file
        assert "plotly.express" not in code, file
        if file.parent == navigation.FOLDER:
            assert len(code.splitlines()) <= 60, file
            assert not re.search(r"st\.cache_|#[0-9A-Fa-f]{6}\b|def main|import pandas|\bselect\b .* \bfrom\b", code), (
                file
            )


# Budgets


def test_the_budget_of_each_plant_is_on_the_kpi_page(open_page, demo_warehouse):
    page = open_page("kpi", kpi="release_lead_time")
    opened = warehouse.open(warehouse=demo_warehouse)
    found = [one for one in budget.read(opened, []) if one.kpi == "release_lead_time"]
    now = [one for one in found if one.start == found[0].start]
    assert len(now) == 5
    for one in now:
        assert readable.misses(one.n_missed, one.n_allowed, True) in page.text
        assert f"{one.n_due} of about {one.n_expected:.0f}" in page.text
    assert "Service level 90 % within 2 d" in page.text
    assert f"Budget of {now[0].start:%B}" in page.text and "Months before" in page.text
    caption = "<caption>Budgets of the months before</caption>"
    assert caption not in page.text  # made only for who looks at them
    assert caption in open_page("kpi", kpi="release_lead_time", months_before="1").text


def test_a_kpi_that_a_filter_cannot_narrow_shows_why_and_its_definition(open_page):
    text = open_page("kpi", kpi="automated_event_share", family="Gear pumps").text
    assert "no number" in text and "<dt>Definition</dt>" in text and texts.NOT_LOADED not in text


def test_a_kpi_without_a_service_level_has_no_budget_panel(open_page):
    assert "Budget of" not in open_page("kpi", kpi="time_to_ready").text


def test_days_are_left_out_on_the_page_and_taken_back(open_page, own):
    assert not open_page("kpi", warehouse=own, kpi="release_lead_time").app.text_input
    page = open_page("kpi", warehouse=own, kpi="release_lead_time", leave_out="1")
    app = page.app
    as_of = warehouse.open(warehouse=own).as_of.date()
    before = page.text

    def decide(button: str, **given) -> None:
        for label, value in given.items():
            wanted = label.replace("_", " ")
            [field] = [field for field in app.text_input if field.label == wanted and field.form_id.startswith(form)]
            field.set_value(value)
        next(one for one in app.button if one.label == button).click().run()

    form = "correct"
    app.date_input[0].set_value((as_of.replace(day=1), as_of))
    decide("Leave them out")
    assert "Say who decides" in app.error[0].value and decision.corrections(own) == []
    app.date_input[0].set_value((as_of.replace(day=1), as_of))
    decide("Leave them out", Who_decides="Ann Moreau", Why="Floods")
    [kept] = decision.corrections(own)
    assert (kept.who, kept.why, kept.kpi, kept.plant) == ("Ann Moreau", "Floods", "release_lead_time", None)
    assert (kept.from_on, kept.until_on) == (as_of.replace(day=1), as_of)
    assert "Left out by decision:" in page.text and "Floods" in page.text and page.text != before
    form = "withdraw"
    decide("Take it back", Who_decides="Bo", Why="It was dry")
    assert not decision.corrections(own)[0].holds
    assert "taken back by Bo: It was dry" in page.text and "Left out by decision:" not in page.text


def test_decisions_that_cannot_be_read_cost_the_budgets_and_not_the_page(open_page, own):
    (own / "decisions.sqlite").write_bytes(b"half a file" * 100)
    page = open_page("kpi", warehouse=own, kpi="release_lead_time")
    assert "could not be loaded" in page.text and "Definition" in page.text and "half take less" in page.text
    brief = open_page(warehouse=own)
    assert texts.NO_DECISIONS in brief.text and texts.DECISIONS_UNREADABLE in brief.text
    assert texts.NOT_LOADED not in brief.text


def test_what_is_still_open_after_how_long_is_a_view_of_the_spread(open_page):
    page = open_page("kpi", kpi="shortage_resolution_time", spread="still open")
    assert "Half ended within" in page.text and "Kaplan-Meier" in page.text
    assert "Half ended within" not in open_page("kpi", kpi="approval_age", spread="still open").text


def test_a_file_published_before_there_were_budgets_shows_all_else(open_page, own):
    """What is served while the first refresh of a new version of Plant Pulse runs."""
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        for table in ("agg_due", "cfg_objective", "agg_budget", "agg_change_effect", "fct_change_marker"):
            con.execute(f"drop table {table}")
        con.execute("alter table agg_kpi drop column value_closed")
        con.execute("alter table source_state drop column problem")
    page = open_page("kpi", warehouse=own, kpi="release_lead_time")
    assert "half take less" in page.text and "Definition" in page.text
    assert texts.NOT_LOADED not in open_page("data_health", warehouse=own).text
    assert texts.NOT_LOADED not in open_page(warehouse=own).text


def test_a_kpi_as_known_on_an_earlier_day_stands_beside_what_is_known_now(open_page, own):
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        [(as_of, week)] = con.execute(
            """select as_of, max(period_start) from agg_kpi
               where kpi = 'release_lead_time' and plant is null and period = 'week' and clock = 'elapsed' and is_final
               group by as_of"""
        ).fetchall()
        con.execute(
            """insert into agg_kpi_history by name
               select * replace ('earlier' as run, as_of - interval 7 day as as_of,
                   if(period_start = $week, value + 3600, value) as value)
               from agg_kpi where kpi = 'release_lead_time'""",
            {"week": week},
        )
    asked = {"kpi": "release_lead_time", "as_known": "1"}
    text = open_page("kpi", warehouse=own, known_on=str(as_of.date() - timedelta(days=5)), **asked).text
    assert "1 week that was final then says something else now" in text
    table = text.partition(f"<caption>{texts.AS_KNOWN}</caption>")[2].partition("</table>")[0]
    assert table.count("restated") == 1 and table.count("unchanged") > 5
    none = open_page("kpi", warehouse=own, known_on=str(as_of.date() - timedelta(days=30)), **asked).text
    assert texts.AS_KNOWN_NONE in none


def test_what_pages_load_early_are_parts_that_streamlit_has():
    built = Path(get_static_dir(), "static/js")
    assert [part for part in server.SOON if len(list(built.glob(f"{part}.*.js"))) != 1] == []


def test_a_page_with_charts_comes_with_what_draws_them():
    loaded = re.compile(r'<script defer src="./-/plotly-cartesian.min.js')
    assert loaded.search(server._frame("kpi")) and not loaded.search(server._frame(""))
    [version] = re.findall(r"plotly.js \(cartesian - minified\) v(\S+)", server.PLOTLY.read_text(encoding="utf-8"))
    assert version == plotly.offline.get_plotlyjs_version()  # by which tests/dashboard/test_parts.py checks the charts
