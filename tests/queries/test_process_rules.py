"""Process rules are read strictly, replace those built in, and say in each plant what applies."""

from __future__ import annotations

import pytest

from queries import config, process_rules
from queries.config import Config, ConfigError, PlantRule, Process, ProcessRule

GOOD = """
[[process]]
workflow = "purchase"
without = "approved more than twice"

[[process.rule]]
name = "approved once"
kind = "too often"
activity = ["approved", "review approved"]
at_most = 1
weight = 3
owner = "Head of purchasing"
note = "why"
from_amount = 5000
product_families = ["Castings"]
except_plants = "SIN"
plant = { LYON = { at_most = 2, from_amount = 9000 }, TUL = false }

[[process.rule]]
name = "sent before order"
kind = "out of sequence"
activity = "request sent"
before = ["ordered", "approved"]
owner = "Buyer"
"""


@pytest.fixture
def read(tmp_path, monkeypatch):
    for name in ("OPS_CONFIG", "ODOO_URL", "ODOO_DB", "ODOO_USER"):
        monkeypatch.delenv(name, raising=False)

    def from_text(text: str) -> Config:
        path = tmp_path / "ops.toml"
        path.write_text(text, encoding="utf-8")
        return config.load(path)

    return from_text


def table(given: Config) -> list[dict]:
    return process_rules.tables(given)["cfg_process_rule"].to_pylist()


def test_good_rules(read):
    assert read(GOOD).processes == (
        Process(
            "purchase",
            ("approved more than twice",),
            (
                ProcessRule(
                    "approved once",
                    "purchase",
                    "too often",
                    ("approved", "review approved"),
                    at_most=1,
                    weight=3.0,
                    owner="Head of purchasing",
                    note="why",
                    from_amount=5000.0,
                    product_families=("Castings",),
                    except_plants=("SIN",),
                    plant=(PlantRule("LYON", 2, 9000.0), PlantRule("TUL", is_off=True)),
                ),
                ProcessRule(
                    "sent before order",
                    "purchase",
                    "out of sequence",
                    ("request sent",),
                    before=("ordered", "approved"),
                    owner="Buyer",
                ),
            ),
        ),
    )


def test_what_applies_in_each_plant(read):
    rows = [row for row in table(read(GOOD)) if row["rule"] == "approved once"]
    assert [(row["plant"], row["at_most"], row["from_amount"], row["is_off"]) for row in rows] == [
        ("", 1, 5000.0, False),
        ("SIN", 1, 5000.0, True),
        ("LYON", 2, 9000.0, False),
        ("TUL", 1, 5000.0, True),
    ]
    assert rows[0]["definition"] == "approved or review approved at most once" and not rows[0]["is_built_in"]
    names = {row["rule"] for row in table(read(GOOD))}
    assert "approved more than twice" not in names and "ordered more than once" in names


def test_only_in_some_plants_is_nowhere_else(read):
    text = GOOD.replace('except_plants = "SIN"', 'plants = ["LYON", "SIN"]').replace(", TUL = false", "")
    rows = [row for row in table(read(text)) if row["rule"] == "approved once"]
    assert [(row["plant"], row["is_off"]) for row in rows] == [("", True), ("LYON", False), ("SIN", False)]


def test_a_newcomer_has_rules_for_every_workflow(read):
    rows = table(read(""))
    assert {row["workflow"] for row in rows} == set(process_rules.ACTIVITIES)
    assert all(row["is_built_in"] and row["owner"] for row in rows)


def test_a_rule_of_the_same_name_replaces_the_one_built_in(read):
    text = GOOD.replace("approved once", "ordered more than once")
    rows = [row for row in table(read(text)) if row["rule"] == "ordered more than once" and not row["plant"]]
    assert [(row["activities"], row["is_built_in"]) for row in rows] == [(["approved", "review approved"], False)]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[[process]]", "[process]", r"ops.toml: processes are a list: write each below a line \[\[process\]\]"),
        ("[[process.rule]]", "[process.rule.x]", r"rules are a list: write each below a line \[\[process.rule\]\]"),
        ('workflow = "purchase"', "", "add the workflow its rules are about"),
        ('workflow = "purchase"', 'workflow = "purchases"', r"workflow is unknown: did you mean 'purchase'\?"),
        ("twice", "thrice", r"without 'approved more than thrice': no such rule is built in: did you mean 'approved"),
        ('"too often"', '"to often"', r"'approved once': unknown kind 'to often': did you mean 'too often'\?"),
        ('["approved", ', '["aproved", ', r"no activity 'aproved' in purchase: did you mean 'approved'\?"),
        ('["approved", ', '["confirmed", ', "no activity 'confirmed' in purchase: use one of|did you mean"),
        ("at_most = 1", "", "'too often' needs at_most, as in at_most = 1: add it"),
        ("at_most = 1", "at_most = 0", "at_most must be a whole number from 1, not 0"),
        ("at_most = 1", "at_most = true", "at_most must be a whole number from 1, not True"),
        ("at_most = 1", 'at_most = 1\nafter = "ordered"', "'too often' has no after: leave it out"),
        ('before = ["ordered", "approved"]', "", 'needs before, as in before = "ordered": add it'),
        ('before = ["ordered", "approved"]', "before = []", "before is empty: name one"),
        ('before = ["ordered", "approved"]', 'before = "request sent"', "'request sent' stands on both sides"),
        ("weight = 3", "weight = 0", "weight must be more than 0, not 0"),
        ("weight = 3", 'weight = "much"', "'much' is no quantity"),
        ('owner = "Buyer"', "", "add the missing key; needed are name, kind, activity, owner"),
        ('owner = "Buyer"', "owner = 3", "owner must be text in quotes, not 3"),
        ('owner = "Buyer"', 'owner = "Buyer"\ncolour = "red"', "unknown key 'colour'"),
        ('activity = "request sent"', "activity = []", "activity is empty: name one"),
        ('activity = "request sent"', "activity = 3", "activity must be text in quotes, or a list of such texts"),
        ("except_plants", 'plants = "X"\nexcept_plants', "plants and except_plants exclude each other"),
        ("LYON = {", "SIN = {", "plant SIN: the rule does not hold there"),
        ("at_most = 2", "amount = 2", "plant LYON: unknown key 'amount'"),
        ('"sent before order"', '"approved once"', "'approved once' stands there twice"),
    ],
)
def test_every_slip_is_named_with_the_remedy(read, old, new, words):
    assert old in GOOD
    with pytest.raises(ConfigError, match=words):
        table(read(GOOD.replace(old, new, 1) if old != "[[process.rule]]" else GOOD.split(old)[0] + new))


def test_after_and_with_are_two_rules(read):
    text = GOOD.replace('kind = "out of sequence"', 'kind = "excluded"').replace(
        'before = ["ordered", "approved"]', 'after = "ordered"\nwith = "locked"'
    )
    with pytest.raises(ConfigError, match="after and with exclude each other: write two rules"):
        read(text)


def test_production_orders_carry_no_amount(read):
    text = """
        [[process]]
        workflow = "production"
        [[process.rule]]
        name = "x"
        kind = "missing"
        activity = "started"
        owner = "y"
        from_amount = 5
    """
    with pytest.raises(ConfigError, match="a production order carries no amount: leave from_amount out"):
        table(read(text))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (ProcessRule("x", "purchase", "missing", ("ordered",)), "ordered happens before a case is completed"),
        (ProcessRule("x", "purchase", "too often", ("ordered",), at_most=3), "ordered at most 3 times"),
        (ProcessRule("x", "purchase", "out of sequence", ("a",), before=("b", "c")), "a comes before b or c"),
        (ProcessRule("x", "purchase", "excluded", ("a", "d")), "no a or d"),
        (ProcessRule("x", "purchase", "excluded", ("a",), after=("b",)), "no a after b"),
        (ProcessRule("x", "purchase", "excluded", ("a",), with_=("b",)), "a and b not in one case"),
    ],
)
def test_what_must_hold_in_words(rule, words):
    assert process_rules.definition(rule) == words


def test_the_activities_are_those_of_the_marts(build):
    """Whoever adds an activity to dim_activity adds it here, too; fields that changed (rank 90) are no step."""
    models = {"mrp.production": "production", "purchase.order": "purchase"}
    tracked = build().rows("select record_model, activity from dim_activity where rank < 90")
    listed = {(models[row["record_model"]], row["activity"]) for row in tracked if row["record_model"] in models}
    beyond = {
        *((workflow, name) for workflow in models.values() for name in ("created",)),
        *(
            (workflow, f"review {status}")
            for workflow in models.values()
            for status in ("requested", "approved", "rejected")
        ),
        ("purchase", "approved"),
        *(("purchase", name) for name in ("received", "goods held", "goods released", "goods rejected")),
    }
    assert {
        (workflow, name) for workflow, names in process_rules.ACTIVITIES.items() for name in names
    } == listed | beyond
