"""The precedence of owners."""


def test_the_precedence_is_as_written(build):
    rows = build().rows("select * from dim_wait_owner order by rank")
    assert [row["owner"] for row in rows] == [
        "closed", "integration", "approver", "quality", "supplier or stock", "work center", "planner", "nobody"
    ]  # fmt: skip
    assert [row["rank"] for row in rows] == list(range(1, 9)) and all(row["definition"] for row in rows)
