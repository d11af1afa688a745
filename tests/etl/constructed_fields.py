"""Fields of Odoo 14 to 19 as far as Plant Pulse asks for them: *constructed* for 15 to 18, real at both ends.

Odoo 14 and 19 were asked themselves (`fields_get`), and the live tests hold both ends of this table against them again.
What changed when in between is from public upgrade analyses (OCA OpenUpgrade); no Odoo 15, 16, 17 or 18 was run.
Modules: manufacturing, purchase, sales, stock, base_automation, and of OCA queue_job and base_tier_validation.
"""

from __future__ import annotations

VERSIONS = (14, 15, 16, 17, 18, 19)
STAMPS = {"create_date": "datetime", "create_uid": "many2one", "write_date": "datetime", "write_uid": "many2one"}
UNSTAMPED = ("mail.notification", "queue.job")
NOT_ON_REAL_14 = ("base.automation",)  # constructed there too
BESIDE = ("is_landed_costs_line", "is_subcontract", "subcontractor_ids", "purchase_price")  # modules left out here

# "type field field; type field": what Odoo 14 has. A type with ~ is computed when asked and not stored.
ODOO_14 = {
    "account.move": (
        "char invoice_origin name ref; selection move_type payment_state state; many2one commercial_partner_id "
        "company_id currency_id invoice_user_id journal_id partner_bank_id partner_id reversed_entry_id; monetary "
        "amount_residual amount_tax amount_total amount_total_signed amount_untaxed; boolean posted_before; date date "
        "invoice_date invoice_date_due"
    ),
    "account.move.line": (
        "selection display_type parent_state; many2one account_id company_id currency_id move_id product_id "
        "product_uom_id purchase_line_id; float price_unit quantity; monetary balance price_subtotal; boolean "
        "reconciled; date date date_maturity"
    ),
    "base.automation": (
        "selection trigger; many2one action_server_id; boolean active; datetime last_run; ~char name; ~many2one "
        "model_id"
    ),
    "fetchmail.server": "char name; selection state; boolean active; datetime date",
    "ir.actions.server": "char name; selection state usage; many2one model_id",
    "ir.config_parameter": "char key; text value",
    "ir.cron": (
        "char cron_name; selection interval_type; many2one ir_actions_server_id user_id; integer interval_number "
        "numbercall priority; boolean active; datetime lastcall nextcall"
    ),
    "ir.logging": "char func level name path; text message; selection type; integer create_uid write_uid",
    "ir.model": "char model name",
    "ir.model.access": (
        "char name; many2one group_id model_id; boolean active perm_create perm_read perm_unlink perm_write"
    ),
    "ir.model.data": "char model module name; many2one_reference res_id",
    "ir.model.fields": "char model name; selection ttype; boolean store; many2many groups; integer tracking",
    "ir.model.fields.selection": "char name value; many2one field_id",
    "ir.module.module": "char name; selection state",
    "ir.rule": "char name; many2one model_id; many2many groups; boolean active perm_read",
    "mail.activity": (
        "char res_model summary; many2one activity_type_id user_id; many2one_reference res_id; boolean automated; "
        "date date_deadline"
    ),
    "mail.activity.type": "char name; selection category; boolean active",
    "mail.mail": (
        "char scheduled_date; selection state; many2one mail_message_id; text failure_reason; boolean auto_delete "
        "notification"
    ),
    "mail.message": (
        "char model; selection message_type; many2one author_id mail_activity_type_id subtype_id; many2one_reference "
        "res_id; datetime date"
    ),
    "mail.message.subtype": "char name res_model",
    "mail.notification": (
        "selection failure_type notification_status notification_type; many2one mail_id mail_message_id; text "
        "failure_reason"
    ),
    "mail.tracking.value": (
        "char new_value_char old_value_char; many2one field mail_message_id; integer new_value_integer "
        "old_value_integer; float new_value_float new_value_monetary old_value_float old_value_monetary; datetime "
        "new_value_datetime old_value_datetime"
    ),
    "mrp.bom": (
        "char code; selection consumption ready_to_produce type; many2one company_id picking_type_id product_id "
        "product_tmpl_id product_uom_id; float product_qty; boolean active"
    ),
    "mrp.bom.line": "many2one bom_id operation_id product_id product_uom_id; float product_qty",
    "mrp.production": (
        "char name origin; selection priority reservation_state state; many2one bom_id company_id location_dest_id "
        "location_src_id lot_producing_id orderpoint_id picking_type_id procurement_group_id product_id "
        "product_uom_id user_id; integer backorder_sequence; float product_qty qty_producing; datetime date_deadline "
        "date_finished date_planned_finished date_planned_start date_start; ~selection components_availability_state"
    ),
    "mrp.routing.workcenter": (
        "char name; selection time_mode; many2one bom_id workcenter_id; integer sequence; float time_cycle_manual"
    ),
    "mrp.workcenter": (
        "char code name; many2one company_id resource_calendar_id resource_id; float capacity costs_hour oee_target "
        "time_efficiency; boolean active"
    ),
    "mrp.workcenter.productivity": (
        "selection loss_type; many2one company_id loss_id user_id workcenter_id workorder_id; float duration; "
        "datetime date_end date_start"
    ),
    "mrp.workcenter.productivity.loss": "char name; many2one loss_id; boolean manual",
    "mrp.workcenter.productivity.loss.type": "selection loss_type",
    "mrp.workorder": (
        "char name; selection state; many2one operation_id production_id workcenter_id; float duration "
        "duration_expected qty_produced; datetime date_finished date_planned_finished date_planned_start date_start"
    ),
    "procurement.group": "char name",
    "product.category": "char complete_name name; many2one parent_id",
    "product.product": "char default_code; many2one product_tmpl_id; boolean active; ~float standard_price",
    "product.supplierinfo": (
        "many2one company_id currency_id name product_id product_tmpl_id; integer delay sequence; float min_qty "
        "price; date date_end date_start; ~many2one product_uom"
    ),
    "product.template": (
        "char name; selection type; many2one categ_id uom_id; float produce_delay sale_delay; boolean active "
        "purchase_ok"
    ),
    "purchase.order": (
        "char name origin; selection invoice_status state; many2one company_id currency_id partner_id picking_type_id "
        "user_id; monetary amount_total amount_untaxed; boolean mail_reception_confirmed; datetime date_approve "
        "date_order date_planned effective_date"
    ),
    "purchase.order.line": (
        "many2one company_id order_id product_id product_uom; float price_unit product_qty qty_invoiced qty_received; "
        "monetary price_subtotal; datetime date_planned"
    ),
    "queue.job": (
        "char channel exc_message exc_name func_string graph_uuid method_name model_name name uuid; text result; "
        "selection state; many2one company_id job_function_id user_id; integer max_retries priority retry; float "
        "exec_time; datetime date_cancelled date_created date_done date_enqueued date_started eta"
    ),
    "res.company": "char name; many2one currency_id partner_id resource_calendar_id",
    "res.currency": "char name symbol; boolean active",
    "res.currency.rate": "many2one company_id currency_id; float rate; date name",
    "res.groups": "char name; ~char full_name; many2many implied_ids; ~many2many trans_implied_ids",
    "res.lang": "char code name; boolean active",
    "res.partner": (
        "char name vat; selection lang; many2one commercial_partner_id country_id parent_id; boolean active is_company"
    ),
    "res.partner.bank": (
        "char acc_number sanitized_acc_number; many2one bank_id company_id currency_id partner_id; boolean active"
    ),
    "res.users": "char login; many2one company_id partner_id; many2many company_ids groups_id; boolean active share",
    "resource.calendar": "char name; selection tz; many2one company_id; boolean active two_weeks_calendar",
    "resource.calendar.attendance": (
        "selection day_period dayofweek week_type; many2one calendar_id resource_id; float hour_from hour_to; date "
        "date_from date_to"
    ),
    "resource.calendar.leaves": (
        "char name; selection time_type; many2one calendar_id company_id resource_id; datetime date_from date_to"
    ),
    "sale.order": (
        "char client_order_ref name origin; selection invoice_status picking_policy state; many2one company_id "
        "currency_id partner_id procurement_group_id user_id warehouse_id; monetary amount_total amount_untaxed; date "
        "effective_date; datetime commitment_date date_order"
    ),
    "sale.order.line": (
        "selection display_type state; many2one company_id order_id product_id product_uom; float customer_lead "
        "discount price_unit product_uom_qty qty_delivered qty_invoiced; monetary price_subtotal"
    ),
    "sms.sms": "selection error_code state; many2one mail_message_id",
    "stock.location": (
        "char complete_name name; selection usage; many2one company_id location_id; boolean active scrap_location"
    ),
    "stock.move": (
        "char name origin reference; selection state; many2one bom_line_id company_id group_id location_dest_id "
        "location_id orderpoint_id origin_returned_move_id partner_id picking_id picking_type_id product_id "
        "product_uom "
        "production_id purchase_line_id raw_material_production_id sale_line_id warehouse_id workorder_id; many2many "
        "move_dest_ids; float price_unit product_uom_qty; boolean scrapped; datetime date date_deadline "
        "delay_alert_date; ~float forecast_availability "
        "quantity_done reserved_availability; ~datetime forecast_expected_date"
    ),
    "stock.move.line": (
        "selection state; many2one company_id location_dest_id location_id lot_id move_id package_id picking_id "
        "product_id product_uom_id result_package_id; float product_uom_qty qty_done; datetime date"
    ),
    "stock.picking": (
        "char name origin; selection move_type priority state; many2one backorder_id company_id location_dest_id "
        "location_id partner_id picking_type_id sale_id user_id; boolean has_deadline_issue; datetime date_deadline "
        "date_done scheduled_date"
    ),
    "stock.picking.type": (
        "char name; selection code; many2one company_id default_location_dest_id default_location_src_id "
        "warehouse_id; boolean active"
    ),
    "stock.production.lot": "char name; many2one company_id product_id",
    "stock.quant": (
        "many2one company_id location_id lot_id owner_id package_id product_id; float quantity reserved_quantity; "
        "datetime in_date"
    ),
    "mrp.unbuild": (
        "char name; selection state; many2one company_id lot_id mo_id product_id product_uom_id; float product_qty"
    ),
    "stock.scrap": (
        "char name origin; selection state; many2one company_id location_id lot_id picking_id product_id "
        "product_uom_id production_id scrap_location_id workorder_id; float scrap_qty; datetime date_done"
    ),
    "stock.warehouse": "char code name; many2one company_id lot_stock_id partner_id view_location_id; boolean active",
    "stock.warehouse.orderpoint": (
        "char name; selection trigger; many2one company_id location_id product_id route_id warehouse_id; float "
        "product_max_qty product_min_qty qty_to_order; boolean active; date snoozed_until"
    ),
    "tier.definition": "char name; selection review_type; many2one reviewer_id; boolean active approve_sequence",
    "tier.review": (
        "char model; selection status; many2one definition_id done_by requested_by; many2many reviewer_ids; integer "
        "res_id sequence; datetime reviewed_date"
    ),
    "uom.uom": "char name; many2one category_id; float factor; boolean active",
}

# What a version changed: "+type field" (new, or stored or typed otherwise), "-field", "=model" (the model's new name).
CHANGES: dict[int, dict[str, str]] = {
    15: {
        "mail.activity.type": "+selection res_model",
        "mail.mail": "-notification; +boolean is_notification; +selection failure_type",
        "mail.notification": "-mail_id; +many2one mail_mail_id",
        "mrp.routing.workcenter": "+boolean active",
        "product.template": "+selection detailed_type",
        "sale.order": "+datetime effective_date",
        "sms.sms": "-error_code; +selection failure_type",
        "stock.location": "+~many2one warehouse_id",
        "stock.move": "+boolean is_inventory; +date reservation_date",
        "stock.quant": "+date inventory_date",
    },
    16: {
        "mail.mail": "+datetime scheduled_date",
        "mrp.workcenter": "-capacity; +float default_capacity",
        "mrp.workorder": "+many2many blocked_by_workorder_ids",
        "product.supplierinfo": "-name; +many2one partner_id",
        "res.partner.bank": "+boolean allow_out_payment",
        "sale.order": "+selection delivery_status",
        "stock.location": "+many2one warehouse_id",
        "stock.move": "+float quantity_done",
        "stock.move.line": "-product_uom_qty; +float reserved_uom_qty",
        "stock.production.lot": "=stock.lot",
    },
    17: {
        "base.automation": "-action_server_id; +char name; +many2one model_id; +boolean log_webhook_calls",
        "ir.actions.server": "+many2one base_automation_id",
        "mail.activity": "+boolean active; +date date_done",
        "mail.activity.type": "+boolean keep_done",
        "mail.tracking.value": "-field; +many2one field_id; -old_value_monetary; -new_value_monetary",
        "mrp.bom": "+integer produce_delay",
        "mrp.production": "-date_planned_start; -date_planned_finished; +boolean is_outdated_bom",
        "mrp.workorder": "-date_planned_start; -date_planned_finished",
        "product.supplierinfo": "+float discount",
        "product.template": "-produce_delay; -sale_delay; +integer sale_delay",
        "stock.lot": "+many2one location_id",
        "stock.move": "-quantity_done; -reserved_availability; +float quantity; +boolean picked; +many2one scrap_id",
        "stock.move.line": "-qty_done; -reserved_uom_qty; +float quantity; +boolean picked",
        "stock.picking": "+many2one return_id",
        "tier.review": "+many2one_reference res_id",
    },
    18: {
        "ir.cron": "-numbercall; +integer failure_count; +datetime first_failure_date",
        "ir.cron.progress": "+many2one cron_id; +integer done remaining timed_out_counter; +boolean deactivate",
        "product.product": "+float standard_price",
        "product.template": "-detailed_type; +boolean is_storable",
        "resource.calendar": "+boolean flexible_hours",
        "stock.scrap": "+many2many scrap_reason_tag_ids",
        "stock.scrap.reason.tag": "+char name; +integer sequence",
        "stock.warehouse.orderpoint": "+~float qty_to_order",
    },
    19: {
        "fetchmail.server": "+datetime error_date; +text error_message",
        "mail.activity.type": "-keep_done",
        "mrp.production": (
            "-procurement_group_id; +many2one production_group_id; +many2many reference_ids; "
            "-lot_producing_id; +many2many lot_producing_ids; +~many2one warehouse_id"
        ),
        "mrp.workcenter": "-default_capacity",
        "mrp.workcenter.productivity": "+~selection loss_type",
        "procurement.group": "=stock.reference",
        "product.supplierinfo": "-product_uom; +many2one product_uom_id",
        "product.value": "+many2one product_id lot_id move_id company_id user_id; +monetary value; +datetime date",
        "purchase.order": "+boolean locked; -mail_reception_confirmed; +boolean acknowledged",
        "purchase.order.line": "-product_uom; +many2one product_uom_id",
        "res.groups": "-trans_implied_ids; +~many2many all_implied_ids",
        "res.users": "-groups_id; +many2many group_ids; +~many2many all_group_ids",
        "resource.calendar.attendance": "-date_from; -date_to; -resource_id",
        "sale.order": "-procurement_group_id; +many2many stock_reference_ids",
        "sale.order.line": "-product_uom; +many2one product_uom_id",
        "stock.location": "-scrap_location",
        "stock.move": "-name; -group_id; +many2many reference_ids; -scrapped; +monetary value",
        "stock.warehouse.orderpoint": "+date deadline_date; +float qty_to_order_computed",
        "uom.uom": "-category_id; +many2one relative_uom_id",
    },
}


def fields(version: int) -> dict[str, dict[str, str]]:
    """Model -> field -> type, as that version has them; a type that begins with ~ is not stored."""
    models = {model: _stamps(model) | dict(_typed(text)) for model, text in ODOO_14.items()}
    for step in range(VERSIONS[0] + 1, version + 1):
        for model, changes in CHANGES[step].items():
            for change in changes.split("; "):
                if change.startswith("="):
                    models[change[1:]] = models.pop(model)
                elif change.startswith("-"):
                    del models[model][change[1:]]
                else:
                    models.setdefault(model, dict(_stamps(model))).update(_typed(change[1:]))
    return models


def differences(odoo, sources: list) -> list[str]:
    """Where a real Odoo of the same version says otherwise, of the fields that the sources may come from."""
    candidates = {
        model: {name for stable, field in source.fields.items() for name in field.candidates or (stable,)}
        for source in sources
        for model in source.models
    }
    found = []
    for model, known in fields(odoo.major).items():
        if odoo.major == 14 and model in NOT_ON_REAL_14:
            continue
        real = {
            name: ("" if facts.get("store", True) else "~") + facts["type"]
            for name, facts in odoo.fields(model).items()
        }
        names = (known.keys() | candidates.get(model, set()) & real.keys()) - set(BESIDE)
        found += [
            f"{model}.{name}: {known.get(name)}, really {real.get(name)}"
            for name in sorted(names)
            if known.get(name) != real.get(name)
        ]
    return found


def _stamps(model: str) -> dict[str, str]:
    return {} if model in UNSTAMPED else STAMPS


def _typed(text: str):
    for part in text.split("; "):
        type, *names = part.split()
        yield from ((name, type) for name in names)
