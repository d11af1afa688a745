"""What was rejected of files in inboxes is told until it is mended."""

from tests.rows import at


def file(id: int, name: str, rejected: int, day: str, reason: str | None = None, **values) -> dict:
    row = {"instance": "mes", "id": id, "file": name, "row_count": 0 if reason else 5, "rejected_count": rejected}
    return row | {"reason": reason, "file_at": at(f"2026-01-{day}"), "_valid_from": at(f"2026-01-{day}")} | values


def test_rejected_lines_of_the_last_week_are_found_until_the_file_comes_again(build):
    built = build(
        inbox_file=[
            file(1, "good.csv", 0, "20"),
            file(2, "some.csv", 2, "20"),
            file(3, "none.csv", 1, "19", reason="it is no CSV after line 3"),
            file(4, "mended.csv", 3, "18"),
            file(5, "mended.csv", 0, "19"),
            file(6, "old.csv", 3, "10"),
            file(7, "some.csv", 0, "20", instance="wms"),
        ]
    )
    found = {(row["instance"], row["name"]): row["detail"] for row in built.check("inbox_line_rejected")}
    assert found == {("mes", "some.csv"): "2 of 7 lines rejected", ("mes", "none.csv"): "it is no CSV after line 3"}
