"""Bills, landed costs and standard costs of the demo plants fit the orders and receipts they are about."""

from collections import defaultdict

import pytest


def test_bills_add_up_and_bill_lines_of_their_own_order(demo):
    orders = {order["name"]: order for order in demo["purchase_order"]}
    ordered = {line["id"]: line for line in demo["purchase_order_line"]}
    billed, owed = defaultdict(float), {}
    bills = {bill["id"]: bill for bill in demo["account_move"]}
    for line in demo["account_move_line"]:
        bill = bills[line["move_id"]]
        if line["display_type"] == "payment_term":
            owed[bill["id"]] = line["balance"]
            continue
        billed[bill["id"]] += line["price_subtotal"]
        assert ordered[line["purchase_line_id"]]["order_id"] == orders[bill["invoice_origin"]]["id"]
        assert line["quantity"] > 0
    assert len(bills) > 2_500
    for id, bill in bills.items():
        assert billed[id] == pytest.approx(bill["amount_untaxed"])
        assert owed[id] == pytest.approx(-bill["amount_untaxed"])
        assert (bill["amount_residual"] == 0) == (bill["payment_state"] == "paid")


def test_what_is_billed_of_a_line_is_the_sum_of_its_posted_bills(demo):
    billed = defaultdict(float)
    for line in demo["account_move_line"]:
        if line["parent_state"] == "posted" and line["purchase_line_id"]:
            billed[line["purchase_line_id"]] += line["quantity"]
    for line in demo["purchase_order_line"]:
        assert line["qty_invoiced"] == pytest.approx(billed[line["id"]])


def test_landed_costs_are_of_receipts_that_came(demo):
    done = {move["picking_id"] for move in demo["stock_move"] if move["state"] == "done" and move["purchase_line_id"]}
    assert {id for cost in demo["stock_landed_cost"] for id in cost["picking_ids"]} <= done
    assert {cost["state"] for cost in demo["stock_landed_cost"]} == {"draft", "done"}


def test_a_made_product_costs_what_is_in_it(demo):
    costs = {(value["company_id"], value["product_id"]): value["value"] for value in demo["product_value"]}
    product_of = {product["product_tmpl_id"]: product["id"] for product in demo["product_product"]}
    parts = defaultdict(list)
    for line in demo["mrp_bom_line"]:
        parts[product_of[line["bom_id"]]].append((line["product_id"], line["product_qty"]))
    assert len(parts) == 38
    for company in (1, 2, 3):
        for product, lines in parts.items():
            inside = sum(costs[company, part] * each for part, each in lines)
            assert costs[company, product] == pytest.approx(inside, rel=0.005)
