"""ops.toml is read strictly: every slip is named with its file, its key and what to write instead."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path

import pytest

from etl import publish as publishing
from etl.systems import every
from queries import config
from queries.config import (
    Config,
    ConfigError,
    Instance,
    Interface,
    Marker,
    N8n,
    Objective,
    Place,
    Plant,
    Recipient,
    Target,
    Tolerance,
    Users,
)

VARIABLES = ("OPS_CONFIG", "ODOO_URL", "ODOO_DB", "ODOO_USER", "N8N_URL")

GOOD = """
[instance.main]
url = "https://erp.example.com"
database = "prod"
user = "etl@example.com"
api_key_env = "MAIN_KEY"

[instance.second]
url = "https://erp2.example.com"

[plant."Lyon"]
company = "Alder France"
warehouse = "WH"
name = "Lyon"
timezone = "Europe/Paris"
instance = "main"
calendar = "Three shifts"

[plant.TUL]
company = "Alder Industries"
warehouse = "TUL"

[users]
automation = ["sync@example.com"]
human = ["Anna@Example.com"]

[target]
open_approval_count = 12
approval_age = "3 d"

[target.release_lead_time]
default = "8 h"

[target.release_lead_time.plant]
Lyon = "1.5 d"
"""


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def read(tmp_path):
    def from_text(text: str | bytes) -> Config:
        path = tmp_path / "ops.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return config.load(path)

    return from_text


def test_good_file(read):
    found = read(GOOD)
    assert found.instances == (
        Instance("main", "https://erp.example.com", "prod", "etl@example.com", api_key_env="MAIN_KEY"),
        Instance("second", "https://erp2.example.com"),
    )
    assert found.plants == (
        Plant("Lyon", "Alder France", "WH", "Lyon", "Europe/Paris", "main", "Three shifts"),
        Plant("TUL", "Alder Industries", "TUL"),
    )
    assert found.users == Users(automation=("sync@example.com",), human=("Anna@Example.com",))
    assert found.targets == (
        Target("open_approval_count", "", 12.0),
        Target("approval_age", "", 3 * 86400.0),
        Target("release_lead_time", "", 8 * 3600.0),
        Target("release_lead_time", "Lyon", 1.5 * 86400.0),
    )


def test_a_schedule_has_eight_hours_of_tolerance_unless_told_otherwise(read):
    assert read("").tolerances == (Tolerance("", 8 * 3600.0),)
    assert read("[schedule]\ntolerance = '1 d'\nplant = { Lyon = '2 h' }\n").tolerances == (
        Tolerance("", 86400.0),
        Tolerance("Lyon", 7200.0),
    )
    assert read("[schedule.plant]\nLyon = 0\n").tolerances == (Tolerance("", 8 * 3600.0), Tolerance("Lyon", 0.0))


def test_service_levels(read):
    """The level of all plants first, then those of single ones; false switches one off."""
    text = """
        [budget]
        no_touch_share = false
        [budget.release_lead_time]
        objective = 0.95
        limit = "2 d"
        clock = "working"
        plant = { Lyon = { objective = 0.9 }, TUL = false }
        [budget.approval]
        plant = { Lyon = { limit = "4 h" } }
    """
    assert read(text).objectives == (
        Objective("no_touch_share", "", is_off=True),
        Objective("release_lead_time", "", 0.95, 2 * 86400.0, "working"),
        Objective("release_lead_time", "Lyon", 0.9),
        Objective("release_lead_time", "TUL", is_off=True),
        Objective("approval", ""),
        Objective("approval", "Lyon", limit=4 * 3600.0),
    )
    assert read("").objectives == ()


def test_goods_are_held_in_quarantine_unless_told_otherwise(read):
    assert read("").quality.quarantine == ("quarantine", "hold", "QC", "quality control")
    assert read("[quality]\nquarantine = ['Sperrlager ', 'WH/Cage']\n").quality.quarantine == ("Sperrlager", "WH/Cage")
    assert read("[quality]\nquarantine = []\n").quality.quarantine == ()


def test_plants_are_compared_with_all_together_unless_some_are_named(read):
    assert read("").harmonization.reference == ()
    named = read("[harmonization]\nreference = ['LYON', 'TUL ']\n")
    assert named.tables()["cfg_reference"]["plant"].to_pylist() == ["LYON", "TUL"]
    with pytest.raises(ConfigError, match=r"\[harmonization\] reference must be a list of codes of plants, as in"):
        read("[harmonization]\nreference = 'LYON'\n")
    with pytest.raises(ConfigError, match=r"\[harmonization\]: unknown key 'refrence': did you mean 'reference'"):
        read("[harmonization]\nrefrence = ['LYON']\n")


def test_machines_stand_where_ops_toml_says(read):
    assert read("").places == ()
    assert read("[place]\n'Press 4' = 'LYON'\n").places == (Place("Press 4", "LYON"),)
    with pytest.raises(ConfigError, match=r"\[place\] 'Press 4' must be the code of a plant in quotes"):
        read("[place]\n'Press 4' = 4\n")


def test_classes_of_risk_begin_at_their_amounts(read):
    assert [(one.name, one.amount) for one in read("").risk_classes] == [("low", 0), ("medium", 1000), ("high", 10000)]
    found = read("[approval]\nrisk = { board = 50000, usual = 0 }\n").risk_classes
    assert [(one.name, one.amount) for one in found] == [("usual", 0), ("board", 50000)]
    for wrong in ("{ high = 5000 }", "{ low = 0, high = 0 }", "{}"):
        with pytest.raises(ConfigError, match="each class begins at an amount of its own, and one at 0"):
            read(f"[approval]\nrisk = {wrong}\n")


def test_ten_seconds_are_too_few_to_look_unless_told_otherwise(read):
    assert (read("").approval.quick, read("[approval]\nquick = '1 min'\n").approval.quick) == (10.0, 60.0)
    for wrong, sentence in (
        ("-1", r"quick -1 is less than nothing: use 0 or more"),
        ("'soon'", "'soon' is no quantity"),
    ):
        with pytest.raises(ConfigError, match=rf"\[approval\] quick.*{sentence.removeprefix('quick ')}"):
            read(f"[approval]\nquick = {wrong}\n")


def test_twenty_documents_in_a_second_are_a_batch_unless_told_otherwise(read):
    assert (read("").touch.batch, read("[touch]\nbatch = 5\n").touch.batch) == (20, 5)
    with pytest.raises(ConfigError, match=r"\[touch\]: batch must be a whole number from 1, not 0"):
        read("[touch]\nbatch = 0\n")


def test_tables_of_a_good_file(read):
    tables = read(GOOD).tables()
    assert {name: table.num_rows for name, table in tables.items()} == {
        "cfg_approval": 1,
        "cfg_interface": 0,
        "cfg_marker": 0,
        "cfg_money": 1,
        "cfg_n8n": 0,
        "cfg_place": 0,
        "cfg_plant": 2,
        "cfg_quarantine": 4,
        "cfg_reference": 0,
        "cfg_risk_class": 3,
        "cfg_target": 4,
        "cfg_tolerance": 1,
        "cfg_touch": 1,
        "cfg_user": 2,
    }
    assert tables["cfg_user"].to_pylist()[1] == {"login": "anna@example.com", "kind": "human"}


def test_tables_of_no_file_have_their_columns():
    tables = Config().tables()
    assert {name: table.num_rows for name, table in tables.items()} == {
        "cfg_approval": 1,
        "cfg_interface": 0,
        "cfg_marker": 0,
        "cfg_money": 1,
        "cfg_n8n": 0,
        "cfg_place": 0,
        "cfg_plant": 0,
        "cfg_quarantine": 4,
        "cfg_reference": 0,
        "cfg_risk_class": 3,
        "cfg_target": 0,
        "cfg_tolerance": 1,
        "cfg_touch": 1,
        "cfg_user": 0,
    }
    assert tables["cfg_target"].schema.names == ["kpi", "plant", "value"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[plants.X]\n", r"ops\.toml: unknown section 'plants': did you mean 'plant'\?"),
        ("[zebra]\n", r"ops\.toml: unknown section 'zebra': known are instance, plant, users, target"),
        ("plant = 3\n", r"ops\.toml: \[plant\] must be a section with keys below it, not 3"),
        ("[plant]\ncode = 'X'\n", r"ops\.toml: \[plant\.code\] must be a section"),
        ("[[plant]]\ncode = 'X'\n", r"ops\.toml: \[plant\] must be a section"),
        (
            "[plant.X]\ncompany = 'A'\nwarehouse = 'W'\ntime_zone = 'UTC'\n",
            r"\[plant\.X\]: unknown key 'time_zone': did you mean 'timezone'\?",
        ),
        ("[plant.X]\ncompany = 'A'\n", r"ops\.toml: \[plant\.X\]: add the missing key; needed are warehouse\."),
        ("[plant.X]\n", r"\[plant\.X\]: add the missing key; needed are company, warehouse\."),
        ("[plant.X]\ncompany = 1\nwarehouse = 'W'\n", r"\[plant\.X\]: company must be text in quotes, not 1"),
        (
            "[plant.X]\ncompany = 'A'\nwarehouse = 'W'\ntimezone = 'Europe/Pari'\n",
            r"\[plant\.X\] timezone 'Europe/Pari' is unknown: use a name such as Europe/Paris",
        ),
        ("[plant.X]\ncompany = 'A'\nwarehouse = 'W'\ntimezone = 'Europe'\n", r"timezone 'Europe' is unknown"),
        ("[plant.X]\ncompany = 'A'\nwarehouse = 'W'\ntimezone = '../../etc'\n", r"timezone '\.\./\.\./etc' is unknown"),
        (
            "[plant.X]\ncompany = 'A'\nwarehouse = 'W'\n[plant.Y]\ncompany = 'A'\nwarehouse = 'W'\n",
            r"\[plant\.Y\] is the same warehouse as \[plant\.X\]: remove one",
        ),
        (
            "[instance.main]\n[plant.X]\ncompany = 'A'\nwarehouse = 'W'\ninstance = 'mian'\n",
            r"\[plant\.X\] instance 'mian' is unknown: did you mean 'main'\?",
        ),
        ("[instance.main]\nstreams = 0\n", r"\[instance\.main\]: streams must be a whole number from 1, not 0"),
        ("[instance.main]\nstreams = '4'\n", r"\[instance\.main\]: streams must be a whole number from 1, not '4'"),
        ("[instance.main]\nurll = 'x'\n", r"\[instance\.main\]: unknown key 'urll': did you mean 'url'\?"),
        ("[instance.main]\npassword = 'x'\n", r"\[instance\.main\]: unknown key 'password'"),
        ("[instance]\nurl = 'x'\n", r"\[instance\.url\] must be a section"),
        ("[instance.main]\nurl = 8069\n", r"\[instance\.main\]: url must be text in quotes, not 8069"),
        ("[users]\nautomatic = ['x']\n", r"\[users\]: unknown key 'automatic': did you mean 'automation'\?"),
        ("[users]\nautomatic = 5\n", r"\[users\]: unknown key 'automatic'"),
        ("[users]\nhuman = 'anna'\n", r"\[users\] human must be a list of logins, as in human ="),
        ("[users]\nhuman = [5]\n", r"\[users\] human must be a list of logins"),
        ("[target]\nx = '8 hours'\n", r"\[target\] x: '8 hours' is no quantity; write a number, or a duration such as"),
        ("[target]\nx = '8,5 h'\n", r"is no quantity"),
        ("[target]\nx = '-1 d'\n", r"is no quantity"),
        ("[target]\nx = true\n", r"True is no quantity"),
        ("[target]\nx = [1]\n", r"is no quantity"),
        ("[target]\nx = nan\n", r"nan is no quantity"),
        ("[target]\nx = inf\n", r"inf is no quantity"),
        ("[target.x]\ndefalt = 1\n", r"\[target\] x: unknown key 'defalt': did you mean 'default'\?"),
        ("[target.x]\nplant = 1\n", r"\[target\] x must be a section"),
        ("[target.x.plant]\nLyon = 'soon'\n", r"\[target\] x, plant Lyon: 'soon' is no quantity"),
        ("[schedule]\ntolerance = 'late'\n", r"\[schedule\] tolerance: 'late' is no quantity"),
        ("[schedule]\ntolerance = -1\n", r"\[schedule\] tolerance -1 is less than nothing: use 0 or more"),
        ("[schedule]\ntolerence = '1 h'\n", r"\[schedule\]: unknown key 'tolerence': did you mean 'tolerance'"),
        ("[schedule.plant]\nLyon = true\n", r"\[schedule\] tolerance: True is no quantity"),
        ("[budget.x]\nobjectve = 0.9\n", r"\[budget\.x\]: unknown key 'objectve': did you mean 'objective'\?"),
        ("[budget.x]\nobjective = 'most'\n", r"\[budget\.x\] objective: 'most' is no quantity"),
        ("[budget.x]\nlimit = 'soon'\n", r"\[budget\.x\] limit: 'soon' is no quantity"),
        ("[budget.x]\nclock = 'wall'\n", r"\[budget\.x\] clock 'wall' is unknown: use elapsed or working"),
        ("[budget]\nx = 0.9\n", r"\[budget\.x\] must be a section with keys below it, not 0\.9"),
        ("[budget]\nx = true\n", r"\[budget\.x\] must be a section"),
        ("[budget.x.plant.Y]\nclock = 'elapsed'\n", r"\[budget\.x\] plant Y: unknown key 'clock'"),
        ("[budget.x.plant]\nY = 5\n", r"\[budget\.x\] plant Y must be a section"),
        ("[retention]\nhistory = '1 w'\n", r"\[retention\] history must be at least 770 d: the scoreboard goes back"),
        ("[retention]\nraw = '1 w'\n", r"\[retention\]: unknown key 'raw': known are history"),
        ("[plant.X\n", r"ops\.toml: not readable as TOML \(.*line 1.*\): mend that line"),
        ("[users]\nhuman = []\nhuman = []\n", r"not readable as TOML"),
        ("[users]\nhuman = ['Ren\xe9']\n".encode("latin-1"), r"not readable as TOML \(.*utf-8.*\)"),
    ],
)
def test_slips(read, text, sentence):
    with pytest.raises(ConfigError, match=sentence) as error:
        read(text)
    assert "ops.toml" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *[(5, 5), (0, 0), (2.5, 2.5), ("90 s", 90), ("15 min", 900), ("8 h", 28800), ("8h", 28800)],
        *[(" 1.5 d ", 129600), ("2 w", 14 * 86400)],
    ],
)
def test_quantities(value, seconds):
    assert config.quantity(value, "here") == seconds


def test_same_warehouse_may_be_named_for_one_instance_and_for_all(read):
    found = read(
        "[plant.X]\ncompany = 'A'\nwarehouse = 'W'\n[plant.Y]\ncompany = 'A'\nwarehouse = 'W'\ninstance = 'main'\n"
    )
    assert len(found.plants) == 2


# Where it is, and what the environment adds


def test_no_file_is_an_empty_configuration(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert config.load() == Config()


def test_file_is_found_where_the_environment_says(tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text("[target]\nx = 1\n")
    monkeypatch.setenv("OPS_CONFIG", str(tmp_path / "mine.toml"))
    assert config.load().targets == (Target("x", "", 1.0),)


def test_missing_file_that_the_environment_names(tmp_path, monkeypatch):
    monkeypatch.setenv("OPS_CONFIG", str(tmp_path / "mine.toml"))
    with pytest.raises(ConfigError, match=r"OPS_CONFIG names .*mine\.toml, which does not exist: create it or unset"):
        config.load()


def test_environment_makes_an_instance(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ODOO_URL", "https://erp.example.com")
    monkeypatch.setenv("ODOO_DB", "prod")
    assert config.load().instances == (Instance("odoo", "https://erp.example.com", "prod"),)


def test_environment_fills_the_first_instance_and_leaves_the_others(read, monkeypatch):
    monkeypatch.setenv("ODOO_URL", "https://other.example.com")
    monkeypatch.setenv("ODOO_DB", "")
    first, second = read(GOOD).instances
    assert first == Instance("main", "https://other.example.com", "prod", "etl@example.com", api_key_env="MAIN_KEY")
    assert second == Instance("second", "https://erp2.example.com")


def test_the_environment_makes_an_n8n_or_says_where_the_first_one_is(read, monkeypatch):
    named = '[[n8n]]\nname = "flows"\nurl = "https://a.example.com"\nstrict = "Send*"\n'
    assert read(named).n8n == (N8n("flows", "https://a.example.com", strict=("Send*",)),)
    monkeypatch.setenv("N8N_URL", "https://n8n.example.com")
    assert read("").n8n == (N8n("n8n", "https://n8n.example.com"),)
    assert [one.url for one in read(f'{named}[[n8n]]\nname = "b"\nurl = "http://b"').n8n] == [
        "https://n8n.example.com",
        "http://b",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[n8n]]\nname = "a"', r"n8n 'a' has no address that begins with http:// or https://: set its url"),
        ('[[n8n]]\nname = "a"\nurl = "https://me:secret@a"', r"n8n 'a' holds a name or password: it is shown"),
        ('[[n8n]]\nname = "a b"\nurl = "http://a"', r"\[\[n8n\]\] 'a b': name must be a word of letters"),
        ('[[n8n]]\nname = "a"\nkey = "x"', r"unknown key 'key'"),
        ('[instance.a]\nurl = "http://a"\n[[n8n]]\nname = "a"\nurl = "http://b"', r"another n8n or Odoo has this name"),
        ('[n8n]\nname = "a"', r"n8n servers are a list: write each below a line \[\[n8n\]\]"),
    ],
)
def test_a_slip_in_an_n8n_is_named(read, text, sentence):
    with pytest.raises(ConfigError, match=sentence):
        read(text)


def test_target_of_a_kpi_that_does_not_exist_stops_a_run():
    mistyped = Config(targets=(Target("relase_lead_time", "", 1.0),))
    with pytest.raises(ConfigError, match=r"\[target\] 'relase_lead_time' is no KPI: use one of .*release_lead_time"):
        publishing.validate(list(every().values()), mistyped)


def test_annotated_example_is_good_as_it_stands_and_with_all_its_examples_switched_on(read):
    text = Path(__file__).parents[2].joinpath("ops.example.toml").read_text(encoding="utf-8")
    assert read(text) == Config()
    found = read(re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.M))
    assert found.instances and found.plants and found.targets
    assert found.users.automation and found.users.integration
    publishing.validate(list(every().values()), found)


INTERFACES = """
[[interface]]
name = "Carrier labels"
source = "n8n"
flow = ["Label*", "Track*"]
owner = "Head of logistics"
system_of_record = "Odoo"
latency = "15 min"
failure = 0.01
silent_after = "4 h"
plant = "LYON"
instance = "prod"

[[interface]]
name = "All jobs"
source = "queue_job"
"""


def test_interfaces_are_read_in_their_order(read):
    labels, jobs = read(INTERFACES).interfaces
    assert labels == Interface(
        "Carrier labels", "n8n", "prod", ("Label*", "Track*"), "LYON", "Head of logistics", "Odoo", 900.0, 0.01, 14400.0
    )
    assert jobs == Interface("All jobs", "queue_job")
    rows = read(INTERFACES).tables()["cfg_interface"].to_pylist()
    assert [(row["number"], row["flow"], row["latency_seconds"], row["plant"]) for row in rows] == [
        (1, "Label*", 900.0, "LYON"),
        (1, "Track*", 900.0, "LYON"),
        (2, "*", None, ""),
    ]
    assert read('[[interface]]\nname = "A"\nsource = "n8n"\nflow = "B*"\n').interfaces[0].flow == ("B*",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[interface.a]\n", "ops.toml: interfaces are a list: write each below a line [[interface]], in double"),
        ('[[interface]]\nname = "A"\n', "[[interface]] 'A': add the missing key; needed are source."),
        ('[[interface]]\nsource = "n8n"\n', "[[interface]] 'number 1': add the missing key; needed are name."),
        ('[[interface]]\nname = " "\nsource = "n8n"\n', "name is empty: fill it in."),
        ('[[interface]]\nname = "A"\nsource = "n8n"\nflow = []\n', "flow is empty: name one, as in flow = "),
        ('[[interface]]\nname = "A"\nsource = "n8n"\nflow = [3]\n', "'A' flow must be text in quotes, or a list"),
        ('[[interface]]\nname = "A"\nsource = "n8n"\nowner = 3\n', "owner must be text in quotes, not 3."),
        ('[[interface]]\nname = "A"\nsource = "n8n"\nlatency = "fast"\n', "'fast' is no quantity; write a number"),
        (
            '[[interface]]\nname = "A"\nsource = "n8n"\nlatency = 0\n',
            'latency must be more than 0, as "15 min", not 0.',
        ),
        (
            '[[interface]]\nname = "A"\nsource = "n8n"\nfailure = 2\n',
            "failure must be a share between 0 and 1, as 0.02",
        ),
        ('[[interface]]\nname = "A"\nsource = "n8n"\nlatancy = 2\n', "unknown key 'latancy': did you mean 'latency'?"),
        ('[[interface]]\nname = "A"\nsource = "n8n"\n' * 2, "is about the same flows as another one before it"),
    ],
)
def test_a_slip_in_an_interface_is_named(read, text, sentence):
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        read(text)


MARKERS = """
[[marker]]
name = "Tablets on the shop floor"
on = 2026-03-02
plants = ["LYON"]
kpis = ["production_cycle_time"]
owner = "Head of production"

[[marker]]
name = "Release orders at once"
plants = ["LYON", "TUL"]
"""


def test_changes_are_read_with_their_day_plants_and_kpis(read):
    tablets, rule = read(MARKERS).markers
    kpis = ("production_cycle_time",)
    owner = "Head of production"
    assert tablets == Marker("Tablets on the shop floor", date(2026, 3, 2), ("LYON",), kpis, owner=owner)
    assert rule == Marker("Release orders at once", plants=("LYON", "TUL"))
    rows = read(MARKERS).tables()["cfg_marker"].to_pylist()
    assert [(row["name"], row["plant"], row["changed_on"], row["kpis"]) for row in rows] == [
        ("Tablets on the shop floor", "LYON", date(2026, 3, 2), ["production_cycle_time"]),
        ("Release orders at once", "LYON", None, None),
        ("Release orders at once", "TUL", None, None),
    ]
    everywhere = read('[[marker]]\nname = "A"\non = 2026-03-02\n').tables()["cfg_marker"].to_pylist()
    assert [row["plant"] for row in everywhere] == [""]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[marker.tablets]\non = 2026-03-02\n", "ops.toml: changes are a list: write each below a line [[marker]]"),
        ("marker = 3\n", "ops.toml: changes are a list: write each below a line [[marker]]"),
        ("[[marker]]\non = 2026-03-02\n", "[[marker]] 'number 1': add the missing key; needed are name."),
        ('[[marker]]\nname = " "\non = 2026-03-02\n', "name is empty: say what changed."),
        ("[[marker]]\nname = 3\non = 2026-03-02\n", "name must be text in quotes, not 3."),
        ('[[marker]]\nname = "A"\n', "[[marker]] 'A' says nothing: add the day of a roll-out, on = 2026-03-02, or"),
        ('[[marker]]\nname = "A"\non = "2026-03-02"\n', "[[marker]] 'A': on = '2026-03-02' is no day: write it as"),
        ('[[marker]]\nname = "A"\non = 2026-03-02T10:00:00\n', "is no day: write it as 2026-03-02, without quotes."),
        ('[[marker]]\nname = "A"\nplants = "LYON"\n', "[[marker]] 'A' plants must be a list of names, as in plants = "),
        ('[[marker]]\nname = "A"\nkpis = [1]\n', "[[marker]] 'A' kpis must be a list of names, as in kpis = "),
        ('[[marker]]\nname = "A"\nday = 2026-03-02\n', "[[marker]] 'A': unknown key 'day'"),
        ('[[marker]]\nname = "A"\non = 2026-03-02\n' * 2, "[[marker]] 'A' stands there twice for 2026-03-02: remove"),
        (
            '[instance.eu]\nurl = "x"\n[[marker]]\nname = "A"\non = 2026-03-02\ninstance = "us"\n',
            "[[marker]] 'A' instance 'us' is unknown: known are eu.",
        ),
    ],
)
def test_a_slip_in_a_change_is_named(read, text, sentence):
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        read(text)


RECIPIENT = '[[digest.recipient]]\nname = "A"\nrole = "operator"\nsend_to = ["DIGEST_A"]\n'


def test_recipients_of_the_digest(read):
    found = read(
        '[digest]\nlink = "https://pulse.example.com"\nstale_after = "30 h"\nlines = 5\n'
        + RECIPIENT
        + 'plants = "LYON"\nbrief_at = "06:30"\ndays = ["Mon", "Fri"]\nquiet = ["20:00", 06:30:00]\nnames = true\n'
        + 'timezone = "Europe/Paris"\nabout = ["brief"]\nseverity = "high"\nstep = "overdue"\nowners = ["Buyer"]\n'
        + RECIPIENT.replace('"A"', '"B"')
        + "brief_at = false\n"
    ).digest
    assert (found.link, found.stale_after, found.lines) == ("https://pulse.example.com", 30 * 3600, 5)
    first, second = found.recipients
    assert first == Recipient(
        "A", "operator", ("DIGEST_A",), ("LYON",), True, "Europe/Paris", time(6, 30), (0, 4), (time(20), time(6, 30)),
        ("brief",), "high", "overdue", ("Buyer",),
    )  # fmt: skip
    assert second.brief_at is None and second.days == tuple(range(7)) and second.quiet is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[digest]\nlnk = "https://a"\n', "ops.toml: [digest]: unknown key 'lnk': did you mean 'link'?"),
        ('[digest]\nlink = "pulse.example.com"\n', "[digest] link must begin with https:// or http://, not"),
        ("[digest]\nstale_after = 0\n", '[digest] stale_after must be more than 0, as "26 h".'),
        ("[digest.recipient]\n", "recipients are a list: write each below a line [[digest.recipient]], in double"),
        ('[[digest.recipient]]\nname = "A"\nrole = "operator"\n', "'A': add the missing key; needed are send_to."),
        (RECIPIENT + RECIPIENT, "[[digest.recipient]] 'A' stands there twice: give each its own name."),
        (RECIPIENT.replace('"A"', '" "'), "name is empty: say who it is."),
        (RECIPIENT.replace("operator", "boss"), "role 'boss' is unknown: use executive, plant manager, operator."),
        (RECIPIENT.replace('["DIGEST_A"]', "[]"), "send_to is empty: name one"),
        (RECIPIENT + 'about = ["kpis"]\n', "unknown about 'kpis': did you mean 'kpi'?"),
        (RECIPIENT + 'days = ["Monday"]\n', "unknown days 'Monday': did you mean 'Mon'?"),
        (RECIPIENT + 'severity = "urgent"\n', "severity 'urgent' is unknown: use high, medium, low."),
        (RECIPIENT + 'step = "late"\n', "step 'late' is unknown: use open, overdue, twice overdue."),
        (RECIPIENT + 'names = "yes"\n', "names must be true or false, not 'yes'."),
        (RECIPIENT + 'brief_at = "7"\n', "brief_at: '7' is no time of the day: write it as \"07:00\"."),
        (RECIPIENT + 'quiet = ["20:00"]\n', 'quiet must be from when to when, as in quiet = ["20:00", "06:30"].'),
        (RECIPIENT + 'timezone = "Paris"\n', "timezone 'Paris' is unknown: use a name such as Europe/Paris."),
    ],
)
def test_a_slip_in_the_digest_is_named(read, text, sentence):
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        read(text)


def test_an_address_in_ops_toml_is_refused_and_not_repeated(read):
    with pytest.raises(ConfigError, match="names the environment variable") as refused:
        read(RECIPIENT.replace("DIGEST_A", "mailto://user:Sesame123@example.com"))
    assert "Sesame123" not in str(refused.value)
