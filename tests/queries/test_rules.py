"""What applies to an exception or a check: its file, unless ops.toml says otherwise for all plants or for one."""

from __future__ import annotations

import pytest

from queries import catalog, rules
from queries.config import Config, ConfigError, RuleSetting, load
from tests.rows import at, order

NORD, SOUTH = {"picking_type_id": 1, "company_id": 1}, {"picking_type_id": 2, "company_id": 2}


def drafts(build, *settings: RuleSetting, rule: str = "stalled_draft_order") -> dict[int, dict]:
    built = build(
        as_of=at("2026-01-08 08:00"),
        config=Config(exceptions=settings),
        mrp_production=[order(1, **NORD), order(2, **SOUTH), order(3, state="confirmed")],
    )
    return {row["record_id"]: row for row in built.rows(f"select * from fct_exception where exception = '{rule}'")}


def test_as_the_file_says(build):
    found, rule = drafts(build), catalog.exceptions()["stalled_draft_order"]
    assert set(found) == {1, 2}
    row = found[1]
    assert (row["title"], row["severity"], row["owner"], row["fallback"], row["remedy"], row["limit_seconds"]) == (
        rule.title, rule.severity, rule.owner, rule.fallback, rule.remedy, rule.sla
    )  # fmt: skip
    assert row["age_seconds"] == 3 * 86400 and not row["is_overdue"]
    assert row["responsible"] == "Anna"


def test_ops_toml_goes_before_the_file_and_a_plant_before_all(build):
    found = drafts(
        build,
        RuleSetting("stalled_draft_order", "", severity="high", sla=2 * 86400.0),
        RuleSetting("stalled_draft_order", "South/WH", sla=4 * 86400.0, owner="Ann"),
    )
    assert (found[1]["severity"], found[1]["is_overdue"], found[1]["owner"]) == ("high", True, "Production planner")
    assert (found[2]["severity"], found[2]["is_overdue"], found[2]["owner"]) == ("high", False, "Ann")


def test_an_exception_can_be_off_everywhere_in_one_plant_or_in_all_others(build):
    off = RuleSetting("stalled_draft_order", "", is_off=True)
    assert not drafts(build, off)
    assert set(drafts(build, RuleSetting("stalled_draft_order", "Nord/WH", is_off=True))) == {2}
    assert set(drafts(build, off, RuleSetting("stalled_draft_order", "Nord/WH", sla=60.0))) == {1}


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (
            RuleSetting("stalled_draft_orders", "", sla=1.0),
            r"\[exception.stalled_draft_orders\] is no exception: did you",
        ),
        (RuleSetting("stalled_draft_order", "", severity="hihg"), "severity 'hihg' is unknown: use one of high"),
        (RuleSetting("stalled_draft_order", "", limit=3.0), "stalled_draft_order. has no limit: leave it out"),
    ],
)
def test_slips_are_named(setting, sentence):
    with pytest.raises(ConfigError, match=sentence):
        rules.tables(Config(exceptions=(setting,)), catalog.exceptions(), catalog.checks())


def test_checks_can_be_off_milder_or_somebody_elses():
    given = (RuleSetting("record_hidden", "", is_off=True), RuleSetting("plant_code_not_unique", "", severity="warn"))
    found = rules.checks_in_force(catalog.checks(), Config(checks=given))
    assert "record_hidden" not in found
    assert found["plant_code_not_unique"].severity == "warn"
    assert found["order_without_plant"] == catalog.checks()["order_without_plant"]


def read(tmp_path, text: str) -> Config:
    path = tmp_path / "ops.toml"
    path.write_text(text)
    return load(path)


def test_sections_are_read(tmp_path):
    found = read(
        tmp_path,
        """
        [exception]
        short_order = false
        [exception.waiting_approval]
        sla = "2 d"
        fallback = "Boss"
        plant = { "LYON" = { severity = "low" }, "TUL" = false }
        [check.record_hidden]
        owner = "IT"
        """,
    )
    assert found.exceptions == (
        RuleSetting("short_order", "", is_off=True),
        RuleSetting("waiting_approval", "", sla=172800.0, fallback="Boss"),
        RuleSetting("waiting_approval", "LYON", severity="low"),
        RuleSetting("waiting_approval", "TUL", is_off=True),
    )
    assert found.checks == (RuleSetting("record_hidden", "", owner="IT"),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[exception.short_order]\nsal = '1 d'", r"\[exception.short_order\]: unknown key 'sal': did you mean 'sla'"),
        ("[exception.short_order]\nsla = 'soon'", r"\[exception.short_order\] sla: 'soon' is no quantity"),
        ("[exception.short_order]\nowner = 3", r"\[exception.short_order\] owner must be text in quotes, not 3"),
        ("[check.record_hidden]\nplant = { LYON = { severity = 'warn' } }", "plant LYON: unknown key 'severity'"),
        ("[check.record_hidden]\nsla = '1 d'", "unknown key 'sla'"),
    ],
)
def test_slips_in_the_file_are_named(tmp_path, text, sentence):
    with pytest.raises(ConfigError, match=sentence):
        read(tmp_path, text)


def test_a_limit_is_that_of_the_plant_and_none_where_the_rule_is_off(build):
    built = build(mrp_production=[order(1)])
    built.connection.execute(
        "insert into cfg_limit values ('x', '', 5), ('x', 'Lyon', 7), ('x', 'Off', null), ('y', '', 1)"
    )
    found = built.rows(
        "select plant, limit_of('x', plant) as value from (values ('Lyon'), ('Off'), ('Else'), (null)) as v (plant)"
    )
    assert {row["plant"]: row["value"] for row in found} == {"Lyon": 7, "Off": None, "Else": 5, None: 5}
