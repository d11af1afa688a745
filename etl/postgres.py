"""Pages straight from Odoo's PostgreSQL, for loads that read every row: the only file that talks to it.

Which rows are read is Odoo's answer, as always: ids come from the user's own search, and only columns are read that
`fields_get` shows to the user. What PostgreSQL gives is what Odoo would have given for them. Nothing is ever written:
every session is read only.
"""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from psycopg.sql import SQL, Composable, Identifier, Literal

from etl.odoo import NoRight, Odoo, OdooError
from etl.source import ARROW_TYPES, STORED_AS, Source

PAGE_ROWS = 20_000
LEAST_ROWS = 5_000  # fewer are not worth another connection
DENSE = 0.5  # from this share of a range on, ids are read as a range
MOST_BEHIND_SECONDS = 3600
SESSION = (
    "set session characteristics as transaction read only",
    "set datestyle = 'ISO'",
    "set client_encoding = 'UTF8'",
    "set extra_float_digits = 3",
)
INSTEAD_OF_NULL = {"boolean": "false", "integer": "0", "float": "0"}  # what Odoo gives where PostgreSQL has nothing


class Unreadable(Exception):
    """This source cannot be read from PostgreSQL as Odoo would give it; the message is the reason."""


@dataclass(frozen=True)
class Column:
    """A field in the database: a column of the model's table, or a link to other rows (table, the column that names
    our row, the column that names the other); `type` as in a source."""

    type: str
    name: str = ""
    link: tuple[str, str, str] | None = None
    is_translated: bool = False


@dataclass(frozen=True)
class Reader:
    """How the rows of a source are read: the table, and where the value of each column is."""

    source: Source
    table: str
    columns: dict[str, Column]


class Postgres:
    """The database of one Odoo; sessions are made as threads need them."""

    def __init__(self, dsn: str, variable: str, instance: str):
        self.dsn, self.variable, self.instance = dsn, variable, instance
        self.behind_seconds = 0.0
        self._checked = False
        self._free: queue.SimpleQueue[psycopg.Connection] = queue.SimpleQueue()
        self._models: dict[str, tuple[str, dict[str, str], dict[str, dict]]] = {}
        self._looking = threading.Lock()

    @contextmanager
    def session(self) -> Iterator[psycopg.Connection]:
        """A session that can only read; OdooError says why there is none."""
        try:
            session = self._free.get_nowait()
        except queue.Empty:
            session = self._open()
        try:
            yield session
            session.rollback()
        except BaseException:
            session.close()
            raise
        self._free.put(session)

    def _open(self) -> psycopg.Connection:
        try:
            session = psycopg.connect(self.dsn, connect_timeout=15)
            for statement in SESSION:
                session.execute(statement)
            session.commit()
            return session
        except psycopg.OperationalError as error:
            raise OdooError(
                f"PostgreSQL of {self.instance} cannot be reached ({self._said(error)}): "
                f"correct {self.variable}, or unset it to read through Odoo alone."
            ) from error
        except psycopg.Error as error:
            raise OdooError(
                f"{self.variable} is no address of a PostgreSQL ({self._said(error)}): "
                "write it as postgresql://reader@host:5432/database."
            ) from error

    def _said(self, error: psycopg.Error) -> str:
        """The first line of an error, without the password should it be repeated."""
        line = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        try:
            password = psycopg.conninfo.conninfo_to_dict(self.dsn).get("password")
        except psycopg.Error:
            return "it cannot be read"
        return line.replace(str(password), "***") if password else line

    def close(self) -> None:
        """Ends the sessions that nobody uses."""
        while not self._free.empty():
            self._free.get().close()

    # ------------------------------------------------------------ is it the right one

    def check(self, odoo: Odoo) -> None:
        """OdooError unless this is the database of that Odoo, or a copy that follows it closely."""
        other = OdooError(
            f"{self.variable} names another database than the one {odoo.login.url} serves: "
            f"correct it, or unset it to read through Odoo alone."
        )
        with self.session() as session:
            try:
                if self._identity(session, odoo) is False:
                    raise other
                self.behind_seconds = self._behind(session)
            except psycopg.errors.UndefinedTable as error:
                raise other from error
            except psycopg.errors.InsufficientPrivilege as error:
                raise OdooError(
                    f"The user in {self.variable} may not read what tells the database from others "
                    f"({self._said(error)}): grant it what docs/operating.md lists."
                ) from error
        if not 0 <= self.behind_seconds <= MOST_BEHIND_SECONDS:
            raise OdooError(
                f"The replica in {self.variable} is {self.behind_seconds / 60:.0f} minutes behind: "
                "wait until it follows, or unset the variable to read through Odoo alone."
            )

    def _identity(self, session: psycopg.Connection, odoo: Odoo) -> bool:
        """Whether both have the same database.uuid; where one may not be read, the same user and companies."""
        here = self._uuid(session)
        with suppress(NoRight):
            there = odoo.rows("ir.config_parameter", [("key", "=", "database.uuid")], ["value"])
            if here and there:
                return here == there[0]["value"]
        for model, domain, name in (
            ("res.users", [("login", "=", odoo.login.user)], "login"),
            ("res.company", [], "name"),
        ):
            table = Identifier(model.replace(".", "_"))
            rows = SQL("select id, {}, date_trunc('second', create_date)::text from {}")
            here = set(session.execute(rows.format(Identifier(name), table)).fetchall())
            told = odoo.rows(model, domain, [name, "create_date"])
            there = {(row["id"], row[name], row["create_date"]) for row in told}
            if not there or not there <= here:
                return False
        return True

    def _uuid(self, session: psycopg.Connection) -> str | None:
        try:
            with session.transaction():
                found = session.execute("select value from ir_config_parameter where key = 'database.uuid'").fetchone()
        except psycopg.errors.InsufficientPrivilege:
            return None
        return found and found[0]

    def _behind(self, session: psycopg.Connection) -> float:
        """Seconds a replica is behind; 0 for the database itself, infinite where it cannot tell."""
        query = """select case when not pg_is_in_recovery() then 0 else
            coalesce(extract(epoch from now() - pg_last_xact_replay_timestamp()), 'infinity') end"""
        return float(session.execute(query).fetchone()[0])

    # ------------------------------------------------------------ what is read

    def reader(self, odoo: Odoo, source: Source, model: str, fields: dict[str, str | None]) -> Reader:
        """How a source is read; Unreadable where that would not give what Odoo gives."""
        wanted = {name: field for name, field in fields.items() if field}
        wanted |= {"_cursor": source.cursor} if source.has_cursor else {}
        names = sorted(set(wanted.values()))
        shown = odoo.call(model, "fields_get", attributes=["type", "domain", "company_dependent"])
        with self._looking, self.session() as session:
            if not self._checked:
                self.check(odoo)
                self._checked = True
            try:
                table, columns, facts = self._model(session, model)
                found = {name: self._column(session, name, shown[name], columns, facts.get(name, {})) for name in names}
            except psycopg.Error as error:
                raise Unreadable(self._said(error)) from error
        return Reader(source, table, {name: found[field] for name, field in wanted.items()})

    def _model(self, session: psycopg.Connection, model: str) -> tuple[str, dict[str, str], dict[str, dict]]:
        """A model's table, its columns with their types, and what the database says of its fields."""
        if model not in self._models:
            table = self._table(session, model)
            columns = dict(session.execute(COLUMNS, [table]).fetchall())
            facts = {row["name"]: row for (row,) in session.execute(FIELDS, [model]).fetchall()}
            self._models[model] = table, columns, facts
        return self._models[model]

    def _table(self, session: psycopg.Connection, model: str) -> str:
        """The table of a model: named after it, or else the one that references to it point to."""
        named = model.replace(".", "_")
        if session.execute("select 1 from pg_class where oid = to_regclass(%s)", [named]).fetchone():
            return named
        found = session.execute(REFERENCED, [model]).fetchall()
        if len(found) != 1:
            raise Unreadable("its table is not known")
        return found[0][0]

    def _column(self, session, name: str, shown: dict, columns: dict[str, str], facts: dict) -> Column:
        """What to select for a field; Unreadable where the database does not simply hold its value."""
        type = STORED_AS.get(shown["type"], shown["type"])
        if type == "many2many":
            if isinstance(shown.get("domain"), list) and shown["domain"]:  # as a text it is for forms only
                raise Unreadable(f"Odoo filters {name}")
            if facts.get("relation_table"):
                link = facts["relation_table"], facts["column1"], facts["column2"]
            elif facts.get("relation_field"):
                link = self._table(session, facts["relation"]), facts["relation_field"], "id"
            else:
                raise Unreadable(f"the table of {name} is not known")
            if not {link[1], link[2]} <= {column for column, _ in session.execute(COLUMNS, [link[0]]).fetchall()}:
                raise Unreadable(f"{link[0]} may not be read")
            return Column(type, link=link)
        if name not in columns:
            raise Unreadable(f"{name} is no column that may be read")
        translated = str(facts.get("translate")).lower() not in ("none", "false", "")
        if shown.get("company_dependent") or translated != (columns[name] == "jsonb"):
            raise Unreadable(f"{name} is kept by {'language' if translated else 'company'} in another way")
        return Column(type, name=name, is_translated=translated)

    # ------------------------------------------------------------ reading

    def page(self, reader: Reader, ids: np.ndarray, language: str | None) -> pa.Table:
        """The rows of these ids, ascending: `id`, the columns in their stored types unmasked, `_cursor` where there is
        one. Unreadable when PostgreSQL will not give them."""
        try:
            with self.session() as session:
                answer = _copy(session, query(reader, ids, language))
        except psycopg.Error as error:
            raise Unreadable(self._said(error)) from error
        try:
            return rows_of(reader, answer, ids)
        except pa.ArrowInvalid as error:
            raise Unreadable(str(error).splitlines()[0]) from error


def _copy(session: psycopg.Connection, statement: Composable) -> io.BytesIO:
    """What a COPY statement gives. By libpq's own calls: psycopg's cursor takes twice as long for each row."""
    wire, answer = session.pgconn, io.BytesIO()
    result = wire.exec_(statement.as_bytes(session))
    if result.status == psycopg.pq.ExecStatus.COPY_OUT:
        row = wire.get_copy_data(0)
        while row[0] > 0:
            answer.write(row[1])
            row = wire.get_copy_data(0)
        result = wire.get_result()
    if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
        raise psycopg.errors.error_from_result(result)
    while wire.get_result():
        pass
    answer.seek(0)
    return answer


COLUMNS = """select column_name, data_type from information_schema.columns
    where table_schema = any(current_schemas(false)) and table_name = %s"""
FIELDS = "select to_jsonb(field) from ir_model_fields as field where model = %s"
REFERENCED = """select distinct target.relname from ir_model_fields as field
    join pg_constraint on contype = 'f' and conrelid = to_regclass(replace(field.model, '.', '_'))
    join pg_attribute on attrelid = conrelid and attnum = conkey[1] and attname = field.name
    join pg_class as target on target.oid = confrelid
    where field.relation = %s and field.ttype = 'many2one'"""


def query(reader: Reader, ids: np.ndarray, language: str | None) -> Composable:
    """The COPY statement that gives the rows of these ids."""
    first, last = int(ids[0]), int(ids[-1])
    if len(ids) >= DENSE * (last - first + 1):
        among = SQL("between {} and {}").format(Literal(first), Literal(last))
    else:
        among = SQL("= any ({}::int[])").format(Literal("{" + ",".join(map(str, ids.tolist())) + "}"))
    joins = [
        SQL(
            """left join (select {ours} as id, string_agg({theirs}::text, ' ' order by {theirs}) as others
            from {table} where {ours} {among} group by 1) as {name} using (id)"""
        ).format(
            table=Identifier(column.link[0]),
            ours=Identifier(column.link[1]),
            theirs=Identifier(column.link[2]),
            among=among,
            name=Identifier(f"of {name}"),
        )
        for name, column in reader.columns.items()
        if column.link
    ]
    columns = [_value(name, column, language or "en_US") for name, column in reader.columns.items()]
    return SQL("copy (select {} from {} as r {} where r.id {}) to stdout (format csv)").format(
        SQL(", ").join([Identifier("r", "id"), *columns]), Identifier(reader.table), SQL(" ").join(joins), among
    )


def _value(name: str, column: Column, language: str) -> Composable:
    """A column as Odoo gives it."""
    if column.link:
        return SQL("coalesce({}, '')").format(Identifier(f"of {name}", "others"))
    value = Identifier("r", column.name)
    if column.is_translated:
        return SQL("coalesce({0} ->> {1}, {0} ->> 'en_US')").format(value, Literal(language))
    if column.type == "datetime":
        return SQL("date_trunc('second', {})").format(value)
    if column.type in INSTEAD_OF_NULL:
        return SQL("coalesce({}, {})").format(value, SQL(INSTEAD_OF_NULL[column.type]))
    return value


def rows_of(reader: Reader, answer: io.BytesIO, ids: np.ndarray) -> pa.Table:
    """What COPY gave, as a table of the rows asked for."""
    arriving = {"id": pa.int64()} | {
        name: pa.string() if column.link else ARROW_TYPES.get(column.type, pa.string())
        for name, column in reader.columns.items()
    }
    if not answer.getbuffer().nbytes:
        table = pa.schema(list(arriving.items())).empty_table()
    else:
        table = pyarrow.csv.read_csv(
            answer,
            pyarrow.csv.ReadOptions(column_names=list(arriving), block_size=1 << 24),
            pyarrow.csv.ParseOptions(newlines_in_values=True),
            pyarrow.csv.ConvertOptions(
                column_types=arriving,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["t"],
                false_values=["f"],
            ),
        )
    if table.num_rows != len(ids):
        table = table.filter(pc.is_in(table["id"], pa.array(ids)))
    for name, column in reader.columns.items():
        stored = ARROW_TYPES["datetime"] if name == "_cursor" else reader.source.fields[name].arrow_type
        values = table[name]
        if column.link:
            values = _lists(values)
        elif pa.types.is_list(stored):
            values = _lists(values.cast(pa.string()).fill_null(""))
        table = table.set_column(table.schema.get_field_index(name), name, values.cast(stored))
    return table


def _lists(texts: pa.ChunkedArray) -> pa.Array:
    """Lists of ids from ids with spaces between them."""
    texts = texts.combine_chunks()
    split = pc.split_pattern(pc.if_else(pc.equal(texts, ""), None, texts), " ")
    lengths = pc.fill_null(pc.list_value_length(split), 0).to_numpy()
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pc.list_flatten(split).cast(pa.int64()))
