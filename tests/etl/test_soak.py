"""A tenth of `make soak`: kills while a small plant is loaded and published, and queries while versions appear."""

import pytest

from tests import soak


def test_a_killed_run_leaves_a_whole_version_and_the_next_one_right_rows(tmp_path):
    summary = soak.kills([soak.SmallPlant(tmp_path)], rounds=14, seed=11)
    assert "CURRENT whole after 14 of 14" in summary


def test_queries_during_publishing_are_of_one_version_and_none_fails(tmp_path):
    assert "0 errors" in soak.readers(soak.SmallPlant(tmp_path), queries=1000, seed=11, versions=4)


def test_a_lost_and_a_doubled_row_are_found(tmp_path):
    """The soak test would notice."""
    import duckdb

    plant = soak.SmallPlant(tmp_path)
    plant.run(full=False)
    assert soak.check_rows(plant) == len(plant.orders)
    con = duckdb.connect(str(tmp_path / "work.duckdb"))
    con.execute("update raw.mrp_production set _valid_to = _valid_from where id = 7")
    con.close()
    with pytest.raises(soak.Broken, match=r"299 rows in place of 300; lost \[\(7, "):
        soak.check_rows(plant)
    con = duckdb.connect(str(tmp_path / "work.duckdb"))
    con.execute(
        "insert into raw.mrp_production select * replace (null as _valid_to) from raw.mrp_production where id = 7"
    )
    con.close()
    with pytest.raises(soak.Broken, match="1 versions of a row twice"):
        soak.check_rows(plant)
    (tmp_path / "CURRENT").write_text("ops_20200101T000000Z.duckdb")
    with pytest.raises(soak.Broken, match="which is not there"):
        soak.check_current(tmp_path)
