"""Volume for the benches: finished orders of the real Odoo cloned in SQL, with messages, tracked changes and moves.

Ids and dates ascend together over eighteen months, as if the orders had come one after the other.
"""

from __future__ import annotations

import psycopg

ORDERS = 60_000
DAYS = 548
LEAST = {"mrp_production": 60_000, "mail_message": 300_000, "mail_tracking_value": 400_000, "stock_move": 240_000}

TEMPLATES = """
    create temp table template_order as
    select id, row_number() over (order by id) - 1 as rank from (
        select o.id from mrp_production o
        where o.state = 'done'
          and (select count(*) from mail_message m where m.model = 'mrp.production' and m.res_id = o.id) >= 5
          and (select count(*) from mail_tracking_value v join mail_message m on m.id = v.mail_message_id
               where m.model = 'mrp.production' and m.res_id = o.id) >= 7
        order by o.id limit 12) as found"""
CHANGED_PERCENT = 1


def counts(pg: psycopg.Connection) -> dict[str, int]:
    """Rows of the tables that carry the volume."""
    return {table: pg.execute(f"select count(*) from {table}").fetchone()[0] for table in LEAST}


def is_filled(found: dict[str, int]) -> bool:
    return all(found[table] >= least for table, least in LEAST.items())


def fill(dsn: str) -> dict[str, int]:
    """Clones finished orders until there are enough; their counts. RuntimeError while Odoo has no finished orders."""
    with psycopg.connect(dsn) as pg:
        found = counts(pg)
        if is_filled(found):
            return found
        if found["mrp_production"] > 10_000:
            raise RuntimeError(f"the volume in {pg.info.dbname} is not whole ({found}): reset the Odoo first.")
        pg.execute(TEMPLATES)
        templates = pg.execute("select count(*) from template_order").fetchone()[0]
        if not templates:
            raise RuntimeError(f"{pg.info.dbname} has no finished orders to clone: run tests/live/flows.py first.")
        rounds = -(-ORDERS // templates)
        _clone(pg, rounds, "mrp_production", "o.id in (select id from template_order)", name="o.name || '#' || n")
        _clone(
            pg, rounds, "mail_message", "o.model = 'mrp.production' and o.res_id in (select id from template_order)",
            res_id=_new("mrp_production", "o.res_id"), message_id="null", parent_id="null",
        )  # fmt: skip
        _clone(
            pg, rounds, "mail_tracking_value", "o.mail_message_id in (select id from template_mail_message)",
            mail_message_id=_new("mail_message", "o.mail_message_id"),
        )  # fmt: skip
        order = "coalesce(o.raw_material_production_id, o.production_id)"
        _clone(
            pg, rounds, "stock_move", f"{order} in (select id from template_order)", copies=2,
            raw_material_production_id=_new("mrp_production", "o.raw_material_production_id"),
            production_id=_new("mrp_production", "o.production_id"),
        )  # fmt: skip
        _relate(pg, rounds, "stock_reference_move_rel", "move_id", "stock_move")
        _relate(pg, rounds, "stock_move_move_rel", "move_orig_id", "stock_move")
        _relate(pg, rounds, "stock_reference_production_rel", "production_id", "mrp_production")
        pg.commit()
        pg.autocommit = True
        pg.execute("vacuum analyze")
        return counts(pg)


def _clone(pg: psycopg.Connection, rounds: int, table: str, condition: str, copies: int = 1, **other: str) -> None:
    """`rounds` times `copies` clones of the rows that meet a condition, their dates moved; other columns as given."""
    pg.execute(
        f"""create temp table template_{table} as
            select o.id, row_number() over (order by copy, o.id) - 1 as rank, count(*) over () as width,
                (select max(id) from {table}) + 1 as first
            from {table} o cross join generate_series(1, {copies}) copy where {condition}"""
    )
    columns = pg.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = 'public' and table_name = %s",
        [table],
    ).fetchall()
    shift = f"({rounds} - n) * interval '{DAYS} days' / {rounds}"
    values = {
        name: f"o.{name} - {shift}" if type.startswith("timestamp") else f"o.{name}" for name, type in columns
    } | other
    values["id"] = "t.first + (n - 1) * t.width + t.rank"
    pg.execute(
        f"""insert into {table} ({", ".join(values)})
            select {", ".join(values.values())} from {table} o join template_{table} t using (id)
            cross join generate_series(1, {rounds}) n order by n, t.rank"""
    )
    pg.execute(f"select setval('{table}_id_seq', (select max(id) from {table}))")


def _new(table: str, old: str) -> str:
    """The id that the clone number n of a template row got."""
    return f"(select first + (n - 1) * width + rank from template_{table} where id = {old})"


def _relate(pg: psycopg.Connection, rounds: int, relation: str, column: str, table: str) -> None:
    """The clones' rows in a relation table, with the same partner as their template's."""
    columns = pg.execute(
        "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s",
        [relation],
    ).fetchall()
    [other] = [name for (name,) in columns if name != column]
    pg.execute(
        f"""insert into {relation} ({column}, {other})
            select t.first + (n - 1) * t.width + t.rank, r.{other}
            from {relation} r join template_{table} t on t.id = r.{column} cross join generate_series(1, {rounds}) n
            on conflict do nothing"""
    )


def settle(dsn: str) -> None:
    """Puts what changed in the last hours, in an earlier bench, a day back: it would be read again with the new."""
    with psycopg.connect(dsn) as pg:
        for table in ("mrp_production", "stock_move"):
            pg.execute(
                f"update {table} set write_date = write_date - interval '1 day' "
                "where write_date > now() at time zone 'utc' - interval '3 hours'"
            )


def change(dsn: str) -> dict[str, int]:
    """What a day brings: one order in a hundred changes, with its moves, messages and tracked changes.

    Returns how many rows changed or came, by table.
    """
    every = 100 // CHANGED_PERCENT
    with psycopg.connect(dsn) as pg:
        if not is_filled(counts(pg)):
            raise RuntimeError(f"{pg.info.dbname} does not hold the volume of the bench, so it is left as it is.")
        changed = {}
        for table in ("mrp_production", "stock_move"):
            changed[table] = pg.execute(
                f"update {table} set write_date = now() at time zone 'utc', origin = coalesce(origin, '') || '.' "
                f"where id % {every} = extract(minute from now())::int"
            ).rowcount
        for table in ("mail_message", "mail_tracking_value"):
            columns = [
                name
                for (name,) in pg.execute(
                    "select column_name from information_schema.columns where table_schema = 'public' "
                    "and table_name = %s "
                    "and column_name not in ('id', 'create_date', 'write_date', 'date', 'message_id')",
                    [table],
                )
            ]
            same = ", ".join(columns)
            dates = ["create_date", "write_date", *(["date"] if table == "mail_message" else [])]
            changed[table] = pg.execute(
                f"""insert into {table} ({same}, {", ".join(dates)})
                    select {same}, {", ".join(["now() at time zone 'utc'"] * len(dates))} from {table}
                    where id % {every} = extract(minute from now())::int"""
            ).rowcount
        return changed
