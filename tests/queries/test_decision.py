"""Decisions: kept for good, seen by those they concern, and clear when they cannot be kept."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest

from queries import decision, readable
from queries.decision import DecisionError
from queries.warehouse import Scope, pseudonym, pseudonym_key

DAYS = (date(2026, 3, 2), date(2026, 3, 4))


def correct(folder, who="Ann", cause="stocktake", why="counted everything", days=DAYS, **of) -> int:
    return decision.correct(who, cause, why, *days, warehouse=folder, **of)


def test_without_a_decision_there_is_none_and_reading_makes_no_file(tmp_path):
    assert decision.corrections(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_correction_says_who_when_why_and_until(tmp_path):
    number = correct(tmp_path, "  Ann ", kpi="release_lead_time", plant="LYON")
    [found] = decision.corrections(tmp_path)
    assert (found.id, found.who, found.cause, found.why) == (number, "Ann", "stocktake", "counted everything")
    assert (found.kpi, found.plant, found.from_on, found.until_on) == ("release_lead_time", "LYON", *DAYS)
    assert abs(readable.utc_now() - found.decided_at) < timedelta(minutes=1)
    assert found.days == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]


@pytest.mark.parametrize(
    ("of", "kpi", "plant", "concerned"),
    [
        ({}, "a", "X", True),
        ({"kpi": "a"}, "a", "X", True),
        ({"kpi": "a"}, "b", "X", False),
        ({"plant": "X"}, "a", "X", True),
        ({"plant": "X"}, "a", "Y", False),
        ({"kpi": "a", "plant": "X"}, "a", "Y", False),
    ],
)
def test_a_correction_concerns_what_it_names_and_else_all(tmp_path, of, kpi, plant, concerned):
    correct(tmp_path, **of)
    [found] = decision.corrections(tmp_path)
    assert found.concerns(kpi, plant) is concerned


def test_what_was_taken_back_stays_readable_with_who_and_why(tmp_path):
    first, second = correct(tmp_path), correct(tmp_path, "Bo")
    decision.withdraw(first, "Cy", "was the week after", tmp_path)
    newest, oldest = decision.corrections(tmp_path)
    assert (newest.id, newest.holds) == (second, True)
    assert (oldest.holds, oldest.withdrawn_by, oldest.withdrawn_why) == (False, "Cy", "was the week after")
    assert oldest.days == [] and oldest.who == "Ann"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda folder: correct(folder, who=" "), "say who decides"),
        (lambda folder: correct(folder, why=""), "say why"),
        (lambda folder: correct(folder, cause="rain"), "cause 'rain' is unknown: use shutdown, stocktake"),
        (lambda folder: correct(folder, days=DAYS[::-1]), "lies before the first, 2026-03-04"),
        (lambda folder: decision.withdraw(7, "Ann", "why", folder), "there is no decision 7: known are none yet"),
    ],
)
def test_what_is_no_decision_is_refused_and_nothing_is_kept(tmp_path, wrong, words):
    with pytest.raises(DecisionError, match=words):
        wrong(tmp_path)
    assert decision.corrections(tmp_path) == []


def test_a_correction_is_taken_back_once(tmp_path):
    number = correct(tmp_path)
    decision.withdraw(number, "Bo", "no", tmp_path)
    with pytest.raises(DecisionError, match="was withdrawn by Bo already"):
        decision.withdraw(number, "Cy", "no", tmp_path)


def test_nothing_is_ever_changed_or_removed(tmp_path):
    correct(tmp_path)
    con = sqlite3.connect(tmp_path / "decisions.sqlite")
    for statement, words in (
        ("update decision set why = 'x'", "not changed"),
        ("delete from decision", "not deleted"),
    ):
        with pytest.raises(sqlite3.IntegrityError, match=words):
            con.execute(statement)
    con.close()
    assert decision.corrections(tmp_path)[0].why == "counted everything"


def test_the_file_is_private(tmp_path):
    before = os.umask(0)
    try:
        correct(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "decisions.sqlite").stat().st_mode) == 0o600


def test_many_decide_at_once_and_none_is_lost(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda n: correct(tmp_path, f"person {n}"), range(40)))
    assert sorted(numbers) == list(range(1, 41))
    assert {one.who for one in decision.corrections(tmp_path)} == {f"person {n}" for n in range(40)}


def test_a_process_that_dies_while_it_decides_leaves_the_file_whole(tmp_path):
    correct(tmp_path)
    script = (
        "import os, sqlite3, sys; con = sqlite3.connect(sys.argv[1], isolation_level=None); con.execute('begin');"
        "con.execute(\"insert into decision (decided_at, who, kind, why) values ('x', 'x', 'withdrawal', 'x')\");"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "decisions.sqlite")], check=False)
    assert correct(tmp_path, "Bo") == 2
    assert [one.who for one in decision.corrections(tmp_path)] == ["Bo", "Ann"]


def test_readers_of_some_plants_see_their_own_and_those_of_all_plants(tmp_path):
    for plant in (None, "X", "Y"):
        correct(tmp_path, plant=plant)
    seen = decision.corrections(tmp_path, Scope(plants=frozenset({"X"})))
    assert [one.plant for one in seen] == ["X", None]


def test_people_are_masked_as_in_the_warehouse(tmp_path):
    number = correct(tmp_path, "Ann")
    decision.withdraw(number, "Bo", "no", tmp_path)
    [found] = decision.corrections(tmp_path, Scope(sees_names=False))
    key = pseudonym_key(tmp_path)
    assert [found.who, found.withdrawn_by] == [pseudonym(name, key) for name in ("Ann", "Bo")]
    assert len(set(found.who)) > 1 and "Ann" not in found.who


def test_people_are_not_named_where_they_cannot_be_masked(tmp_path):
    correct(tmp_path, "Ann")
    (tmp_path / "pseudonym.key").mkdir()
    with pytest.raises(DecisionError, match=r"cannot be hidden: .*pseudonym\.key cannot be read or made"):
        decision.corrections(tmp_path, Scope(sees_names=False))
    assert decision.corrections(tmp_path)[0].who == "Ann"


def test_a_file_that_is_no_database_is_named_with_the_remedy(tmp_path):
    (tmp_path / "decisions.sqlite").write_bytes(b"half a file" * 100)
    with pytest.raises(DecisionError, match=r"decisions\.sqlite cannot be read .*restore it from a backup"):
        decision.corrections(tmp_path)
    with pytest.raises(DecisionError, match="nothing was decided"):
        correct(tmp_path)


def test_an_empty_file_holds_no_decision_yet(tmp_path):
    (tmp_path / "decisions.sqlite").touch()
    assert decision.corrections(tmp_path) == []
    correct(tmp_path)
    assert len(decision.corrections(tmp_path)) == 1


def test_a_full_disk_or_a_file_that_may_not_be_written_decides_nothing(tmp_path):
    """/dev/full takes no byte."""
    (tmp_path / "decisions.sqlite").symlink_to("/dev/full")
    with pytest.raises(DecisionError, match=r"nothing was decided|cannot be read"):
        correct(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DecisionError, match=r"could not be written .*nothing was decided"):
        correct(Path(tmp_path / "nowhere"))


def as_nobody(call) -> str:
    """What `call` returns, called by a user with no rights of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            os.write(writing, str(call()).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, encoding="utf-8") as told:
        return told.read()


def refusal(folder) -> str:
    with pytest.raises(DecisionError) as refused:
        decide(folder)
    return str(refused.value)


def test_a_folder_that_may_only_be_read_is_read_and_takes_nothing():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        correct(folder, "Ann")
        (folder / "decisions.sqlite").chmod(0o444)
        folder.chmod(0o555)
        assert as_nobody(lambda: [one.who for one in decision.corrections(folder)]) == "['Ann']"
        told = as_nobody(lambda: refusal(folder))
        assert "could not be written" in told and "the file and its folder may be written, then decide again" in told
        folder.chmod(0o755)
        assert decision.decisions(folder) == []


TODAY = date(2026, 3, 2)


def accept(folder, who="Ann", owner="Head of purchasing", why="the bank asks for it", rule="once", **of) -> int:
    until = of.pop("until", TODAY)
    return decision.accept(who, owner, why, rule, until, warehouse=folder, **({"today": TODAY} | of))


def test_an_accepted_deviation_has_an_owner_and_a_last_day(tmp_path):
    number = accept(tmp_path, plant="X", until=date(2026, 6, 30))
    [found] = decision.acceptances(tmp_path)
    assert (found.id, found.rule, found.plant, found.owner) == (number, "once", "X", "Head of purchasing")
    assert (found.who, found.why, found.until_on) == ("Ann", "the bank asks for it", date(2026, 6, 30))
    assert found.concerns("once", "X") and not found.concerns("once", "Y") and not found.concerns("twice", "X")
    assert decision.corrections(tmp_path) == []


def test_it_expires_by_itself_after_its_day(tmp_path):
    accept(tmp_path)
    [found] = decision.acceptances(tmp_path)
    days = (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1))
    assert [found.state(day) for day in days] == ["holds", "holds", "expired"]


def test_it_can_be_withdrawn_once_and_decided_anew(tmp_path):
    number = accept(tmp_path)
    with pytest.raises(DecisionError, match=f"accepted until 2026-03-02 already: withdraw {number} first"):
        accept(tmp_path)
    accept(tmp_path, plant="X")  # that is another decision
    decision.withdraw(number, "Bo", "it was wrong", tmp_path)
    with pytest.raises(DecisionError, match="was withdrawn by Bo already"):
        decision.withdraw(number, "Bo", "again", tmp_path)
    accept(tmp_path)
    assert [one.state(TODAY) for one in decision.acceptances(tmp_path)] == ["holds", "holds", "withdrawn"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"owner": " "}, "say who owns it"),
        ({"why": ""}, "say why"),
        ({"who": ""}, "say who decides"),
        ({"until": date(2026, 3, 1)}, "the last day, 2026-03-01, is over: give today, 2026-03-02, or a later one"),
    ],
)
def test_what_is_no_acceptance_is_refused(tmp_path, wrong, words):
    with pytest.raises(DecisionError, match=words):
        accept(tmp_path, **wrong)
    assert decision.acceptances(tmp_path) == []


def test_what_an_acceptance_is_about_is_never_changed_or_removed(tmp_path):
    accept(tmp_path)
    con = sqlite3.connect(tmp_path / "decisions.sqlite")
    for statement in ("update accepted_deviation set rule = 'x'", "delete from accepted_deviation"):
        with pytest.raises(sqlite3.IntegrityError, match="withdraw it"):
            con.execute(statement)
    con.close()


def test_a_file_from_before_there_were_acceptances_holds_none_and_takes_one(tmp_path):
    correct(tmp_path)
    con = sqlite3.connect(tmp_path / "decisions.sqlite")
    con.execute("drop table accepted_deviation")
    con.close()
    assert decision.acceptances(tmp_path) == []
    assert accept(tmp_path) == 2
    assert (len(decision.corrections(tmp_path)), len(decision.acceptances(tmp_path))) == (1, 1)


def test_who_sees_an_acceptance_and_whose_names(tmp_path):
    for plant in (None, "X", "Y"):
        accept(tmp_path, plant=plant, owner="Carla")
    seen = decision.acceptances(tmp_path, Scope(plants=frozenset({"X"}), sees_names=False))
    assert [one.plant for one in seen] == ["X", None]
    assert not {one.who for one in seen} & {"Ann"} and not {one.owner for one in seen} & {"Carla"}


@pytest.mark.parametrize("take", [correct, lambda folder, **of: accept(folder, **of)])
def test_what_costs_money_or_rules_is_not_for_operators_and_the_role_is_kept(tmp_path, take):
    def known() -> list:
        return [*decision.corrections(tmp_path), *decision.acceptances(tmp_path)]

    with pytest.raises(DecisionError, match="is not for the role 'operator': ask somebody who decides as executive or"):
        take(tmp_path, role="operator")
    assert known() == []
    number = take(tmp_path, role=" Plant manager ")
    assert [one.role for one in known()] == ["Plant manager"]
    with pytest.raises(DecisionError, match="is not for the role 'Head of IT'"):
        decision.withdraw(number, "Bo", "no", tmp_path, role="Head of IT")
    assert [one.withdrawn_at for one in known()] == [None]
    decision.withdraw(number, "Bo", "no", tmp_path, role="executive")
    assert [one.withdrawn_by for one in known()] == ["Bo"]


def test_whoever_says_no_role_is_held_to_none_and_files_from_before_roles_are_read(tmp_path):
    decision.withdraw(correct(tmp_path), "Bo", "no", tmp_path)
    accept(tmp_path)
    con = sqlite3.connect(tmp_path / "decisions.sqlite")
    con.execute("drop table decision_role")
    con.close()
    found = [*decision.corrections(tmp_path), *decision.acceptances(tmp_path)]
    assert [one.role for one in found] == [None, None]
    correct(tmp_path, role="executive")
    assert decision.corrections(tmp_path)[0].role == "executive"


ISSUE = "issue:e1-0123456789ab"


def decide(folder, what=decision.ACKNOWLEDGEMENT, who="Ann", about=ISSUE, why="seen", **of) -> int:
    return decision.decide(who, what, about, why, warehouse=folder, **({"today": TODAY} | of))


def test_what_becomes_of_a_subject_is_kept_with_who_when_why_and_until(tmp_path):
    decide(tmp_path, why="", role="Head of IT", plant="X", owner="nobody asked", until_on=TODAY)
    decide(tmp_path, decision.ASSIGNMENT, owner=" Bo ", about="record:prod:sale.order,12")
    decide(tmp_path, decision.MUTE, "Cy", why="the vendor mends it", until_on=date(2026, 3, 9))
    muted, owned, seen = decision.decisions(tmp_path)
    assert (seen.id, seen.who, seen.role, seen.what, seen.why) == (1, "Ann", "Head of IT", "acknowledgement", "")
    assert (seen.subject, seen.plant, seen.owner, seen.until_on) == (ISSUE, "X", None, None)
    assert (owned.owner, owned.subject, owned.until_on) == ("Bo", "record:prod:sale.order,12", None)
    assert (muted.who, muted.why, muted.until_on) == ("Cy", "the vendor mends it", date(2026, 3, 9))
    assert abs(readable.utc_now() - muted.decided_at) < timedelta(minutes=1)
    assert decision.corrections(tmp_path) == decision.acceptances(tmp_path) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"what": "shelve"}, "decision 'shelve' is unknown: use acknowledgement, assignment, mute"),
        ({"who": " "}, "say who decides"),
        ({"what": decision.RESOLUTION, "why": ""}, "say why"),
        ({"what": decision.COMMENT, "why": " "}, "say why"),
        ({"what": decision.ASSIGNMENT, "owner": " "}, "say who owns it"),
        ({"what": decision.MUTE}, "say until which day"),
        ({"what": decision.MUTE, "until_on": date(2026, 3, 1)}, "the last day, 2026-03-01, is over"),
        ({"plant": "Y", "scope": Scope(frozenset({"X"}))}, "is of Y, which you do not see"),
    ],
)
def test_what_says_nothing_of_a_subject_is_refused(tmp_path, wrong, words):
    with pytest.raises(DecisionError, match=words):
        decide(tmp_path, **wrong)
    assert decision.decisions(tmp_path) == []


def test_it_can_be_withdrawn_and_is_never_changed_or_removed(tmp_path):
    number = decide(tmp_path)
    decision.withdraw(number, "Bo", "the wrong one", tmp_path)
    [found] = decision.decisions(tmp_path)
    assert (found.withdrawn_by, found.withdrawn_why) == ("Bo", "the wrong one")
    con = sqlite3.connect(tmp_path / "decisions.sqlite")
    for statement in ("update decision_subject set subject = 'x'", "delete from decision_subject"):
        with pytest.raises(sqlite3.IntegrityError, match="withdraw it"):
            con.execute(statement)
    con.close()


def test_a_file_from_before_there_were_subjects_holds_none_and_takes_one(tmp_path):
    correct(tmp_path)
    accept(tmp_path)
    con = sqlite3.connect(tmp_path / "decisions.sqlite")
    con.execute("drop table decision_subject")
    con.close()
    assert decision.decisions(tmp_path) == []
    assert decide(tmp_path) == 3
    found = (decision.corrections(tmp_path), decision.acceptances(tmp_path), decision.decisions(tmp_path))
    assert [len(of) for of in found] == [1, 1, 1]


def test_who_sees_what_became_of_a_subject_and_whose_names(tmp_path):
    for plant in (None, "X", "Y"):
        decide(tmp_path, decision.ASSIGNMENT, plant=plant, owner="Carla")
    seen = decision.decisions(tmp_path, Scope(plants=frozenset({"X"}), sees_names=False))
    assert [one.plant for one in seen] == ["X", None]
    assert not {one.who for one in seen} & {"Ann"} and not {one.owner for one in seen} & {"Carla"}


def test_processes_that_decide_at_once_lose_nothing_and_readers_see_whole_decisions(tmp_path):
    script = (
        "import sys; from pathlib import Path; from queries import decision\n"
        "for number in range(25): decision.decide(sys.argv[2], 'assignment', f'issue:{number}', owner=sys.argv[2],"
        " warehouse=Path(sys.argv[1]))"
    )
    root = Path(__file__).parents[2]
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), f"P{number}"], cwd=root) for number in range(3)
    ]
    seen = 0
    while any(writer.poll() is None for writer in writers):
        found = decision.decisions(tmp_path)
        assert len(found) >= seen and all(one.owner == one.who for one in found)
        seen = len(found)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert len(decision.decisions(tmp_path)) == 75


OF_X = Scope(frozenset({"X"}))


@pytest.mark.parametrize(
    ("plant", "words"), [("Y", "is of Y, which you do not see"), (None, "several plants, or about none")]
)
@pytest.mark.parametrize("kind", [correct, accept, decide])
def test_who_sees_some_plants_decides_about_those_only(tmp_path, kind, plant, words):
    with pytest.raises(DecisionError, match=words):
        kind(tmp_path, plant=plant, scope=OF_X)
    assert kind(tmp_path, plant="X", scope=OF_X) == 1
    assert decision.withdraw(1, "Cy", "no", tmp_path, scope=OF_X) == 2


@pytest.mark.parametrize(
    ("plant", "words"), [("Y", "there is no decision 1: known are none yet"), (None, "several plants, or about none")]
)
@pytest.mark.parametrize("kind", [correct, accept, decide])
def test_who_sees_some_plants_takes_back_what_is_about_those_only(tmp_path, kind, plant, words):
    kind(tmp_path, plant=plant)
    with pytest.raises(DecisionError, match=words):
        decision.withdraw(1, "Cy", "no", tmp_path, scope=OF_X)
    assert decision.withdraw(1, "Cy", "no", tmp_path, scope=Scope()) == 2
