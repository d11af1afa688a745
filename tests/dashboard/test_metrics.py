"""The metric dictionary: every number, rule and term, searched, narrowed and in full."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from dashboard import texts
from queries import catalog, dictionary, docs, readable, warehouse

LYON = "Alder France/WH"


def change(own, *statements: str) -> None:
    with duckdb.connect(str(own / warehouse.current_version(own))) as con:
        for statement in statements:
            con.execute(statement)


@pytest.fixture(scope="module")
def words():
    """Everything that the dictionary is to say somewhere."""
    return [*catalog.load().values(), *catalog.exceptions().values(), *catalog.checks().values()]


def test_every_number_rule_and_term_is_there(open_page, words):
    text = open_page("metrics").text
    assert [one.name for one in words if one.title not in text or one.definition not in text] == []
    assert [term for term, _ in dictionary.GLOSSARY if term not in text] == []
    assert text.count("metric=") == len(catalog.load())


def test_words_find_kpis_rules_and_terms(open_page):
    page = open_page("metrics", find="head of finance")
    text = page.text
    assert page.app.text_input(key="find").value == "head of finance"
    found = dictionary.found(catalog.load().values(), "head of finance")
    assert {kpi.name for kpi in catalog.load().values() if f">{kpi.title}</a>" in text} == {kpi.name for kpi in found}
    assert catalog.exceptions()["bank_account_changed_before_payment"].title in text
    text = open_page("metrics", find="kaplan").text
    assert "Kaplan-Meier" in text and "Signal or noise" not in text
    assert texts.DICTIONARY_NONE in open_page("metrics", find="zzz").text


def test_a_domain_is_shown_alone(open_page):
    text = open_page("metrics", domain="quality").text
    own = [kpi for kpi in catalog.load().values() if kpi.domain == "quality"]
    assert text.count("metric=") == len(own) and texts.DICTIONARY_CHECKS not in text


def test_an_entry_says_all_and_leads_to_the_kpi(open_page, own):
    kpi = catalog.load()["release_lead_time"]
    change(own, f"insert into cfg_target values ('{kpi.name}', '{LYON}', 86400)",
           "update source_state set refused = true where source = 'mrp_production'")  # fmt: skip
    page = open_page("metrics", warehouse=own, metric=kpi.name)
    text = page.text
    for words in (kpi.title, kpi.definition, kpi.owner, texts.period_rule(kpi), "of the KPI's file", "Lyon: 1 d"):
        assert words in text
    assert "mrp_production" in text and "no right" in text
    assert any("Its page" in link for link in page.links)
    assert "of ops.toml" in open_page("metrics", warehouse=own, metric=kpi.name, plant=LYON).text


def test_what_a_plant_has_otherwise_stands_below_the_rule(open_page, own):
    change(own, f"""insert into cfg_exception by name select * replace ('{LYON}' as plant, 3600 as sla, true as is_off)
                    from cfg_exception where exception = 'late_receipt'""")  # fmt: skip
    text = open_page("metrics", warehouse=own, find="receipt overdue").text
    assert "Lyon: off" in text


def test_a_number_that_is_not_there_says_why(open_page, own, monkeypatch):
    change(own, "delete from agg_kpi", "delete from cfg_exception", "delete from cfg_limit")
    now = readable.utc_now()
    monkeypatch.setattr(readable, "utc_now", lambda: now + timedelta(hours=27))
    text = open_page("metrics", warehouse=own, domain="quality").text
    assert texts.NOT_LOADED not in text and texts.NEW_KPI in text and "Stale: the data is from" in text


def test_one_part_that_cannot_be_read_leaves_the_others(open_page, own):
    change(own, "drop table cfg_limit")
    text = open_page("metrics", warehouse=own).text
    assert "was published before it held" in text and "Kaplan-Meier" in text


def test_limits_are_told_in_their_own_kind():
    rules = catalog.exceptions() | catalog.checks()
    assert dictionary.limit(rules["approved_by_creator"], 90 * 86400) == "90 d"
    assert dictionary.limit(rules["adjustment_over_limit"], 1000.0) == "1,000"
    assert dictionary.limit(rules["margin_below_limit"], 0.1) == "0.1"
    assert dictionary.limit(rules["late_receipt"], None) is None


def test_the_document_and_the_page_say_the_same_of_terms():
    text = docs.render()
    assert all(f"| {term} | {meaning} |" in text for term, meaning in dictionary.GLOSSARY)
    assert all(rule.title in text and rule.remedy in text for rule in catalog.exceptions().values())
