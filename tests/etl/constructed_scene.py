"""One small scene of known times, written down the way each version of Odoo stores it: *constructed*, never recorded.

Two companies, three plants; people who work in English and in French; orders, approvals, stock, activities and
scheduled actions. Ids and times are the same in every version, and so is the truth that the KPIs must show.
`Scene(17, upgraded_from=16)` is the database that Odoo 16 recorded and that then was upgraded: the labels of its
changes are those of 16.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from tests.etl.constructed_fields import VERSIONS, fields
from tests.etl.constructed_supply import supply
from tests.live.truth import Hold, Production, Purchase

BEGIN = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0) - timedelta(days=60)
UPGRADED_AT = BEGIN + timedelta(days=40)
ADMIN, ANNA, PIERRE, BUYER = 2, 5, 6, 7
PARTNERS = {1: 2, ADMIN: 3, 3: 4, ANNA: 5, PIERRE: 6, BUYER: 7}
LANGUAGES = {PIERRE: "fr_FR"}
PLANTS = {"Nord/WH": (1, 1), "Nord/LYO": (2, 1), "South/WH": (3, 2)}  # warehouse, company
STATE, RESERVATION, LANE, APPROVAL, AMOUNT = 101, 102, 103, 201, 202
TRACKED = {
    STATE: ("mrp.production", "state", "selection"),
    RESERVATION: ("mrp.production", "reservation_state", "selection"),
    LANE: ("mrp.production", "x_lane", "char"),  # somebody's own field, which no upgrade takes along
    APPROVAL: ("purchase.order", "state", "selection"),
    AMOUNT: ("purchase.order", "amount_untaxed", "monetary"),
}
FIELD_IDS = {(model, name): id for id, (model, name, _) in TRACKED.items()}
# What a field was called before; the newest name is used in this file.
FORMER = {
    ("mail.tracking.value", "field_id"): "field",
    ("mrp.workcenter", "default_capacity"): "capacity",
    ("product.supplierinfo", "partner_id"): "name",
    ("purchase.order.line", "product_uom_id"): "product_uom",
    ("res.users", "group_ids"): "groups_id",
    ("sale.order.line", "product_uom_id"): "product_uom",
}
FORMER_MODELS = {"stock.lot": (16, "stock.production.lot"), "stock.reference": (19, "procurement.group")}
KNOWN = [fields(version) for version in VERSIONS]


def labels(version: int) -> dict[int, dict[str, tuple[str, str]]]:
    """Field -> key -> English and French label. That they were renamed between 14 and 19 is real, when is made up."""
    return {
        STATE: {
            "draft": ("Draft", "Brouillon"),
            "confirmed": ("Confirmed", "Confirmé"),
            "progress": ("In Progress", "En cours"),
            "to_close": ("To Close", "À clôturer"),
            "done": ("Done", "Terminé" if version >= 16 else "Fait"),
            "cancel": ("Cancelled", "Annulé"),
        },
        RESERVATION: {
            "confirmed": ("Waiting", "En attente"),
            "assigned": ("Ready", "Prêt"),
            "waiting": ("Waiting Another Operation", "En attente d'une autre opération"),
        },
        APPROVAL: {
            "draft": ("RFQ", "Demande de prix"),
            "sent": ("RFQ Sent", "Envoyé" if version >= 18 else "Demande de prix envoyée"),
            "to approve": ("To Approve", "À approuver"),
            "purchase": (
                "Purchase Order",
                "Bon de commande fournisseur" if version >= 17 else "Commande fournisseur",
            ),
            **({"done": ("Locked", "Bloqué")} if version < 19 else {}),
            "cancel": ("Cancelled", "Annulé"),
        },
    }


def moment(days: float, hours: float = 0) -> datetime:
    """Days and hours after the beginning; odd seconds, so that nothing falls together by chance."""
    return BEGIN + timedelta(days=days, hours=hours, seconds=int(days * 17 + hours * 7) % 60)


def stamp(at: datetime) -> str:
    """As the database keeps creation and write dates: with microseconds."""
    return f"{at:%Y-%m-%d %H:%M:%S}.342937"


def text(at: datetime | None) -> str | bool:
    """As the database keeps what people and code set: whole seconds."""
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else False


class Document:
    """A record with a chatter; its values are those of its last change."""

    def __init__(self, scene: Scene, model: str, id: int, created: datetime, by: int, values: dict):
        self.scene, self.model, self.id, self.created, self.by = scene, model, id, created, by
        self.values, self.changed, self.times = values, created, {}
        scene.message(self, created, by)

    def change(self, at: datetime, by: int, **values) -> None:
        """One transaction of a person: the values with a field that is tracked leave their change in the chatter."""
        if at > UPGRADED_AT and not self.scene.later:
            self.scene.messages += 1  # its ids stay free
            self.scene.trackings += len(values)
            return
        message = self.scene.message(self, at, by)
        for name, new in values.items():
            self.scene.tracking(self, message, name, self.values.get(name, ""), new, at, by)
        self.values |= values
        self.changed = at
        self.times.setdefault(values.get("state"), at)


class Scene:
    """The rows of a database: `rows` by model, in the names of `version`; `truth`: the KPI rows they must give.

    upgraded_from: the version that recorded everything; what an upgrade recomputes has its write date moved.
    later: with what happened after the upgrade.
    """

    def __init__(self, version: int, upgraded_from: int | None = None, later: bool = False):
        self.version, self.upgraded_from, self.later = version, upgraded_from, later
        self.known = fields(version)
        self.rows: dict[str, list[dict]] = defaultdict(list)
        self.truth: list[dict] = []
        self.documents: list[Document] = []
        self.messages = self.trackings = 0
        self._people()
        self._products()
        self._definitions()
        self._production()
        self._purchases()
        self._stock()
        supply(self, moment, text)
        self._machinery()
        for document in self.documents:
            self._write(document)

    # ------------------------------------------------------------ writing down

    def add(
        self, model: str, id: int, /, created: datetime = BEGIN, by: int = 1, changed: datetime | None = None, **values
    ):
        """A row; a value whose field this version does not store is left out, one that no version has is a mistake."""
        since, former = FORMER_MODELS.get(model, (0, model))
        newest, model = model, former if self.version < since else model
        row = {"id": id}
        for name, value in values.items():
            names = [name, *([FORMER[newest, name]] if (newest, name) in FORMER else [])]
            ever = {n for known in KNOWN for n in (known.get(newest, {}) | known.get(former, {}))}
            assert ever.intersection(names), f"no version has {newest}.{name}"
            here = [n for n in names if not self.known[model].get(n, "~").startswith("~")]
            if here:
                row[here[0]] = value
        if "write_date" in self.known[model] and model != "procurement.group":
            moved = UPGRADED_AT if self.upgraded_from and (changed or created) < UPGRADED_AT else None
            row |= {"create_date": stamp(created), "create_uid": by, "write_uid": by}
            row["write_date"] = stamp(moved or changed or created)
        self.rows[model].append(row)

    def recorded_in(self, at: datetime) -> int:
        """The version that was running then."""
        return self.upgraded_from if self.upgraded_from and at < UPGRADED_AT else self.version

    def message(self, document: Document, at: datetime, by: int) -> int:
        self.messages += 1
        self.add(
            "mail.message",
            self.messages,
            created=at,
            by=by,
            model=document.model,
            res_id=document.id,
            message_type="notification",
            subtype_id=1,
            author_id=PARTNERS[by],
            date=text(at),
        )
        return self.messages

    def tracking(self, document: Document, message: int, name: str, old, new, at: datetime, by: int) -> None:
        field = FIELD_IDS[document.model, name]
        self.trackings += 1
        if field == LANE and self.upgraded_from and self.version <= 16:
            return  # went with its field
        _, _, type = TRACKED[field]
        version = self.recorded_in(at)
        values = {}
        if type == "selection":
            column = int(LANGUAGES.get(by) == "fr_FR")
            known = labels(version)[field]
            values = {
                "old_value_char": known[old][column] if old else "",
                "new_value_char": known[new][column] if new else "",
            }
        elif type == "monetary":
            kind = "float" if self.version >= 17 else "monetary"
            values = {f"old_value_{kind}": old, f"new_value_{kind}": new}
        else:
            values = {"old_value_char": old, "new_value_char": new}
        dropped = field == LANE and self.upgraded_from
        self.add(
            "mail.tracking.value",
            self.trackings,
            created=at,
            by=by,
            mail_message_id=message,
            field_id=False if dropped else field,
            **values,
        )

    def _write(self, document: Document) -> None:
        values = {name: value for name, value in document.values.items() if not name.startswith("x_")}
        if document.model == "mrp.production":
            values |= self._dates(document)
        elif values["state"] == "done" and self.version >= 19:
            values["state"] = "purchase"  # 19 knows it by `locked` alone
        self.add(
            document.model,
            document.id,
            created=document.created,
            by=document.by,
            changed=document.changed,
            **values,
        )

    def _dates(self, order: Document) -> dict:
        """Up to Odoo 16 the plan has fields of its own, and only a work order fills the start; from 17 on one field
        holds the plan first and what happened afterwards."""
        planned = order.created + timedelta(days=1)
        worked = order.times.get("progress") if order.id in WORKED else None
        done = order.times.get("done")
        plan = {"date_planned_start": text(planned), "date_planned_finished": text(planned + timedelta(hours=1))}
        if self.version <= 16:
            return plan | {"date_start": text(worked), "date_finished": text(done)}
        return {"date_start": text(worked or planned), "date_finished": text(done or planned + timedelta(hours=1))}

    # ------------------------------------------------------------ who and where

    def _people(self) -> None:
        self.add("res.lang", 1, code="en_US", name="English", active=True)
        self.add("res.lang", 2, code="fr_FR", name="French", active=True)
        self.add("res.lang", 3, code="de_DE", name="German", active=False)
        self.add("res.currency", 1, name="EUR", symbol="€", active=True)
        self.add("res.currency", 2, name="USD", symbol="$", active=False)
        self.add("res.currency.rate", 1, name="2024-01-01", rate=1.1, currency_id=2, company_id=1)
        self.add("resource.calendar", 1, name="40 hours", tz="Europe/Paris", company_id=1, active=True)
        self.add("resource.calendar.attendance", 1, calendar_id=1, dayofweek="0", hour_from=8.0, hour_to=12.0)
        for id, name in ((1, "Nord"), (2, "South")):
            self.add("res.company", id, name=name, currency_id=1, resource_calendar_id=1, partner_id=1)
        people = {1: "OdooBot", ADMIN: "Mitchell", 3: "Public user", ANNA: "Anna", PIERRE: "Pierre", BUYER: "Ben"}
        self.add("res.partner", 1, name="Nord", is_company=True, commercial_partner_id=1, active=True)
        self.add("res.partner", 20, name="Steelworks", is_company=True, commercial_partner_id=20, active=True)
        self.add("res.partner", 21, name="Closed Mill", is_company=True, commercial_partner_id=21, active=False)
        self.add("res.partner.bank", 1, partner_id=20, acc_number="FR76 3000 1007", active=True, allow_out_payment=True)
        for user, name in people.items():
            active = user not in (1, 3)
            language = LANGUAGES.get(user, "en_US")
            self.add("res.partner", PARTNERS[user], name=name, lang=language, is_company=False, active=active)
            self.add(
                "res.users",
                user,
                login={1: "__system__", ADMIN: "admin", 3: "public"}.get(user, name.lower()),
                partner_id=PARTNERS[user],
                company_id=1,
                company_ids=[1, 2],
                group_ids=[1],
                active=active,
                share=False,
            )
        self.add("res.groups", 1, name="Administrator")
        self.add("ir.config_parameter", 1, key="database.uuid", value="constructed")
        for plant, (warehouse, company) in PLANTS.items():
            code = plant.partition("/")[2]
            view = 30 + warehouse
            self.add(
                "stock.warehouse",
                warehouse,
                name=plant,
                code=code,
                company_id=company,
                view_location_id=view,
                active=True,
            )
            for number, kind in ((1, "mrp_operation"), (2, "incoming")):
                self.add(
                    "stock.picking.type",
                    warehouse * 10 + number,
                    name=kind,
                    code=kind,
                    warehouse_id=warehouse,
                    company_id=company,
                    active=True,
                )
            for id, name, usage in (
                (warehouse, "Stock", "internal"),
                (20 + warehouse, "Quarantine", "internal"),
                (view, code, "view"),
            ):
                self.add(
                    "stock.location",
                    id,
                    name=name,
                    complete_name=name if id == view else f"{code}/{name}",
                    usage=usage,
                    location_id=False if id == view else view,
                    warehouse_id=warehouse,
                    company_id=company,
                    active=True,
                )
        self.add("stock.location", 40, name="Vendors", complete_name="Vendors", usage="supplier", active=True)

    def _products(self) -> None:
        newer = self.version >= 18
        self.add("product.category", 1, name="Frames", complete_name="All / Frames")
        self.add("uom.uom", 1, name="Units", factor=1.0, category_id=1, active=True)
        # from 19 on how many reference units it is, before how many of it one reference unit is
        self.add("uom.uom", 2, name="Dozens", factor=12.0 if self.version >= 19 else 1 / 12, category_id=1, active=True)
        for id, name in ((1, "Table"), (2, "Leg"), (3, "Old leg")):
            self.add(
                "product.template",
                id,
                name=name,
                categ_id=1,
                uom_id=1,
                type="consu" if newer else "product",
                detailed_type="product",
                is_storable=True,
                active=id != 3,
            )
            self.add("product.product", id, product_tmpl_id=id, default_code=name, active=id != 3, standard_price=4.0)
        self.add("product.supplierinfo", 1, partner_id=20, product_tmpl_id=2, price=3.5, min_qty=1.0, delay=5)
        self.add("mrp.bom", 1, product_tmpl_id=1, product_qty=1.0, product_uom_id=1, type="normal", active=True)
        self.add("mrp.bom.line", 1, bom_id=1, product_id=2, product_qty=2.0, product_uom_id=1)
        self.add("mrp.workcenter", 1, name="Assembly", company_id=1, default_capacity=1.0, active=True)
        self.add("mrp.workcenter.productivity.loss.type", 1, loss_type="productive")
        self.add("mrp.workcenter.productivity.loss", 1, name="Full speed", loss_id=1)

    def _definitions(self) -> None:
        """Fields and their labels. An upgrade drops the field that is somebody's own."""
        for id, (model, name, type) in TRACKED.items():
            if not (id == LANE and self.upgraded_from):
                self.add("ir.model.fields", id, model=model, name=name, ttype=type, tracking=100)
        for field, keys in labels(self.version).items():
            for number, (key, (english, french)) in enumerate(labels(14)[field].items()):
                if key in keys:
                    english, french = keys[key]
                    name = {"en_US": english, "fr_FR": french}
                    id = field * 10 + number
                    self.add("ir.model.fields.selection", id, field_id=field, value=key, name=name)
        self.add("mail.message.subtype", 1, name="Note")
        self.add("ir.model", 1, model="mrp.production", name="Manufacturing Order")

    # ------------------------------------------------------------ what happened

    def order(self, id: int, plant: str, created: datetime, by: int = ANNA, **values) -> Document:
        warehouse, company = PLANTS[plant]
        defaults = {
            "name": f"MO/{id:05}",
            "state": "draft",
            "reservation_state": "",
            "product_id": 1,
            "product_qty": 5.0,
            "product_uom_id": 1,
            "bom_id": 1,
            "company_id": company,
            "picking_type_id": warehouse * 10 + 1,
            "user_id": by,
            "backorder_sequence": 1,
            "procurement_group_id": id,
            "production_group_id": id,
            "reference_ids": [id],
        }
        return self._keep(Document(self, "mrp.production", id, created, by, defaults | values))

    def purchase(
        self, id: int, plant: str, created: datetime, amount: float, by: int = BUYER, product: int = 2, **line
    ) -> Document:
        warehouse, company = PLANTS[plant]
        self.add(
            "purchase.order.line",
            id,
            created=created,
            by=by,
            order_id=id,
            product_id=product,
            product_uom_id=1,
            product_qty=10.0,
            price_unit=amount / 10,
            price_subtotal=amount,
            company_id=company,
            **line,
        )
        values = {
            "name": f"PO/{id:05}",
            "state": "draft",
            "partner_id": 20,
            "user_id": by,
            "currency_id": 1,
            "company_id": company,
            "picking_type_id": warehouse * 10 + 2,
            "amount_untaxed": amount,
            "amount_total": amount,
            "date_order": text(created),
        }
        return self._keep(Document(self, "purchase.order", id, created, by, values))

    def _keep(self, document: Document) -> Document:
        self.documents.append(document)
        return document

    def expect(self, kind, document: Document, plant: str, **times) -> None:
        """`kind` is Production or Purchase of the live tests' truth."""
        who = {"plant": plant, "company": plant.partition("/")[0], "responsible": "", "note": ""}
        more = {"product": "", "created": document.created} if kind is Production else {"vendor": ""}
        rows = kind(id=document.id, **who, **more, **times).rows()
        self.truth += [row for row in rows if not row.get("absent")]

    def _production(self) -> None:
        for number, (plant, who) in enumerate((("Nord/WH", ANNA), ("Nord/LYO", PIERRE), ("South/WH", ANNA))):
            self._orders_of(plant, who, 10 * number, number)

    def _orders_of(self, plant: str, who: int, first: int, days: int) -> None:
        """Short then done, a draft, cancelled as a draft, still short, ready again after it was lost, a back-order."""
        created, released, ready = moment(days), moment(days, 5), moment(days + 2, 3)
        started, done = moment(days + 3), moment(days + 3, 7)
        one = self.order(first + 1, plant, created, who)
        one.change(moment(days, 1), who, x_lane="left")
        one.change(released, who, state="confirmed", reservation_state="confirmed")
        one.change(ready, who, reservation_state="assigned")
        one.change(started, who, state="progress")
        one.change(moment(days + 3, 6), who, state="to_close")
        one.change(done, who, state="done", reservation_state="")
        times = {"released": released, "ready": ready, "started": started, "done": done}
        self.expect(Production, one, plant, **times, shortages=[(released, ready)])

        draft = self.order(first + 2, plant, moment(days + 20), who)
        self.expect(Production, draft, plant)

        cancelled = self.order(first + 3, plant, moment(days + 4), who)
        cancelled.change(moment(days + 4, 9), who, state="cancel")
        self.expect(Production, cancelled, plant, cancelled=moment(days + 4, 9))

        released, arrives = moment(days + 22, 2), moment(days + 45, 4)
        short = self.order(first + 4, plant, moment(days + 22), who)
        short.change(released, who, state="confirmed", reservation_state="waiting")
        short.change(moment(days + 23), who, reservation_state="confirmed")
        short.change(arrives, who, reservation_state="assigned")  # after the upgrade
        came = arrives if self.later else None
        self.expect(Production, short, plant, released=released, ready=came, shortages=[(released, came)])

        released, ready = moment(days + 6, 1), moment(days + 7)
        lost, again = moment(days + 8), moment(days + 9, 5)
        twice = self.order(first + 5, plant, moment(days + 6), who)
        twice.change(released, who, state="confirmed", reservation_state="confirmed")
        twice.change(ready, who, reservation_state="assigned")
        twice.change(lost, who, reservation_state="confirmed")
        twice.change(again, who, reservation_state="assigned")
        twice.change(moment(days + 10), who, state="progress")
        times = {"released": released, "ready": ready, "started": moment(days + 10)}
        self.expect(Production, twice, plant, **times, shortages=[(released, ready), (lost, again)])

        released, split = moment(days + 12, 1), moment(days + 14)
        part = self.order(first + 6, plant, moment(days + 12), who)
        part.change(released, who, state="confirmed", reservation_state="assigned")
        part.change(moment(days + 13), who, state="progress")
        part.change(split, who, state="done", reservation_state="")
        times = {"released": released, "ready": released, "started": moment(days + 13), "done": split}
        self.expect(Production, part, plant, **times)
        rest = self.order(first + 7, plant, split, who, state="confirmed", reservation_state="assigned")
        rest.values |= {"backorder_sequence": 2, "procurement_group_id": first + 6, "production_group_id": first + 6}
        self.expect(Production, rest, plant, split=split, released=split, ready=split)

    def _purchases(self) -> None:
        manager = {ANNA: "Nord/WH", PIERRE: "Nord/LYO"}
        for number, (who, plant) in enumerate(manager.items()):
            asked, decided = moment(number + 1, 2), moment(number + 3, 5)
            approved = self.purchase(10 * number + 1, plant, moment(number + 1), 9000.0, who)
            approved.change(moment(number + 1, 1), who, amount_untaxed=9500.0, state="sent")
            approved.change(asked, who, state="to approve")
            approved.change(decided, who, state="purchase")
            approved.values["date_approve"] = text(decided)
            self._decided(approved, plant, asked, decided)

            asked, decided = moment(number + 5, 3), moment(number + 6)
            locked = self.purchase(10 * number + 2, plant, moment(number + 5), 8000.0, who)
            locked.change(asked, who, state="to approve")
            last = "done" if self.recorded_in(decided) < 19 else "purchase"
            locked.change(decided, who, state=last)
            locked.values |= {"locked": True}
            self._decided(locked, plant, asked, decided)

            asked = moment(number + 30)
            waiting = self.purchase(10 * number + 3, plant, moment(number + 30, -1), 7000.0, who)
            waiting.change(asked, who, state="to approve")
            self._decided(waiting, plant, asked, None)

            small = self.purchase(10 * number + 4, plant, moment(number + 8), 10.0, who)
            small.change(moment(number + 8, 1), who, state="purchase")
        self._tiers()

    def _decided(self, document: Document, plant: str, asked: datetime, decided: datetime | None) -> None:
        self.expect(Purchase, document, plant, rounds=[(asked, decided)], steps=[_step(1, asked, decided)])

    def _tiers(self) -> None:
        """Two reviews in turn: both decided, and the second one open."""
        for id, name in ((1, "Head of purchasing"), (2, "Managing director")):
            self.add("tier.definition", id, name=name, review_type="individual", approve_sequence=True, active=id == 1)
        for id, days, second in ((31, 10, moment(13, 2)), (32, 33, None)):
            asked, first = moment(days), moment(days + 1, 3)
            order = self.purchase(id, "South/WH", moment(days, -2), 100.0)
            for sequence, decided in ((1, first), (2, second)):
                self.add(
                    "tier.review",
                    id * 10 + sequence,
                    created=asked,
                    by=BUYER,
                    changed=decided or first,
                    model="purchase.order",
                    res_id=id,
                    definition_id=sequence,
                    sequence=sequence,
                    status="approved" if decided else "pending",
                    requested_by=BUYER,
                    done_by=ADMIN if decided else False,
                    reviewed_date=text(decided),
                )
            steps = [_step(1, asked, first), _step(2, first, second)]
            self.expect(Purchase, order, "South/WH", rounds=[(asked, second)], steps=steps)

    def _stock(self) -> None:
        """Order 1: its components were used. Order 5: they are reserved. Order 4: nothing is there."""
        self.add("stock.lot", 1, name="LOT-1", product_id=2, company_id=1, location_id=1)
        self.add("stock.reference", 1, name="MO/00001")
        for id, state, demand, reserved, done in (
            (1, "done", 10, 0, 10),
            (5, "assigned", 10, 10, 0),
            (4, "confirmed", 10, 0, 0),
        ):
            there = {"quantity": done or reserved, "picked": bool(done), "quantity_done": done}
            common = {
                "product_id": 2,
                "company_id": 1,
                "location_id": 1,
                "location_dest_id": 9,
                "date": text(moment(3)),
            }
            self.add(
                "stock.move",
                id,
                created=moment(1),
                state=state,
                reference=f"MO/{id:05}",
                product_uom=1,
                product_uom_qty=demand,
                raw_material_production_id=id,
                picking_type_id=11,
                group_id=id,
                reference_ids=[id],
                **common,
                **there,
            )
            if done or reserved:
                quantity = {"quantity": done or reserved, "picked": bool(done), "qty_done": done}
                self.add(
                    "stock.move.line",
                    id,
                    created=moment(2),
                    move_id=id,
                    state=state,
                    product_uom_id=1,
                    lot_id=1,
                    product_uom_qty=reserved,
                    reserved_uom_qty=reserved,
                    **common,
                    **quantity,
                )
        self._quarantine()
        quant = {"product_id": 2, "location_id": 1, "lot_id": 1, "company_id": 1, "in_date": text(moment(1))}
        self.add("stock.quant", 1, **quant, quantity=30.0, reserved_quantity=10.0)
        self.add(
            "stock.warehouse.orderpoint", 1, name="OP/1", product_id=2, warehouse_id=1, qty_to_order=3.0, active=True
        )
        states = {1: "done", 5: "progress", 4: "blocked" if self.version >= 19 else "pending"}
        for id, state in states.items():
            order = next(d for d in self.documents if d.model == "mrp.production" and d.id == id)
            begun, done = order.times.get("progress"), order.times.get("done")
            planned = order.created + timedelta(days=1)
            old = {"date_planned_start": text(planned), "date_start": text(begun), "date_finished": text(done)}
            new = {"date_start": text(begun or planned), "date_finished": text(done or planned + timedelta(hours=1))}
            self.add(
                "mrp.workorder",
                id,
                created=order.created,
                name="Assemble",
                state=state,
                production_id=id,
                workcenter_id=1,
                duration_expected=60.0,
                **(old if self.version <= 16 else new),
            )
        worked = {"date_start": text(moment(3)), "date_end": text(moment(3, 6)), "duration": 360.0}
        self.add("mrp.workcenter.productivity", 1, workcenter_id=1, workorder_id=1, loss_id=1, **worked)

    def _quarantine(self) -> None:
        """Ten legs come into each quarantine: four are released, the others returned in the first plant only."""
        for plant, (warehouse, company) in PLANTS.items():
            stock, cage, first = warehouse, 20 + warehouse, 100 * warehouse
            held, released, returned = moment(warehouse, 2), moment(warehouse + 1, 3), moment(warehouse + 2, 4)
            went = [(held, 10.0, stock, cage), (released, 4.0, cage, stock)]
            if warehouse == 1:
                went.append((returned, 6.0, cage, 40))
            for id, (at, quantity, source, target) in enumerate(went, start=first):
                common = {"state": "done", "product_id": 2, "company_id": company, "date": text(at), "picked": True}
                common |= {"location_id": source, "location_dest_id": target, "quantity": quantity}
                reference = {"reference": f"INT/{id}", "product_uom": 1, "product_uom_qty": quantity}
                self.add("stock.move", id, created=at, **common, **reference, quantity_done=quantity)
                line = {"move_id": id, "product_uom_id": 1, "qty_done": quantity}
                self.add("stock.move.line", id, created=at, **common, **line)
            ends = [(released, "released", 4.0), (returned if warehouse == 1 else None, "", 6.0)]
            company_name = plant.partition("/")[0]
            self.truth += Hold("stock.move", first, plant, company_name, "", held, ends).rows()

    def _machinery(self) -> None:
        """Activities, scheduled actions, automation rules, background jobs."""
        self.add("mail.activity.type", 1, name="To Do", category="default", active=True, keep_done=True)
        open_one = {"res_model": "purchase.order", "res_id": 3, "activity_type_id": 1, "user_id": ANNA, "active": True}
        self.add("mail.activity", 1, created=moment(31), summary="Decide", **open_one, date_deadline="2030-01-01")
        if self.recorded_in(moment(5)) >= 17:  # before, Odoo deletes what is done
            done = open_one | {"res_id": 1, "active": False, "date_done": f"{moment(5):%Y-%m-%d}"}
            self.add("mail.activity", 2, created=moment(4), changed=moment(5), **done, date_deadline="2030-01-01")
        self.add("ir.actions.server", 1, name="Scheduler", state="code", usage="ir_cron", model_id=1)
        self.add(
            "ir.cron",
            1,
            cron_name="Scheduler",
            ir_actions_server_id=1,
            user_id=1,
            interval_number=1,
            interval_type="days",
            lastcall=text(moment(35)),
            nextcall=text(moment(36)),
            numbercall=-1,
            failure_count=0,
            active=True,
        )
        if self.recorded_in(moment(35)) >= 18:
            self.add("ir.cron.progress", 1, created=moment(35), cron_id=1, done=1, remaining=0)
        self.add("base.automation", 1, trigger="on_write", action_server_id=1, name="Rule", model_id=1, active=True)
        job = {"uuid": "a-1", "name": "Export", "model_name": "purchase.order", "user_id": BUYER, "company_id": 1}
        job["func_string"] = "purchase.order(1,).export('Jane Doe')"
        dates = {"date_created": text(moment(2)), "date_started": text(moment(2, 1)), "date_done": text(moment(2, 2))}
        self.add("queue.job", 1, **job, **dates, state="done", retry=1)


WORKED = (1, 5)  # orders whose start a work order has told


def _step(number: int, entered: datetime, left: datetime | None) -> dict:
    return {"step": number, "entered": entered, "left": left}
