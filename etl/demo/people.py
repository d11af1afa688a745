"""Users, their partners, and the vendors of the demo group."""

from __future__ import annotations

from dataclasses import dataclass

from etl.demo.plants import ASIA, COMPANIES, FRANCE, INDUSTRIES, PLANTS, Company, Plant

ODOOBOT, ADMIN, PUBLIC, ROBOT, DIRECTOR = 1, 2, 3, 5, 6
MACHINES = (ODOOBOT, PUBLIC, ROBOT)
# Access groups of purchasing: who buys, and who approves.
BUYERS, MANAGERS = 71, 72


@dataclass(frozen=True)
class Person:
    """A user and the partner that carries the user's name and language."""

    user_id: int
    partner_id: int
    name: str
    login: str
    company: Company
    lang: str = "en_US"
    active: bool = True


@dataclass(frozen=True)
class Team:
    """User ids of one plant by what they do."""

    planners: tuple[int, ...]
    buyers: tuple[int, ...]
    manager: int
    supervisors: tuple[int, ...]
    storekeepers: tuple[int, ...]


@dataclass(frozen=True)
class Vendor:
    """A vendor's partner, and how many working days its deliveries take."""

    partner_id: int
    name: str
    country_id: int
    lead_days: float


# Per plant: two planners, two buyers, the manager, two supervisors, two storekeepers.
_NAMES = {
    "Milwaukee": "Grace Holloway, Marcus Webb, Dana Kowalski, Luis Ortega, Patricia Boone, Ray Jennings, "
    "Tom Schultz, Keisha Grant, Bill Novak",
    "Lyon": "Camille Laurent, Julien Moreau, Sophie Garnier, Karim Benali, Philippe Rousseau, "
    "Élodie Fontaine, Thierry Blanchard, Nadia Charpentier, Hugo Lemaire",
    "Singapore": "Wei Ling Tan, Arjun Nair, Hui Min Lim, Farid Rahman, Desmond Koh, Siti Aminah, "
    "Jason Ong, Priya Menon, Kelvin Teo",
    "Tulsa": "Hannah Pruitt, Cody Ramsey, Elena Vargas, Scott Dillard, Monica Reyes, Wade Hutchins, "
    "Amber Castillo, Troy Bishop, Jolene Marsh",
}
# Lyon works in French, but for one planner and one storekeeper.
_ENGLISH_IN_LYON = ("Karim Benali", "Hugo Lemaire")

_VENDORS = (
    "Great Lakes Castings|233, Sterling Fasteners|233, Ohio Seal & Gasket|233, Midwest Bearings|233, "
    "Prairie Motors|233, Blue Ridge Steel|233, Cascade Electronics|233, Lone Star Coatings|233, "
    "Fonderie du Rhône|75, Joints Dauphinois|75, Roulements Saint-Étienne|75, Aciers Forez|75, "
    "Électronique Vercors|75, Rheinland Antriebe|57, Lombardia Fusioni|109, Bilbao Aceros|68, "
    "Penang Precision|157, Shenzhen Sensor Works|48, Osaka Bearing|113, Taichung Fasteners|227, "
    "Jurong Castings|197, Batam Machining|100, Chennai Forgings|104, Hanoi Cable|241, Seoul Drives|121"
)


def _people() -> tuple[tuple[Person, ...], dict[str, Team]]:
    """Everyone with a login, by user id; and the team of each plant by plant code."""
    people = [
        Person(ODOOBOT, 2, "OdooBot", "__system__", INDUSTRIES, active=False),
        Person(ADMIN, 3, "Administrator", "admin", INDUSTRIES),
        Person(PUBLIC, 4, "Public user", "public", INDUSTRIES, active=False),
        Person(ROBOT, 6, "Service user of n8n", "n8n@alder.example", INDUSTRIES),
        Person(DIRECTOR, 7, "Vivian Cheong", "vivian.cheong@alder.example", ASIA),
    ]
    teams = {}
    for plant in PLANTS:
        hired = []
        for name in _NAMES[plant.name].split(", "):
            user_id = people[-1].user_id + 1
            login = name.lower().replace(" ", ".").replace("é", "e") + "@alder.example"
            french = plant.company is FRANCE and name not in _ENGLISH_IN_LYON
            lang = "fr_FR" if french else "en_US"
            people.append(Person(user_id, user_id + 13, name, login, plant.company, lang))
            hired.append(user_id)
        teams[plant.code] = Team(tuple(hired[0:2]), tuple(hired[2:4]), hired[4], tuple(hired[5:7]), tuple(hired[7:9]))
    return tuple(people), teams


def _vendors() -> tuple[Vendor, ...]:
    """All vendors; every fifth delivers slowly."""
    found = []
    for number, entry in enumerate(_VENDORS.split(", ")):
        name, country = entry.split("|")
        found.append(Vendor(101 + number, name, int(country), 13.0 if number % 5 == 4 else 6.0))
    return tuple(found)


# Customers, by partner id: those of the Americas, of Europe and of Asia.
_CUSTOMERS = (
    "Badger Breweries|233, Prairie Water Works|233, Gulf Petrochem|233, Rocky Mountain Mining|233, "
    "Eaux de Savoie|75, Papeteries du Jura|75, Stadtwerke Isar|57, Chimica Padana|109, "
    "Straits Refining|197, Mekong Foods|241, Kansai Chemicals|113, Deccan Textiles|104"
)
CUSTOMER = {
    201 + number: (name, int(country))
    for number, (name, country) in enumerate(entry.split("|") for entry in _CUSTOMERS.split(", "))
}

PEOPLE, TEAMS = _people()
PERSON = {person.user_id: person for person in PEOPLE}
VENDORS = _vendors()
VENDOR = {vendor.partner_id: vendor for vendor in VENDORS}

# Main company 1 as in every Odoo; the others were created later.
COMPANY_PARTNER = {INDUSTRIES.id: 1, FRANCE.id: 8, ASIA.id: 9}


def local_vendors(plant: Plant) -> list[Vendor]:
    """The vendors a plant buys from: nearby ones first in line, every third of the others."""
    home = {INDUSTRIES.id: (0, 8), FRANCE.id: (8, 16), ASIA.id: (16, 25)}[plant.company.id]
    return [v for n, v in enumerate(VENDORS) if home[0] <= n < home[1] or n % 3 == plant.id % 3]


def customers_of(plant: Plant) -> list[int]:
    """Partner ids of the customers a plant delivers to: those of its part of the world."""
    first = {INDUSTRIES.id: 0, FRANCE.id: 4, ASIA.id: 8}[plant.company.id]
    return list(CUSTOMER)[first : first + 4]


def records(written: str) -> dict[str, list[dict]]:
    """`res_users` and `res_partner` records, last changed at `written`."""
    managers = {ODOOBOT, ADMIN, DIRECTOR, *(team.manager for team in TEAMS.values())}
    users = [
        {
            "id": person.user_id,
            "login": person.login,
            "partner_id": person.partner_id,
            "company_id": person.company.id,
            "share": person.user_id == PUBLIC,
            "active": person.active,
            "group_ids": [BUYERS, MANAGERS] if person.user_id in managers else [BUYERS],
            "write_date": written,
        }
        for person in PEOPLE
    ]
    partners = [
        _partner(COMPANY_PARTNER[company.id], company.name, True, company.country_id, written) for company in COMPANIES
    ]
    for person in PEOPLE:
        parent = COMPANY_PARTNER[person.company.id] if person.user_id > PUBLIC else False
        partner = _partner(person.partner_id, person.name, False, person.company.country_id, written)
        if parent:
            partner |= {"parent_id": parent, "commercial_partner_id": parent}
        partners.append(partner | {"lang": person.lang, "active": person.active})
    partners += [_partner(v.partner_id, v.name, True, v.country_id, written) for v in VENDORS]
    partners += [_partner(number, name, True, country, written) for number, (name, country) in CUSTOMER.items()]
    return {
        "ir_model_data": [
            {
                "id": 9001,
                "module": "purchase",
                "name": "group_purchase_manager",
                "res_id": MANAGERS,
                "write_date": written,
            }
        ],
        "res_groups": [
            {"id": BUYERS, "implied_ids": [], "write_date": written},
            {"id": MANAGERS, "implied_ids": [BUYERS], "write_date": written},
        ],
        "res_users": users,
        "res_partner": sorted(partners, key=lambda partner: partner["id"]),
        "res_partner_bank": [
            bank_account(number, vendor.partner_id, written) for number, vendor in enumerate(VENDORS, start=1)
        ],
    }


def bank_account(id: int, partner_id: int, written: str) -> dict:
    """A vendor's bank account."""
    return {
        "id": id,
        "partner_id": partner_id,
        "sanitized_acc_number": f"XA00{7 * partner_id:06d}{id:08d}",
        "bank_id": False,
        "company_id": False,
        "currency_id": False,
        "allow_out_payment": True,
        "active": True,
        "create_date": written,
        "create_uid": ADMIN,
        "write_date": written,
        "write_uid": ADMIN,
    }


def _partner(partner_id: int, name: str, is_company: bool, country_id: int, written: str) -> dict:
    """A partner without a parent who is written to in English."""
    return {
        "id": partner_id,
        "name": name,
        "is_company": is_company,
        "parent_id": False,
        "commercial_partner_id": partner_id,
        "country_id": country_id,
        "vat": f"XX{partner_id * 7919:09d}" if is_company else False,
        "lang": "en_US",
        "active": True,
        "write_date": written,
    }
