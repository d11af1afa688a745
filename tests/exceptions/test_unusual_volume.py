"""Days on which more or less happened than usual, by the limit of each plant; how days are compared: see the mart."""

from queries import catalog
from queries.config import Config, RuleSetting

DAYS = """
    create or replace table fct_daily_volume as
    select
        'test' as instance, plant, 'purchase' as workflow, 'ordered' as activity, 'purchase.order' as record_model,
        record_id, date '2026-02-27' as day, timestamp '2026-02-26 23:00' as day_began_at,
        if(record_id = 2, 1, 40)::bigint as event_count,
        2.0 as usual_low, 6.0 as usual_high, score, is_comparable,
    from (values
        ('Nord/WH', 1, 6.0, true), ('Nord/WH', 2, -6.0, true), ('Nord/WH', 3, 4.0, true), ('Nord/WH', 4, 9.0, false),
        ('South/WH', 5, 6.0, true), ('South/WH', 6, 9.0, true)
    ) as day (plant, record_id, score, is_comparable)"""


def found(built) -> dict[int, dict]:
    built.connection.execute(DAYS)
    return {row["record_id"]: row for row in built.rows(catalog.exceptions()["unusual_volume"].sql)}


def test_days_beyond_the_limit_either_way(build):
    rows = found(build())
    assert set(rows) == {1, 2, 5, 6}
    assert [rows[id]["detail"] for id in (1, 2)] == ["40 times, usually 2 to 6", "1 time, usually 2 to 6"]
    assert rows[1]["name"] == "purchase ordered on 2026-02-27"


def test_the_limit_is_the_plants_own(build):
    calmer = RuleSetting("unusual_volume", "South/WH", limit=8.0)
    assert set(found(build(config=Config(exceptions=(calmer,))))) == {1, 2, 6}
