"""What error texts and account numbers keep, and what never reaches the disk."""

from __future__ import annotations

import time

import pytest

from etl import mask
from etl.source import Source, column
from etl.table import to_table

SECRETS = {
    "Mail to jane.doe+erp@plant.example.com bounced": "Mail to [e-mail] bounced",
    "call +49 (0)30 901820-0 now": "call [phone] now",
    "call 0033 1 42 68 53 00": "call [phone]",
    "call 030 901 820": "call [phone]",
    "call (555) 010-4477!": "call [phone]!",
    "HTTP 401, Authorization: Bearer abcDEF123456789": "HTTP 401, Authorization: Bearer [secret]",
    "api_key=sk-12345&page=2": "api_key=[secret]&page=2",
    'password: "hunter2" refused': "password=[secret] refused",
    "https://bob:pa55@erp.example.com/web failed": "https://[secret]@erp.example.com/web failed",
    "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-nature expired": "token [secret] expired",
    "POST /web/hook/3f2504e0-4f89-41d3-9a0c-0305e82c3301": "POST /web/hook/[secret]",
    "key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c refused": "key [secret] refused",
    "pay DE89 3704 0044 0532 0130 00 by Friday": "pay [account] by Friday",
    "pay FR7630006000011234567890189": "pay [account]",
    "account 123456789012 is closed": "account [number] is closed",
    "Webhook #1 triggered with payload {'name': 'Jane Doe', 'a': {}}": "Webhook #1 triggered with payload {…}",
    "cut off {'name': 'Jane": "cut off {…}",
}


@pytest.mark.parametrize("given", SECRETS)
def test_personal_data_and_keys_are_taken_out(given):
    assert mask.text(given) == SECRETS[given]


CALLS = {
    "stock.picking(101,).announce('Jane Doe', res.partner(3,))": "stock.picking(101)",
    "sale.order(5, 6, 7).send()": "sale.order(5,6,7)",
    "base(1,).write({'name': 'Jane Doe'})": "base(1)",
    "mrp.production().export(sale.order(5,), to=res.partner(7, 8))": "sale.order(5) res.partner(7,8)",
    "x.model().note('call sale.order(5,) back', \"it's res.partner(7,)\")": "",
    "x.model().plan(datetime.datetime(2026, 1, 5, 0, 0), datetime.date(2026, 1, 5))": "",
    "x.model().nothing(4711, [1, 2], '0171 1234567')": "",
    "not a call": "",
}


@pytest.mark.parametrize("call", CALLS)
def test_of_a_call_only_its_records_are_kept(call):
    assert mask.records(call) == CALLS[call]


TRACEBACK = """Webhook #3 failed with error:
Traceback (most recent call last):
  File "/odoo/addons/base_automation/models/base_automation.py", line 638, in _execute_webhook
    return self._process(record)
           ^^^^^^^^^^^^^^^^^^^^^

  File "/odoo/odoo/tools/safe_eval.py", line 391, in safe_eval
    raise UserError('no')
odoo.exceptions.UserError: jane.doe@plant.example.com is blocked
"""


def test_of_a_traceback_what_was_raised_is_kept():
    kept = "Webhook #3 failed with error:\nodoo.exceptions.UserError: [e-mail] is blocked\n"
    assert mask.text(TRACEBACK) == kept == mask.text(kept)
    long = TRACEBACK.replace("    return", "    x = 1\n" * 2000 + "    return")
    assert mask.text(long) == kept


@pytest.mark.parametrize(
    "harmless",
    [
        "Waiting Another Operation",
        "WH/MO/00012-001: 12.50 of 1,200.00 pieces at 2026-11-22 15:36:09",
        "psycopg2.errors.UniqueViolation: duplicate key value (mrp_production_name_uniq)",
        "Connection to 10.20.30.40:5432 refused after 120 s",
        "P00042 (stock.picking,1234567)",
        "TypeError: unsupported operand type(s) for +: 'NoneType' and 'str'",
        "File /usr/lib/python3/dist-packages/odoo/addons/stock/models/stock_move.py, line 1234",
        "À approuver",
        "",
    ],
)
def test_what_explains_the_error_stays(harmless):
    assert mask.text(harmless) == harmless


def test_masking_twice_is_masking_once():
    for given in SECRETS:
        assert mask.text(mask.text(given)) == mask.text(given)


def test_long_texts_are_cut_and_do_not_take_long():
    started = time.perf_counter()
    assert len(mask.text("a" * 1_000_000)) <= mask.KEPT_CHARACTERS
    assert len(mask.text("1" * 100_000 + "@")) <= mask.KEPT_CHARACTERS
    assert "@" not in mask.text("x " * 1_990 + "jane.doe@plant.example.com, and more of it")
    assert time.perf_counter() - started < 2


def test_account_numbers_are_equal_however_they_are_spaced_and_cannot_be_read():
    spaced, plain = "de89 3704 0044 0532 0130 00", "DE89370400440532013000"
    masked = mask.account(spaced, b"salt")
    assert masked == mask.account(plain, b"salt")
    assert masked.endswith("…3000") and "3704" not in masked.partition("…")[2]
    assert masked != mask.account(plain, b"other salt")
    assert mask.account("DE89370400440532013001", b"salt") != masked
    assert mask.account("12345", b"salt").endswith("…")


BANK = Source(
    model="res.partner.bank",
    name="res_partner_bank",
    without="nothing",
    fields={"account": column("char", mask="account"), "note": column("char", mask="text")},
)
NAMES = {"account": "acc_number", "note": "note"}
ROW = {"id": 1, "acc_number": "DE89370400440532013000", "note": "ask jane@x.example.com", "write_date": False}


def test_masked_columns_are_masked_on_the_way_into_arrow():
    [row, empty] = to_table(
        BANK, NAMES, [ROW, {"id": 2, "acc_number": False, "note": False, "write_date": False}], "odoo", salt=b"salt"
    ).to_pylist()
    assert row["account"] == mask.account("DE89370400440532013000", b"salt")
    assert row["note"] == "ask [e-mail]"
    assert (empty["account"], empty["note"]) == (None, None)


def test_account_numbers_are_never_hashed_without_a_salt():
    with pytest.raises(ValueError, match="salt"):
        to_table(BANK, NAMES, [ROW], "odoo")


def test_an_unknown_mask_is_refused():
    with pytest.raises(ValueError, match="mask 'rot13' is unknown; use one of text, account"):
        column("char", mask="rot13")
