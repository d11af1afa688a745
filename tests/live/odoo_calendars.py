"""Runs inside ``odoo shell``: random work calendars, and what Odoo itself counts by them. Nothing is committed.

``server.py`` feeds this file to the shell of the running database. Prints one line: CALENDARS= and JSON with the rows
as RPC would read them, and the hours Odoo counts between random moments.
"""

import json
from datetime import datetime, timedelta
from random import Random

# Without zones whose rules changed lately: Odoo and DuckDB bring a time zone database each.
ZONES = (
    "Europe/Paris", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu",
    "Pacific/Auckland", "America/St_Johns", "Asia/Singapore", "Europe/London", "America/Sao_Paulo", "UTC",
    "America/Santiago", "Asia/Tokyo", "Asia/Beirut",
)  # fmt: skip
FIRST = datetime(2025, 1, 1)
READ = {
    "resource.calendar": ["name", "tz", "company_id", "active", "two_weeks_calendar", "flexible_hours", "write_date"],
    "resource.calendar.attendance": [
        "calendar_id", "dayofweek", "week_type", "hour_from", "hour_to", "day_period", "write_date",
    ],
    "resource.calendar.leaves": [
        "name", "calendar_id", "resource_id", "company_id", "time_type", "date_from", "date_to", "write_date",
    ],
}  # fmt: skip


def count(env, calendars=60, moments=40, seed=1):
    """Make the calendars in the first two companies and print what Odoo counts."""
    rng, made, cases = Random(seed), [], []
    admin = env.ref("base.user_admin")
    companies = env["res.company"].search([("name", "=", "Plant Pulse Nord")]) + env.ref("base.main_company")
    for company in companies:
        # Everybody's holiday: every calendar of the company, and of no other.
        span = {"name": "Everybody", "date_from": day(rng), "calendar_id": False}
        span["date_to"] = span["date_from"] + timedelta(hours=rng.randint(5, 80), seconds=rng.choice((0, 59)))
        of_company(env, admin, company)["resource.calendar.leaves"].create(span)
    for number in range(calendars):
        company = companies[number % 2]
        own = of_company(env, admin, company)
        calendar = own["resource.calendar"].create(random_calendar(rng, number, company))
        for _ in range(rng.randint(0, 6)):
            own["resource.calendar.leaves"].create(random_leave(rng, calendar))
        made.append(calendar.id)
        for _ in range(moments):
            start = FIRST + timedelta(seconds=rng.randrange(86400 * 700))
            end = start + timedelta(seconds=rng.randrange(86400 * rng.choice((1, 7, 60))))
            cases.append([calendar.id, str(start), str(end), calendar.get_work_hours_count(start, end)])
    env.flush_all()
    domains = {
        "resource.calendar": [("id", "in", made)],
        "resource.calendar.attendance": [("calendar_id", "in", made)],
        "resource.calendar.leaves": ["|", ("calendar_id", "in", made), ("calendar_id", "=", False)],
    }
    rows = {model: env[model].search(domain).read(READ[model], load=None) for model, domain in domains.items()}
    known = [{"id": company.id, "name": company.name} for company in companies]
    print("CALENDARS=" + json.dumps({"rows": rows, "companies": known, "cases": cases}, default=str))


def of_company(env, admin, company):
    """The environment of a user who works in one company and sees its records only."""
    return env(user=admin, su=False, context={"allowed_company_ids": [company.id]})


def day(rng):
    return FIRST + timedelta(days=rng.randrange(700), hours=rng.randrange(24))


def random_calendar(rng, number, company):
    """Values of a calendar: one or two weeks, one to three openings on some days, now and then a break."""
    two_weeks, hours = rng.random() < 0.4, []
    for week in ("0", "1") if two_weeks else (False,):
        for weekday in rng.sample(range(7), rng.randint(1, 7)):
            edges = sorted(rng.sample([hour / 4 for hour in range(97)], rng.choice((2, 4, 6))))
            for start, end in zip(edges[::2], edges[1::2], strict=True):
                hours.append(
                    {
                        "name": "work",
                        "dayofweek": str(weekday),
                        "hour_from": start,
                        "hour_to": end,
                        "week_type": week,
                        "day_period": "lunch" if rng.random() < 0.1 else "morning",
                    }
                )
    return {
        "name": f"Random {number}",
        "company_id": company.id,
        "tz": ZONES[number % len(ZONES)],
        "two_weeks_calendar": two_weeks,
        "attendance_ids": [(0, 0, values) for values in hours],
    }


def random_leave(rng, calendar):
    """Values of a closure, some of which are no time off."""
    start = day(rng)
    return {
        "name": "Closed",
        "calendar_id": calendar.id,
        "date_from": start,
        "date_to": start + timedelta(minutes=rng.randint(30, 60 * 24 * 12), seconds=rng.choice((0, 0, 59))),
        "time_type": "other" if rng.random() < 0.2 else "leave",
    }
