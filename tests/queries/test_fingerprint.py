"""Texts of errors: what differs from run to run is masked, what tells errors apart is kept."""

from __future__ import annotations

import random

import pytest

from queries import fingerprint
from queries.fingerprint import key, pattern

PARTNERS = (
    "Azure Interior", "Deco Addict", "Müller Stahl GmbH", "Lumber", "Aceros del Norte", "L'Atelier Dubois", "Jo & Co",
    "Gemini Furniture", "Établissements Lefèvre", "Van der Berg", "Ready Mat", "Wood Corner",
)  # fmt: skip
PEOPLE = ("Anna Schmidt", "Pierre Dupont", "José García", "Li Wei", "Åsa Öberg", "Max von Thun", "Mia O'Hara")
PRODUCTS = ("Office Chair Black", "Schraube verzinkt", "Vis inox à tête ronde", "Large Desk, 2 drawers", "Bolt M8x20")
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "décembre")


class Values:
    """What changes from run to run."""

    def __init__(self, dice: random.Random):
        self.dice = dice

    def number(self, most: int = 10**6) -> int:
        return self.dice.randint(1, most)

    def order(self) -> str:
        return self.dice.choice(("WH/MO/{:05d}", "S{:05d}", "P{}", "LYON/OUT/{:04d}")).format(self.number(99999))

    def partner(self) -> str:
        return self.dice.choice(PARTNERS)

    def person(self) -> str:
        return self.dice.choice(PEOPLE)

    def product(self) -> str:
        return self.dice.choice(PRODUCTS)

    def uuid(self) -> str:
        text = f"{self.dice.getrandbits(128):032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def moment(self) -> str:
        clock = f"{self.number(23):02d}:{self.number(59):02d}:07.{self.number(999):03d}Z"
        return f"2026-{self.number(12):02d}-{self.number(28):02d}T{clock}"

    def amount(self) -> str:
        return self.dice.choice(("{:,.2f}", "{:.1f}", "{:.0f}")).format(self.dice.uniform(0, 1e5))

    def day(self) -> str:
        return f"{self.number(28)} {self.dice.choice(MONTHS)} 2026"


# (flow, code, text): the same failure in other words each time.
KINDS = (
    ("purchase.order.send", "requests.exceptions.ConnectTimeout", lambda v: (
        f"HTTPSConnectionPool(host='api{v.number(4)}.vendor.example', port=443): Max retries exceeded with url: "
        f"/v2/orders/{v.number()} (Caused by ConnectTimeoutError(<urllib3.connection.HTTPSConnection object at "
        f"0x{v.number():012x}>, 'Connection to api{v.number(4)}.vendor.example timed out. (connect timeout=30)'))")),
    ("purchase.order.send", "requests.exceptions.ConnectionError", lambda v: (
        f"HTTPSConnectionPool(host='api{v.number(4)}.vendor.example', port=443): Max retries exceeded with url: "
        f"/v2/orders/{v.number()} (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at "
        f"0x{v.number():012x}>: Failed to establish a new connection: [Errno 111] Connection refused'))")),
    ("purchase.order.send", "requests.exceptions.HTTPError", lambda v: (
        f"503 Server Error: Service Unavailable for url: https://api.vendor.example/v2/orders/{v.uuid()}?t={v.number()}")),
    ("purchase.order.send", "requests.exceptions.HTTPError", lambda v: (
        f"404 Client Error: Not Found for url: https://api.vendor.example/v2/orders/{v.uuid()}?t={v.number()}")),
    ("stock.picking.announce", "odoo.exceptions.UserError", lambda v: (
        f"Der Lieferant „{v.partner()}“ ist für den Auftrag {v.order()} seit dem {v.number(28)}.{v.number(12)}.2026 "
        f"gesperrt (offen: {v.amount()} EUR).")),
    ("stock.picking.announce", "odoo.exceptions.UserError", lambda v: (
        f"Impossible de réserver {v.amount()} kg de « {v.product()} » pour l'ordre {v.order()} du {v.day()}.")),
    ("stock.picking.announce", "odoo.exceptions.ValidationError", lambda v: (
        f"Traceback (most recent call last):\n  File \"/opt/odoo/addons/stock/models/stock_picking.py\", line "
        f"{v.number(2000)}, in button_validate\n    self._check()\nodoo.exceptions.ValidationError: "
        f"The transfer {v.order()} of customer {v.partner()} has {v.number(40)} lines without a lot")),
    ("stock.picking.announce", "psycopg2.errors.UniqueViolation", lambda v: (
        f"duplicate key value violates unique constraint \"stock_lot_name_ref_uniq\"\nDETAIL:  Key (name, product_id)="
        f"(LOT{v.number()}, {v.number(999)}) already exists.")),
    ("stock.picking.announce", "psycopg2.errors.UniqueViolation", lambda v: (
        f"duplicate key value violates unique constraint \"stock_picking_name_uniq\"\nDETAIL:  Key (name, company_id)="
        f"({v.order()}, {v.number(9)}) already exists.")),
    ("n8n-invoices", "422", lambda v: (
        f"422 - {{\"error\": {{\"code\": \"UNKNOWN_ARTICLE\", \"message\": \"Article '{v.product()}' is unknown\", "
        f"\"request_id\": \"{v.uuid()}\"}}, \"timestamp\": \"{v.moment()}\", \"attempt\": {v.number(5)}}}")),
    ("n8n-invoices", "422", lambda v: (
        f"422 - {{\"timestamp\": \"{v.moment()}\", \"error\": {{\"message\": \"Currency of order {v.order()} "
        f"is missing\", \"code\": \"NO_CURRENCY\", \"trace\": \"{v.uuid()}\"}}}}")),
    ("n8n-invoices", None, lambda v: (
        f"El usuario \"{v.person()}\" no puede confirmar el pedido {v.order()} del {v.day()}: importe {v.amount()} €")),
)  # fmt: skip


def failures(number: int, seed: int) -> list[tuple[int, tuple]]:
    """(kind, what a failure of it says), as often as asked, each kind about as often."""
    dice = random.Random(seed)
    found = []
    for _ in range(number):
        kind = dice.randrange(len(KINDS))
        flow, code, text = KINDS[kind]
        found.append((kind, (flow, code, text(Values(dice)))))
    return found


def test_a_hundred_thousand_failures_of_twelve_kinds_are_twelve_issues():
    keys = {}
    for kind, (flow, code, text) in failures(100_000, seed=7):
        keys.setdefault(kind, set()).add(key("queue_job", "test", flow, code, pattern(text)))
    assert {kind: len(own) for kind, own in keys.items()} == dict.fromkeys(range(12), 1)
    assert len(set.union(*keys.values())) == 12


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Partner Azure Interior has no e-mail address", "Partner … has no e-mail address"),
        ("Supplier Lumber has no price for [FURN_1] Office Chair on 2026-03-05", "Supplier … has no price for … on …"),
        ("Der Lieferant Müller Stahl GmbH ist gesperrt", "Der Lieferant … ist gesperrt"),
        ("Il fornitore Acciai Rossi di Torino non ha un prezzo", "Il fornitore … non ha un prezzo"),
        ("1 234,50 kg de « Vis inox » pour l'ordre WH/MO/00012 du 12 mars 2026", "… kg de … pour l'ordre … du …"),
        ("Usuário Maria da Silva não tem permissão (stock.picking)", "Usuário … não tem permissão (stock.picking)"),
        ("订单SO123缺少数据", "订单…缺少数据"),
        ("Expected singleton: res.partner(12, 13)", "Expected singleton: res.partner(…)"),
        ("connect ECONNREFUSED 10.0.3.4:8443", "connect ECONNREFUSED …"),
        ("expired on Mon, 05 Jan 2026 10:00:00 GMT", "expired on … GMT"),
        ("5 out of 10 lines, 3 may be set", "… out of … lines, … may be set"),
        ("valid to 1. März 2026 or May 5, 2026", "valid to …"),
        ("Rechnung [number] an [e-mail], Konto [account]", "Rechnung … an …, Konto …"),
        ("got {…} instead", "got … instead"),
        ("Not enough [NUT] Nut in location LYON/Stock/Shelf 2", "Not enough … in location …"),
        ("Missing Record: (Record: res.partner(7,), User: 2)", "Missing Record: (Record: res.partner(…), User: …)"),
        ("Employee O'Neill has no work address", "Employee … has no work address"),
        ("(535, b'5.7.8 UGFzc3dvcmQ6')", "(…)"),
        ("('Only draft orders can be confirmed: S00012', None)", "Only draft orders can be confirmed: …"),
        ("file /var/spool/in/order.xml is empty", "file … is empty"),
        ('cannot read "Order 12 of A', "cannot read …"),
        ("", ""),
        (None, ""),
    ],
)  # fmt: skip
def test_what_differs_is_masked(text, wanted):
    assert pattern(text) == wanted


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Request failed with status code 503", "Request failed with status code 404"),
        ("502 Bad Gateway", "504 Gateway Timeout"),
        ("<html><head><title>502 Bad Gateway</title></head></html>", "<html><h1>504 Gateway Time-out</h1></html>"),
        ("[Errno 111] Connection refused", "[Errno 113] No route to host"),
        ("Access Denied", "Validation Failed"),
        ("No Sales Order", "No Purchase Order"),
        ("KeyError: 'partner_id'", "KeyError: 'product_id'"),
        (
            'null value in column "date" of relation "stock_move"',
            'null value in column "name" of relation "stock_move"',
        ),
        ("<Fault 2: 'Record does not exist'>", "<Fault 3: 'cannot connect'>"),
        ("Not completed:\n- a field\n\nField: A (a_id)", "Not completed:\n- a field\n\nField: B (b_id)"),
        ('{"code": 400, "id": 7}', '{"code": 409, "id": 7}'),
        ("psycopg2.errors.DeadlockDetected: no", "psycopg2.errors.LockNotAvailable: no"),
        ("550 5.1.1 User unknown", "550 5.7.1 User unknown"),
        ("HTTP/1.1 503", "HTTP/1.1 404"),
        ("ORA-12154: no", "ORA-01017: no"),
    ],
)
def test_what_tells_errors_apart_is_kept(one, other):
    assert pattern(one) != pattern(other)


def test_a_traceback_is_its_last_line_and_html_its_text():
    trace = (
        'Traceback (most recent call last):\n  File "a.py", line 3, in b\n    c()\nValueError: no date in line 3\n\n'
    )
    assert pattern(trace) == pattern("ValueError: no date in line 7") == "ValueError: no date in line …"
    assert pattern("<html>\n<style>p {x}</style><h1>502 Bad Gateway</h1>\n</html>") == "502 Bad Gateway"


def test_of_a_list_only_its_heading_counts():
    assert pattern("Not available:\n- [A1] Bolt: 5.0\n- [A2] Nut: 2") == pattern("Not available:\n- [A3] Washer: 1")


def test_a_pattern_masks_no_more_when_masked_again():
    for _, (_, _, text) in failures(500, seed=3):
        assert pattern(pattern(text)) == pattern(text)


def test_a_key_is_of_its_source_place_flow_code_and_pattern():
    told = ("n8n", "prod", "send", "503", "no answer")
    assert key(*told) == key(*told[:4], "No Answer")
    assert key(*told).startswith(f"e{fingerprint.VERSION}-") and len(key(*told)) == 15
    others = [key(*told[:place], "x", *told[place + 1 :]) for place in range(5)]
    assert len({key(*told), *others}) == 6
    assert key("n8n", None, None, None, "") != key("n8n", "", "x", None, "")
