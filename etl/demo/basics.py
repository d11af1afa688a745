"""Records of what changes rarely: companies, currencies, calendars, warehouses, approval tiers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import pairwise, product
from random import Random
from zoneinfo import ZoneInfo

from etl.demo import people, products
from etl.demo.clock import seconds, stamp
from etl.demo.plants import COMPANIES, PLANTS, SHIFTS, Plant
from etl.demo.purchasing import TIERS

_CURRENCY = {"USD": (1, "$"), "SGD": (37, "S$"), "EUR": (125, "€")}
# What one US dollar buys at the start of the rate series.
_DOLLAR = {"USD": 1.0, "EUR": 0.92, "SGD": 1.34}
_TYPES = (("Receipts", "incoming"), ("Internal Transfers", "internal"), ("Delivery Orders", "outgoing"),
          ("Manufacturing", "mrp_operation"))  # fmt: skip


def currency_id(plant: Plant) -> int:
    """The currency of the plant's company."""
    return _CURRENCY[plant.company.currency][0]


def picking_type_id(plant: Plant, code: str) -> int:
    """The plant's operation type for receipts (`incoming`), production (`mrp_operation`) and so on."""
    return (plant.id - 1) * len(_TYPES) + [type_code for _, type_code in _TYPES].index(code) + 1


# Locations: those of the whole group, then a view and the stock of each warehouse, then its quarantine.
VENDORS, CUSTOMERS, TRANSIT, SUBCONTRACTOR, PRODUCTION, SCRAP = 4, 5, 6, 7, 15, 16
UNIT = 1


def stock_location_id(plant: Plant) -> int:
    """Where the plant keeps its stock."""
    return 20 + 2 * plant.id + 1


def quarantine_location_id(plant: Plant) -> int:
    """Where the plant keeps goods that are to be inspected."""
    return 40 + plant.id


def shop_location_id(plant: Plant) -> int:
    """Where the plant keeps what its lines use up."""
    return 60 + plant.id


def depot_location_id(plant: Plant) -> int:
    """Where the plant's company keeps crates for all its plants."""
    return 80 + plant.company.id


def records(seed: int, start: int, now: int) -> dict[str, list[dict]]:
    """Every master data source; all of it is older than `start`, but for the monthly currency rates."""
    written = stamp(start - 200 * 86400)
    companies = [
        {
            "id": company.id,
            "name": company.name,
            "currency_id": _CURRENCY[company.currency][0],
            "resource_calendar_id": company.id,
            "partner_id": people.COMPANY_PARTNER[company.id],
            "create_date": written,
            "write_date": written,
        }
        for company in COMPANIES
    ]
    calendars = [
        {
            "id": company.id,
            "name": f"Standard {company.name}",
            "tz": company.tz,
            "company_id": company.id,
            "active": True,
            "two_weeks_calendar": False,
            "flexible_hours": False,
            "write_date": written,
        }
        for company in COMPANIES
    ]
    currencies = [
        {"id": currency, "name": name, "symbol": symbol, "active": True, "write_date": written}
        for name, (currency, symbol) in _CURRENCY.items()
    ]
    warehouses = [
        {
            "id": plant.id,
            "name": plant.name,
            "code": plant.warehouse,
            "company_id": plant.company.id,
            "partner_id": people.COMPANY_PARTNER[plant.company.id],
            "view_location_id": stock_location_id(plant) - 1,
            "lot_stock_id": stock_location_id(plant),
            "active": True,
            "write_date": written,
        }
        for plant in PLANTS
    ]
    types = [
        {
            "id": picking_type_id(plant, code),
            "name": name,
            "code": code,
            "warehouse_id": plant.id,
            "default_location_src_id": VENDORS if code == "incoming" else stock_location_id(plant),
            "default_location_dest_id": stock_location_id(plant),
            "company_id": plant.company.id,
            "active": True,
            "write_date": written,
        }
        for plant in PLANTS
        for name, code in _TYPES
    ]
    tiers = [
        {
            "id": definition,
            "name": name,
            "approve_sequence": True,
            "review_type": "individual",
            "reviewer_id": reviewer,
            "active": True,
            "write_date": written,
        }
        for definition, name, reviewer in TIERS
    ]
    return {
        "res_company": companies,
        "resource_calendar": calendars,
        "resource_calendar_attendance": _shifts(written),
        "resource_calendar_leaves": _closures(start, now, written),
        "res_currency": currencies,
        "res_currency_rate": _rates(seed, start, now),
        "stock_warehouse": warehouses,
        "stock_picking_type": types,
        "stock_location": _locations(written),
        "uom_uom": [
            {
                "id": UNIT,
                "name": "Units",
                "factor": 1.0,
                "relative_uom_id": False,
                "active": True,
                "write_date": written,
            }
        ],
        "tier_definition": tiers,
        **people.records(written),
        **products.records(written),
    }


def _shifts(written: str) -> list[dict]:
    """The working hours of each company's calendar: two shifts from Monday to Friday."""
    return [
        {
            "id": number,
            "calendar_id": company.id,
            "dayofweek": str(weekday),
            "week_type": False,
            "hour_from": float(opens),
            "hour_to": float(closes),
            "day_period": "morning" if opens < 12 else "afternoon",
            "write_date": written,
        }
        for number, (company, weekday, (opens, closes)) in enumerate(
            product(COMPANIES, range(5), pairwise(SHIFTS)), start=1
        )
    ]


def _closures(start: int, now: int, written: str) -> list[dict]:
    """Holidays and closures of each company, whole local days, from the year of `start` to the year after `now`."""
    years = range(datetime.fromtimestamp(start, UTC).year, datetime.fromtimestamp(now, UTC).year + 2)
    closures = [(company, *closure) for company in COMPANIES for year in years for closure in company.closures(year)]
    found = []
    for company, first, last, name in sorted(closures, key=lambda closure: (closure[1], closure[0].id)):
        zone = ZoneInfo(company.tz)
        ends = datetime.combine(last, time(23, 59, 59), zone)
        found.append(
            {
                "id": len(found) + 1,
                "name": name,
                "calendar_id": company.id,
                "resource_id": False,
                "company_id": company.id,
                "time_type": "leave",
                "date_from": stamp(seconds(datetime.combine(first, time(), zone))),
                "date_to": stamp(seconds(ends)),
                "write_date": written,
            }
        )
    return found


def _locations(written: str) -> list[dict]:
    def location(id: int, name: str, usage: str, parent: int = 0, plant: Plant | None = None) -> dict:
        return {
            "id": id,
            "name": name,
            "complete_name": f"{plant.warehouse}/{name}" if parent else name,
            "usage": usage,
            "location_id": parent or False,
            "warehouse_id": plant.id if plant else False,
            "company_id": plant.company.id if plant else False,
            "active": True,
            "write_date": written,
        }

    found = [
        location(VENDORS, "Vendors", "supplier"),
        location(CUSTOMERS, "Customers", "customer"),
        location(TRANSIT, "Inter-warehouse transit", "transit"),
        location(SUBCONTRACTOR, "Subcontracting", "internal"),
        location(PRODUCTION, "Production", "production"),
        location(SCRAP, "Scrap", "inventory"),
    ]
    for plant in PLANTS:
        if plant.company.id not in {record["company_id"] for record in found}:
            depot = location(depot_location_id(plant), "Depot", "internal")
            found.append(depot | {"company_id": plant.company.id})
        stock = stock_location_id(plant)
        found.append(location(stock - 1, plant.warehouse, "view", plant=plant))
        found.append(location(stock, "Stock", "internal", stock - 1, plant))
        found.append(location(quarantine_location_id(plant), "Quarantine", "internal", stock - 1, plant))
        found.append(location(shop_location_id(plant), "Shop floor", "internal", stock - 1, plant))
    return sorted(found, key=lambda record: record["id"])


def _rates(seed: int, start: int, now: int) -> list[dict]:
    """One rate per month, company and foreign currency: units of it for one unit of the company's own."""
    rng, dollar, found = Random(f"{seed}/rates"), dict(_DOLLAR), []
    first, last = (datetime.fromtimestamp(at, UTC).date() for at in (start, now))
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        day = date(month // 12, month % 12 + 1, 1)
        for name in ("EUR", "SGD"):
            dollar[name] *= rng.lognormvariate(0.0, 0.008)
        for company in COMPANIES:
            for name in sorted(set(_CURRENCY) - {company.currency}):
                found.append(
                    {
                        "id": len(found) + 1,
                        "name": str(day),
                        "rate": round(dollar[name] / dollar[company.currency], 6),
                        "currency_id": _CURRENCY[name][0],
                        "company_id": company.id,
                        "write_date": f"{day} 00:05:00",
                    }
                )
    return found
