"""Inboxes: files of other systems become events, row by row; nothing is lost, nothing counts twice."""

from __future__ import annotations

import errno
import json
import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl import inbox, landing, load
from queries.config import Config, ConfigError, Inbox
from queries.config import load as configuration

CONFIG = Config(inboxes=(Inbox("mes", system="MES", direction="in", plant="LYON"),))
HEADER = "run_id,flow,status,started_at,ended_at"


class Bench:
    """A warehouse folder with one inbox, and runs that land and load what lies in it."""

    def __init__(self, folder, config=CONFIG):
        self.folder, self.config, self.said = folder, config, []
        self.place = inbox.folder_of(config.inboxes[0], folder)
        self.place.mkdir(parents=True, exist_ok=True)
        self.number = 0

    def drop(self, name: str, content: str | bytes, seconds_ago: float = 60.0):
        """A file that was written so long ago."""
        path = self.place / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (time.time() - seconds_ago,) * 2)
        return path

    def start(self):
        self.number += 1
        folder = self.folder / "landing" / f"20260101T0000{self.number:02d}Z"
        folder.mkdir(parents=True)
        return folder

    def land(self, run=None):
        run = run or self.start()
        progress = SimpleNamespace(say=self.said.append, rows=lambda *told: None)
        inbox.land(None, self.config, run, {"inbox_event"}, progress)
        return run

    def load(self, run):
        con = load.open_work(self.folder)
        con.execute("begin")
        load.load_source(con, inbox.FILE, "mes", run, datetime(2026, 1, 1, 0, 0, self.number))
        loaded = load.load_source(con, inbox.EVENT, "mes", run, datetime(2026, 1, 1, 0, 0, self.number))
        con.execute("commit")
        con.close()
        return loaded

    def read(self):
        """A whole run: landed, loaded, files moved away."""
        run = self.land()
        loaded = self.load(run)
        inbox.finish(self.config, run)
        return loaded

    def rows(self, columns="*"):
        con = duckdb.connect(str(self.folder / "work.duckdb"), read_only=True)
        try:
            found = con.sql(f"select {columns} from stg_inbox_event order by line, id")
            return found.to_arrow_table().to_pylist()
        finally:
            con.close()

    def told(self):
        """What is kept of each file: rows, rejected lines, why none of it was read."""
        con = duckdb.connect(str(self.folder / "work.duckdb"), read_only=True)
        try:
            found = con.sql("select file, row_count, rejected_count, reason from stg_inbox_file order by all")
            return found.fetchall()
        finally:
            con.close()

    def files(self, folder="."):
        return sorted(path.name for path in (self.place / folder).rglob("*") if path.is_file())

    def rejected(self):
        """Line and reason of all that was rejected."""
        found = []
        for path in sorted((self.place / "rejected").glob("*.jsonl")):
            found += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if '"reason"' in line]
        return [(one["line"], one["reason"]) for one in found]


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_csv_json_lines_and_parquet_say_the_same(bench):
    row = {"run_id": "7", "flow": "order", "status": "OK", "ended_at": "2026-01-05T09:15:00+01:00", "attempts": 2}
    bench.drop("a.csv", "run_id;flow;status;ended_at;attempts\n7;order;OK;2026-01-05T09:15:00+01:00;2\n")
    assert bench.read().new == 1
    bench.drop("b.jsonl", json.dumps(row) + "\n\n")
    pq.write_table(
        pa.table({k: [v] for k, v in row.items()} | {"ended_at": [datetime(2026, 1, 5, 8, 15, tzinfo=UTC)]}),
        bench.place / "c.parquet",
    )
    bench.drop("c.parquet", (bench.place / "c.parquet").read_bytes())
    assert bench.read().new == 0  # the same report is the same report
    [found] = bench.rows()
    assert found | {"status": "success", "native_status": "OK", "attempts": 2} == found
    assert found["ended_at"] == found["reported_at"] == datetime(2026, 1, 5, 8, 15)
    assert (found["system"], found["direction"], found["plant"]) == ("MES", "in", "LYON")
    assert bench.files("done") == ["a.csv", "b.jsonl", "c.parquet"] and not bench.files("rejected")


BAD = [
    ({"run_id": " "}, "run_id is empty: every row needs run_id, flow, status"),
    ({"status": "meh"}, "status is 'meh': allowed are pending, new, created"),
    ({"status": None}, "status is empty"),
    ({"attempts": "-1"}, "attempts is '-1': allowed are whole numbers from 0"),
    ({"attempts": True}, "attempts is 'True': allowed are whole numbers from 0"),
    ({"ended_at": "5.1.2026"}, "ended_at is '5.1.2026': allowed are times such as 2026-03-02T08:15:00Z"),
    ({"ended_at": "2026-01-05"}, "ended_at is '2026-01-05': allowed are times"),
    ({"ended_at": 1767600000}, "ended_at is '1767600000': allowed are times"),
    ({"ended_at": "0001-01-01T00:00:00+14:00"}, "there is no such time"),
    ({"ended_at": "2126-01-05T08:00:00Z"}, "ended_at is '2126-01-05T08:00:00Z': it lies in the future"),
    ({"direction": "up"}, "direction is 'up': allowed are in, inbound, incoming, out"),
    ({"trigger": "moon"}, "trigger is 'moon': allowed are webhook, schedule"),
    ({"failure_class": "bad luck"}, "failure_class is 'bad luck': allowed are technical, business"),
    ({"is_dead_letter": "maybe"}, "is_dead_letter is 'maybe': allowed are true, yes, 1, false, no, 0"),
    ({"flow": {"a": 1}}, "flow is \"{'a': 1}\": it must be text"),
    ({"flow": "x" * 301}, "at most 300 characters"),
    ({"record_url": "javascript:alert(1)"}, "allowed are addresses that begin with https://"),
]


DOCUMENTED = (Path(__file__).parents[2] / "docs/operating.md").read_text(encoding="utf-8")


def test_the_example_of_the_documentation_is_read_and_says_what_it_claims(bench):
    [example] = re.findall(r"```csv\n(.*?)```", DOCUMENTED, flags=re.S)
    bench.drop("example.csv", example)
    assert bench.read().new == 4 and not bench.rejected()
    told = [(row["run_id"], row["status"], row["attempts"]) for row in bench.rows()]
    assert told == [("7001", "success", 1), ("7002", "retrying", 1), ("7002", "success", 2), ("7003", "failed", 1)]
    assert {row["ended_at"] for row in bench.rows() if row["run_id"] == "7002"} == {
        datetime(2026, 3, 2, 8, 15, 30), datetime(2026, 3, 2, 8, 25, 31)
    }  # fmt: skip


def test_every_column_and_status_is_documented():
    section = DOCUMENTED.split("## Inboxes")[1].split("\n## ")[0]
    named = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", section, flags=re.M)))
    assert sorted(named) == sorted([*inbox.COLUMNS, *inbox.STATUSES])
    for status, words in inbox.STATUSES.items():
        assert f"| `{status}` | {', '.join(words)} |".replace("|  |", "| |") in section
    for allowed in (inbox.TRIGGERS, inbox.FAILURE_CLASSES):
        assert all(f"`{word}`" in section for word in allowed)


def test_each_bad_row_is_put_aside_with_its_line_column_value_and_what_is_allowed(bench):
    good = {"run_id": "1", "flow": "order", "status": "ok"}
    lines = [json.dumps(good | change) for change, _ in BAD]
    bench.drop("log.jsonl", "\n".join([json.dumps(good), *lines, "no json", "[1]"]) + "\n")
    assert bench.read().new == 1
    found = bench.rejected()
    assert [line for line, _ in found] == list(range(2, len(BAD) + 4))
    for (_, reason), (_, wanted) in zip(found, BAD, strict=False):
        assert wanted in reason
    assert "no JSON" in found[-2][1] and "no JSON object" in found[-1][1]
    assert bench.files("done") == ["log.jsonl"]
    assert any(f"log.jsonl, 1 rows read, {len(BAD) + 2} lines rejected" in words for words in bench.said)


def test_lines_of_a_csv_file_are_counted_as_an_editor_counts_them(bench):
    bench.drop("log.csv", 'run_id,flow,status,error_text\n1,a,ok,"two\nlines"\n2,a,nope,\n3,a\n4,a,ok,"a,b"\n')
    assert bench.read().new == 2
    assert [line for line, _ in bench.rejected()] == [4, 5]
    assert bench.rejected()[1][1] == "2 values for the 4 columns of the first line"
    assert [row["error_text"] for row in bench.rows("error_text, line, id")] == ["two lines", "a,b"]


def test_a_mended_file_may_be_dropped_again(bench):
    bench.drop(
        "log.jsonl", '{"run_id": "1", "flow": "a", "status": "ok"}\n{"run_id": "2", "flow": "a", "status": "x"}\n'
    )
    assert bench.read().new == 1
    bench.drop(
        "log.jsonl", '{"run_id": "1", "flow": "a", "status": "ok"}\n{"run_id": "2", "flow": "a", "status": "ok"}\n'
    )
    assert bench.read().new == 1
    assert bench.files("done") == ["log-2.jsonl", "log.jsonl"]
    assert bench.told() == [("log.jsonl", 1, 1, None), ("log.jsonl", 2, 0, None)]


UNREADABLE = {
    "log.csv": ("name,when\n1,2\n", "the first line has no column run_id, flow, status"),
    "twice.csv": ("run_id,flow,status,flow\n1,a,ok,b\n", "names flow more than once"),
    "open.csv": (f'{HEADER}\n1,a,ok,"2026,\n2,a,ok,,\n', "it is no CSV after line"),
    "log.xlsx": (b"PK\x03\x04", ".xlsx is not known: call the file .csv, .jsonl or .parquet"),
    "log.parquet": (b"PAR1 but not really", "it is no Parquet file"),
    "half.csv": ("run_id,flow,status\n1,a,ok\n".encode("utf-16") + b"\x00", "it is no CSV after line"),
    "bytes.jsonl": (b"\x00\x01\x02\n", "no line of it could be understood"),
    "empty.parquet": (b"", "it is no Parquet file"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_moves_aside_whole_with_its_reason(name, bench):
    content, reason = UNREADABLE[name]
    bench.drop(name, content)
    bench.drop("good.jsonl", '{"run_id": "1", "flow": "a", "status": "ok"}\n')
    assert bench.read().new == 1
    assert bench.files("done") == ["good.jsonl"]
    [moved, why] = bench.files("rejected")
    assert moved == name and why.startswith(f"{name}.20") and why.endswith("Z.jsonl")
    assert any(reason in words for words in bench.said)
    [_, (file, rows, count, why)] = bench.told() if name > "good" else reversed(bench.told())
    assert (file, rows, count) == (name, 0, 1) and reason in why


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_that_name_themselves_are_read(encoding, bench):
    bench.drop("log.csv", "run_id,flow,status\n1,Bestätigung,ok\n".encode(encoding))
    bench.drop("log.jsonl", '{"run_id": "2", "flow": "Bestätigung", "status": "ok"}\n'.encode(encoding))
    assert bench.read().new == 2
    assert {row["flow"] for row in bench.rows()} == {"Bestätigung"}


@pytest.mark.parametrize("name", ["log.csv", "log.jsonl"])
def test_a_row_in_another_encoding_is_rejected_and_the_others_are_read(name, bench):
    lines = ["1,Bestätigung,ok", "2,order,ok"]
    if name == "log.jsonl":
        lines = [
            '{"run_id": "1", "flow": "Bestätigung", "status": "ok"}',
            '{"run_id": "2", "flow": "order", "status": "ok"}',
        ]
    header = "run_id,flow,status\n" if name == "log.csv" else ""
    bench.drop(name, (header + "\n".join(lines) + "\n").encode("latin-1"))
    assert bench.read().new == 1
    [(_, reason)] = bench.rejected()
    assert "not UTF-8" in reason


@pytest.mark.parametrize("content", ["", f"{HEADER}\n", "\n"])
def test_an_empty_file_is_done(content, bench):
    bench.drop("log.csv" if content.startswith("run") else "log.jsonl", content)
    assert bench.read().read == 0
    assert bench.files("done") and not bench.files("rejected")


def test_files_that_may_still_be_written_are_left_alone(bench):
    row = '{"run_id": "1", "flow": "a", "status": "ok"}\n'
    names = ["now.jsonl", "upload.jsonl.part", ".hidden.jsonl", "log.tmp"]
    bench.drop(names[0], row, seconds_ago=1)
    for name in names[1:]:
        bench.drop(name, row)
    (bench.place / "link.jsonl").symlink_to(bench.place / "log.tmp")
    assert bench.read().read == 0
    assert bench.files() == sorted([*names, "link.jsonl"])
    os.utime(bench.place / "now.jsonl", (time.time() - 60,) * 2)
    assert bench.read().read == 1


def test_a_file_that_changes_while_it_is_read_is_read_the_next_time(bench, monkeypatch):
    path = bench.drop("log.jsonl", '{"run_id": "1", "flow": "a", "status": "ok"}\n')
    was = inbox._land_file

    def written_meanwhile(*arguments):
        found = was(*arguments)
        with path.open("a") as file:
            file.write('{"run_id": "2", "flow": "a", "status": "ok"}\n')
        return found

    monkeypatch.setattr(inbox, "_land_file", written_meanwhile)
    assert bench.read().read == 0 and path.exists()
    monkeypatch.undo()
    os.utime(path, (time.time() - 60,) * 2)
    assert bench.read().read == 2


def test_a_file_replaced_after_it_was_read_is_not_moved_away_unread(bench):
    bench.drop("log.jsonl", '{"run_id": "1", "flow": "a", "status": "ok"}\n')
    run = bench.land()
    bench.drop("log.jsonl", '{"run_id": "2", "flow": "a", "status": "ok"}\n', seconds_ago=30)
    bench.load(run)
    inbox.finish(bench.config, run)
    assert bench.files() == ["log.jsonl"]
    assert bench.read().new == 1 and len(bench.rows()) == 2


@pytest.mark.parametrize("until", ["reading", "landed", "loaded"])
def test_killed_anywhere_the_next_run_loses_nothing_and_doubles_nothing(until, bench, monkeypatch):
    for number in range(3):
        bench.drop(f"{number}.jsonl", f'{{"run_id": "{number}", "flow": "a", "status": "ok"}}\n', 60 - number)
    run = bench.start()
    if until == "reading":
        was, pages = landing.write_table, []

        def second_page_never_comes(path, table):
            if pages:
                raise KeyboardInterrupt
            pages.append(path)
            was(path, table)

        monkeypatch.setattr(landing, "write_table", second_page_never_comes)
        with pytest.raises(KeyboardInterrupt):
            bench.land(run)
        monkeypatch.undo()
        assert pages[0].exists()
        bench.land(run)  # the same run is resumed
        assert bench.load(run).new == 3
    else:
        bench.land(run)
        if until == "loaded":
            bench.load(run)
    assert len(bench.files()) == 3
    bench.read()
    assert [row["run_id"] for row in bench.rows("run_id, line, id")] and len(bench.rows()) == 3
    assert bench.files("done") == ["0.jsonl", "1.jsonl", "2.jsonl"] == bench.files()


def test_a_full_disk_leaves_the_files_where_they_are(bench, monkeypatch):
    def full(*arguments, **named):
        raise OSError(errno.ENOSPC, "No space left on device")

    bench.drop("log.jsonl", '{"run_id": "1", "flow": "a", "status": "ok"}\n{"run_id": "2"}\n')
    run = bench.start()
    for broken in ("write_table", "write_text_atomically"):
        monkeypatch.setattr(landing, broken, full)
        with pytest.raises(OSError, match="No space left"):
            bench.land(run)
        assert bench.files() == ["log.jsonl"] and landing.read_done(run, inbox.EVENT, "mes") is None
        monkeypatch.undo()
    bench.land(run)
    assert bench.load(run).new == 1


def test_a_file_of_100_000_rows_takes_seconds_and_comes_once(bench):
    lines = (f"{n},order,{'error' if n % 100 == 0 else 'done'},2026-01-05T08:00:00Z," for n in range(100_000))
    content = "\n".join([HEADER, *lines]) + "\n"
    bench.drop("big.csv", content)
    began = time.process_time()
    assert bench.read().new == 100_000
    assert time.process_time() - began < 30
    bench.drop("again.csv", content)
    loaded = bench.read()
    assert (loaded.new, loaded.row_count) == (0, 100_000)


def test_what_is_personal_is_masked_before_it_lands(bench):
    text = "no answer for jane.doe@example.com, token=abcdefgh12345678"
    bench.drop("log.jsonl", json.dumps({"run_id": "1", "flow": "a", "status": "failed", "error_text": text}) + "\n")
    run = bench.land()
    [page] = landing.page_paths(run, inbox.EVENT, "mes")
    assert pq.read_table(page)["error_text"].to_pylist() == ["no answer for [e-mail], token=[secret]"]


def test_a_mistyped_column_is_told(bench):
    bench.drop("log.jsonl", '{"run_id": "1", "flow": "a", "status": "ok", "errortext": "x", "colour": "red"}\n')
    assert bench.read().new == 1
    assert any("the column 'errortext' is not read: did you mean 'error_text'?" in words for words in bench.said)
    assert any("the column 'colour' is not read: known are run_id, flow" in words for words in bench.said)


def test_a_folder_elsewhere_that_is_not_there_is_a_problem_of_the_inbox_alone(tmp_path):
    missing = tmp_path / "unmounted"
    other = Bench(tmp_path, Config(inboxes=(Inbox("mes", folder=str(missing)),)))
    missing.rmdir()
    facts = landing.read_done(other.land(), inbox.EVENT, "mes")
    assert facts == {"problem": f"the inbox mes cannot be read (No such file or directory: {missing}): "
                                "mend the folder or its rights."}  # fmt: skip
    assert not missing.exists()


def test_inboxes_in_ops_toml(tmp_path, monkeypatch):
    def read(text):
        file = tmp_path / "ops.toml"
        file.write_text(text)
        return configuration(file).inboxes

    monkeypatch.delenv("OPS_CONFIG", raising=False)
    [default] = read("")
    assert inbox.folder_of(default, tmp_path) == tmp_path / "inbox"
    [found] = read('[[inbox]]\nname = "wms"\nsystem = "WMS"\nplant = "LYON"\n')
    assert found == Inbox("wms", "", "WMS", "", "LYON")
    assert inbox.folder_of(found, tmp_path) == tmp_path / "inbox" / "wms"
    for wrong, sentence in {
        '[[inbox]]\nsystem = "WMS"': "add the missing key",
        '[[inbox]]\nname = "a/b"': "a name is of letters",
        '[[inbox]]\nname = "a"\ndirection = "up"': "use in, out or internal",
        '[[inbox]]\nname = "a"\nfolders = "x"': "did you mean 'folder'",
        '[[inbox]]\nname = "a"\n[[inbox]]\nname = "a"': "another inbox has its name or its folder",
        '[[inbox]]\nname = "a"\nfolder="x"\n[[inbox]]\nname = "b"\nfolder="x"': "its name or its folder",
        '[inbox]\nname = "a"': "write each below a line [[inbox]]",
    }.items():
        with pytest.raises(ConfigError, match=sentence.replace("[", r"\[")):
            read(wrong)
