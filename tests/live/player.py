"""Runs steps in a real Odoo through its RPC and moves what each step left to a scripted time.

Odoo stamps everything with the server's clock, so a flow of several days cannot be played as it is.
``Player.step`` lets Odoo do the real work and then, over SQL, shifts only the rows that this very step
created or wrote to the scripted time. Steps therefore run one after the other, and nobody else may write
to the database meanwhile.
"""

import contextlib
import time
from datetime import datetime, timedelta

import httpx
import psycopg

# Tables whose rows are moved, with the columns (besides create_date and write_date) that a step may have
# stamped with "now", of all versions of Odoo. A flow that touches another model adds its table here.
MOVED = {
    "mrp_production": ["date_start", "date_finished"],
    "mrp_workorder": ["date_start", "date_finished", "date_planned_start", "date_planned_finished", "production_date"],
    "mrp_workcenter_productivity": ["date_start", "date_end"],
    "resource_calendar_leaves": ["date_from", "date_to"],
    "mrp_workcenter": [],
    "mrp_routing_workcenter": [],
    "mrp_bom": [],
    "mrp_bom_line": [],
    "mrp_production_group": [],
    "stock_move": ["date", "date_deadline", "reservation_date"],
    "stock_move_line": ["date"],
    "stock_picking": ["scheduled_date", "date", "date_deadline", "date_done"],
    "stock_quant": ["in_date"],
    "stock_scrap": ["date_done"],
    "mrp_unbuild": [],
    "mgmtsystem_nonconformity": ["closing_date"],
    "mgmtsystem_action": ["date_open", "date_closed"],
    "stock_reference": [],
    "procurement_group": [],
    "purchase_order": ["date_order", "date_approve", "date_calendar_start", "effective_date"],
    "purchase_order_line": [],
    "sale_order": ["date_order", "effective_date"],
    "sale_order_line": [],
    "stock_warehouse_orderpoint": [],
    "product_template": [],
    "product_product": [],
    "product_supplierinfo": [],
    "res_partner": [],
    "mail_message": ["date"],
    "mail_mail": [],
    "mail_tracking_value": [],
    "mail_activity": [],
    "tier_review": ["reviewed_date"],
    "auditlog_log": [],
    "auditlog_log_line": [],
    "tier_definition": [],
    "qc_inspection": ["date", "date_done"],
    "account_move": [],
    "account_move_line": [],
    "account_payment": [],
    "res_partner_bank": [],
    "product_value": ["date"],
    "stock_landed_cost": [],
    "ir_cron_progress": [],
    "maintenance_request": ["request_date", "close_date"],
}
# A work order's minutes follow its scripted times; a log that Odoo writes by itself ends with the step.
WORKED_TIME = """
    update mrp_workcenter_productivity set date_start = date_trunc('second', date_start - (began - at))
        where write_date = at and date_end = at and date_start > began - interval '1 day';
    update mrp_workcenter_productivity set duration = extract(epoch from date_end - date_start) / 60
        where write_date = at and date_end = at;
    update mrp_workorder w set duration = p.minutes from (
        select workorder_id, sum(duration) as minutes from mrp_workcenter_productivity
        group by 1 having max(write_date) = at) p where p.workorder_id = w.id;
"""
# Jobs have no write dates: by the column, which of a step's moments it is moved to. When a job was created is moved
# last of all: the job runner remembers it, and one that changes costs it a restart of five seconds.
JOB_DATES = {"date_enqueued": "begun", "date_started": "begun", "date_done": "at", "date_cancelled": "at"}
MOVED_JOBS = "update queue_job set " + ", ".join(
    f"{column} = case when {column} >= date_trunc('second', %(began)s::timestamp) then %({moment})s else {column} end"
    for column, moment in JOB_DATES.items()
)
NEW_JOBS = "select id from queue_job where date_created >= date_trunc('second', %s::timestamp)"
DAYS = {"reservation_date", "request_date", "close_date"}  # columns that hold a date without a time
# Finish dates that Odoo recalculates from "now" when work starts: shifted with the step as well.
PLANNED = ["mrp_production", "mrp_workorder"]


class OdooError(Exception):
    """Odoo refused a call; the text is Odoo's own sentence."""


class Player:
    """A connection to Odoo as several users, and to its database."""

    def __init__(self, env, anchor):
        self.url = env["ODOO_URL"].rstrip("/")
        self.db = env["ODOO_DB"]
        self.passwords = {env["ODOO_USER"]: env["ODOO_PASSWORD"]}
        self.sessions: dict[str, httpx.Client] = {}
        self.jobs: dict[int, datetime] = {}  # when each was created
        self.anchor = anchor
        self.pg = psycopg.connect(env["PG_DSN"], autocommit=True)
        self.pg.execute("set timezone to 'UTC'")
        self.pg.execute(shift_function(self.existing_tables()))

    def close(self):
        """Close the database connection and the sessions."""
        self.pg.close()
        for session in self.sessions.values():
            session.close()

    # ------------------------------------------------------------ RPC

    def session(self, login):
        """The user logged in as in the browser (checking a password with each call takes a third of a second whenever
        Odoo clears its caches); every provisioned user's password is the login."""
        if login not in self.sessions:
            session = httpx.Client(base_url=self.url, timeout=60)
            who = {"db": self.db, "login": login, "password": self.passwords.get(login, login)}
            if not self.rpc(session, "/web/session/authenticate", **who)["uid"]:
                raise OdooError(f"Odoo refused the login of {login}.")
            self.sessions[login] = session
        return self.sessions[login]

    def uid(self, login):
        """The user's id."""
        [(uid,)] = self.sql("select id from res_users where login = %s", login)
        return uid

    def rpc(self, session, path, **params):
        """One JSON-RPC call."""
        answer = session.post(path, json={"jsonrpc": "2.0", "method": "call", "params": params}).json()
        if "error" in answer:
            error = answer["error"]
            raise OdooError((error.get("data") or {}).get("message") or error["message"])
        return answer.get("result")  # a method without a result gives no such key

    def call(self, user, model, method, *args, company=None, context=None, **kwargs):
        """Call a model's method as *user*, in the user's language, without touching any time."""
        full = {"lang": "fr_FR" if user == "pierre" else "en_US", "tz": "UTC", **(context or {})}
        if company:
            full["allowed_company_ids"] = [company]
        called = {"model": model, "method": method, "args": args, "kwargs": {**kwargs, "context": full}}
        return self.rpc(self.session(user), f"/web/dataset/call_kw/{model}/{method}", **called)

    def step(self, at, user, model, method, *args, jobs=None, **options):
        """Call as in ``call``, then move everything the call created or wrote to the time *at*; with *jobs* also what
        the background jobs did that were waiting then: the moments at which they were created and began."""
        if at > self.anchor:
            raise ValueError(f"Step {model}.{method} at {at} lies after the anchor {self.anchor}.")
        began = self.pg.execute("select pg_temp.begin_step()").fetchone()[0]
        result = self.call(user, model, method, *args, **options)
        if jobs:
            self.wait_for_jobs()
            created, begun = jobs
            self.jobs = dict.fromkeys((id for (id,) in self.sql(NEW_JOBS, began)), created) | self.jobs
            self.pg.execute(MOVED_JOBS, {"began": began, "at": at, "begun": begun})
        self.pg.execute("select pg_temp.end_step(%s, %s)", [began, at])
        return result

    def hook(self, at, uuid, payload):
        """Call a webhook as another system does, and move what it left to the time *at*; returns the status."""
        began = self.pg.execute("select pg_temp.begin_step()").fetchone()[0]
        status = httpx.post(f"{self.url}/web/hook/{uuid}", json=payload, timeout=60).status_code
        self.pg.execute("update ir_logging set create_date = %s where create_date >= %s", [at, began])
        self.pg.execute("select pg_temp.end_step(%s, %s)", [began, at])
        return status

    def date_jobs(self):
        """Move the creation of every job; the runner is not asked for anything after this."""
        for id, created in self.jobs.items():
            self.pg.execute("update queue_job set date_created = %s where id = %s", [created, id])

    def wait_for_jobs(self, seconds=120):
        """Until the job runner has nothing to do."""
        waiting = (
            "select count(*) from queue_job where state in ('pending', 'enqueued', 'started') "
            "and coalesce(eta, '-infinity') <= now() at time zone 'UTC'"
        )
        until = time.monotonic() + seconds
        while self.sql(waiting)[0][0]:
            if time.monotonic() > until:
                raise OdooError(f"The job runner left jobs waiting for {seconds} seconds: see its log.")
            time.sleep(0.1)

    # ------------------------------------------------------------ SQL

    @contextlib.contextmanager
    def locked(self, table, id):
        """Somebody else works on a row meanwhile."""
        with psycopg.connect(self.pg.info.dsn) as other:
            other.execute(f"select 1 from {table} where id = %s for update", [id])
            yield

    def sql(self, query, *parameters):
        """Rows of a query."""
        return self.pg.execute(query, parameters).fetchall()

    def existing_tables(self):
        """MOVED without the tables and columns this database lacks."""
        rows = self.sql("select table_name, column_name from information_schema.columns where table_schema = 'public'")
        have = set(rows)
        return {
            table: [column for column in columns if (table, column) in have]
            for table, columns in MOVED.items()
            if (table, "write_date") in have
        }


def is_now(column):
    """SQL: whether the step stamped this column with "now"."""
    return f"{column} = now_::date" if column in DAYS else f"{column} between second_ and now_ + interval '1 second'"


def then(column):
    """SQL: the scripted time as this column holds it."""
    return "at::date" if column in DAYS else "at"


def shift_function(tables):
    """SQL that creates pg_temp.begin_step() and pg_temp.end_step(began, at) for these tables."""
    updates = [
        # planned finish dates that this step changed into the server's future
        f"update {table} r set date_finished = date_trunc('second', r.date_finished - (began - at)) "
        f"from {table} n left join before_step b on b.name = '{table}' and b.id = n.id "
        "where n.id = r.id and r.write_date >= began and r.date_finished > now_ + interval '1 second' "
        # changed by this step, or planned from the very moment of creation
        "and case when b.id is null then r.date_start >= second_ "
        "else r.date_finished is distinct from b.date_finished end;"
        for table in PLANNED
        if table in tables
    ]
    for table, extra in tables.items():
        stamped = [f"{column} = case when {is_now(column)} then {then(column)} else {column} end" for column in extra]
        logged = [
            f"{column} = case when {column} >= began then at else {column} end"
            for column in ("create_date", "write_date")
        ]
        updates.append(f"update {table} set {', '.join(stamped + logged)} where write_date >= began;")
    if "mrp_workcenter_productivity" in tables:
        updates.append(WORKED_TIME)
    snapshot = " union all ".join(
        f"select '{table}', id, date_finished from {table}" for table in PLANNED if table in tables
    )
    return f"""
        create temp table before_step (name text, id int, date_finished timestamp);
        create function pg_temp.begin_step() returns timestamp language plpgsql as $$
        begin
            delete from before_step;
            insert into before_step {snapshot};
            return clock_timestamp() at time zone 'UTC';
        end $$;
        create function pg_temp.end_step(began timestamp, at timestamp) returns void language plpgsql as $$
        declare
            now_ timestamp := clock_timestamp() at time zone 'UTC';
            second_ timestamp := date_trunc('second', began);
        begin
            {" ".join(updates)}
        end $$;
    """


def text(moment):
    """A time as the truth writes it: UTC, to the second; None stays None."""
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else None


def hour_of(moment):
    """The full hour at or before a moment."""
    return moment.replace(minute=0, second=0, microsecond=0)


def clock(start):
    """A function that gives the time so many days, hours, minutes, seconds after *start*."""

    def at(days=0, hours=0, minutes=0, seconds=0) -> datetime:
        return start + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)

    return at
