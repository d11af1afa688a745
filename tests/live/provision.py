"""Runs inside ``odoo shell``: the people, companies and warehouses the live tests rely on.

``server.py`` feeds this file to the shell of the freshly initialised database and calls
``provision(env)``. Everything here becomes part of the cached template.
"""

PEOPLE = {
    # login: (name, language, groups)
    "etl_norights": ("Etl Norights", "en_US", []),
    "pierre": (
        "Pierre Dubois",
        "fr_FR",
        ["mrp.group_mrp_manager", "stock.group_stock_manager", "purchase.group_purchase_manager"],
    ),
    "buyer": ("Bea Buyer", "en_US", ["purchase.group_purchase_user"]),
    "planner": ("Paul Planner", "en_US", ["mrp.group_mrp_user", "stock.group_stock_user"]),
}


def provision(env):
    """Create companies, warehouses, users and the admin's API key, then commit."""
    first = env.ref("base.main_company")
    nord = add_company(env, first)
    set_calendar(first, "America/New_York")
    set_calendar(nord, "Europe/Paris")
    env["stock.warehouse"].create({"name": "Lyon", "code": "LYO", "company_id": first.id})
    companies = env["res.company"].search([])
    admin = env.ref("base.user_admin")
    admin.write({"company_ids": [(6, 0, companies.ids)], "notification_type": "inbox"})
    for login, (name, lang, groups) in PEOPLE.items():
        add_user(env, login, name, lang, groups, first, companies)
    show_warehouses_to_users(env)
    keys = env["res.users.apikeys"].with_user(admin)
    expiry = [None] if "expiration_date" in keys._fields else []
    key = keys._generate("rpc", "live tests", *expiry)
    env.cr.commit()
    print("API_KEY=" + key)


def add_company(env, first):
    """A second company whose warehouse carries the same code WH as the first company's.

    No country: Odoo would install that country's accounting modules.
    """
    euro = env["res.currency"].with_context(active_test=False).search([("name", "=", "EUR")])
    euro.active = True
    nord = env["res.company"].create({"name": "Plant Pulse Nord", "currency_id": euro.id})
    env.user.company_ids += nord
    warehouses = env["stock.warehouse"].with_context(active_test=False)
    nord_warehouse = {"name": "Nord", "code": "WH"}
    if made := warehouses.search([("company_id", "=", nord.id)]):
        made.write(nord_warehouse)
    else:
        warehouses.create({**nord_warehouse, "company_id": nord.id})
    return nord


def set_calendar(company, tz):
    """Give the company a working calendar of its own in the time zone *tz*."""
    calendar = company.resource_calendar_id
    if not calendar or calendar.company_id != company:
        source = calendar or company.env.ref("resource.resource_calendar_std")
        calendar = source.copy({"name": "Standard " + company.name, "company_id": company.id})
        company.resource_calendar_id = calendar
    calendar.tz = tz


def add_user(env, login, name, lang, groups, company, companies):
    """An internal user whose password equals the login, allowed in all companies."""
    ids = [env.ref(xmlid).id for xmlid in ["base.group_user", *groups]]
    users = env["res.users"]
    users.with_context(no_reset_password=True).create(
        {
            "login": login,
            "password": login,
            "name": name,
            "email": login + "@example.com",
            "lang": lang,
            "tz": "Europe/Paris",
            "notification_type": "inbox",
            "company_id": company.id,
            "company_ids": [(6, 0, companies.ids)],
            "group_ids" if "group_ids" in users._fields else "groups_id": [(6, 0, ids)],
        }
    )


def show_warehouses_to_users(env):
    """Several warehouses and locations are in use, so switch their features on."""
    env["res.config.settings"].create({"group_stock_multi_locations": True, "group_mrp_routings": True}).execute()
