"""Products of the demo group: six families that are made, and the components they are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from etl.demo.people import ADMIN, local_vendors
from etl.demo.plants import PLANTS, SCARCE, SUBCONTRACTED, Plant


@dataclass(frozen=True)
class Product:
    """A product at its price, bought or sold; `components` (product id, quantity each) is empty when it is bought."""

    id: int
    template_id: int
    code: str
    name: str
    category_id: int
    price: float
    components: tuple[tuple[int, float], ...] = ()


_COMPONENTS = (
    "Cast housing small:38, Cast housing large:74, Shaft 20 mm:12, Shaft 35 mm:21, Impeller bronze:44, "
    "Impeller steel:31, Ball bearing 6205:6.5, Seal kit 40 mm:17, Seal kit 60 mm:23, Gear set:52, "
    "Valve body DN25:19, Valve body DN50:33, Valve ball chrome:14, Valve disc:16, Spindle:9, PTFE seat:4.2, "
    "Electric motor 0.7 kW:96, Electric motor 2.2 kW:148, Controller board:61, Sensor 4-20 mA:27, "
    "Cable harness:11, Enclosure IP65:18, Flange set:13, Fastener kit:2.8"
)
# Family, code prefix, product names, components (numbers in the list above; each product takes two or three).
_FAMILIES = (
    ("Centrifugal pumps", "P1", "CP-20 CP-25 CP-32 CP-40 CP-50 CP-65", (1, 5, 17, 3, 23)),
    ("Gear pumps", "P2", "GP-05 GP-08 GP-12 GP-16 GP-22 GP-30", (10, 8, 4, 16, 2)),
    ("Ball valves", "V1", "BV-15 BV-20 BV-25 BV-32 BV-40 BV-50", (11, 13, 16, 15, 24)),
    ("Butterfly valves", "V2", "FV-50 FV-65 FV-80 FV-100 FV-125 FV-150", (12, 8, 14, 15, 23)),
    ("Actuators", "A1", "EA-10 EA-20 EA-40 EA-60 EA-90 EA-120", (18, 7, 22, 6, 9)),
    ("Control units", "U1", "CU-1 CU-2 CU-3 CU-4 CU-5 CU-6", (19, 20, 21, 22, 24)),
)
# Families whose products contain a control unit, made to order now and then.
_WITH_CONTROL = ("Centrifugal pumps", "Gear pumps", "Actuators")
_COMPONENT_CATEGORY, _FIRST_CATEGORY = 10, 4


def _products() -> tuple[Product, ...]:
    """All products, components first, by id."""
    found = []
    for number, entry in enumerate(_COMPONENTS.split(", "), start=1):
        name, price = entry.rsplit(":", 1)
        code = f"C-{100 + number}"
        found.append(Product(number + 20, number + 14, code, name, _COMPONENT_CATEGORY, float(price)))
    parts = dict(enumerate(found, start=1))
    # Product ids of the control units follow from their place: the last family.
    control = {n: found[-1].id + 6 * 5 + n + 1 for n in range(6)}
    for family, (name, prefix, models, numbers) in enumerate(_FAMILIES):
        for n, model in enumerate(models.split()):
            chosen = [numbers[(n + step) % len(numbers)] for step in range(2 + n % 2)]
            components = [(parts[number].id, float(1 + (number + n) % 2)) for number in chosen]
            if name in _WITH_CONTROL and n % 2 == 0:
                components.append((control[n], 1.0))
            found.append(
                Product(
                    id=found[-1].id + 1,
                    template_id=found[-1].template_id + 1,
                    code=f"{prefix}-{n + 1:02d}",
                    name=f"{name[:-1]} {model}",
                    category_id=_FIRST_CATEGORY + family,
                    price=0.0,
                    components=tuple(components),
                )
            )
    by_id = {product.id: product for product in found}
    return tuple(replace(one, price=round(2 * cost(one, by_id), 2)) if one.components else one for one in found)


def cost(product: Product, by_id: dict[int, Product]) -> float:
    """What is in one piece: the price of a component, or what a made product is made of."""
    if not product.components:
        return product.price
    return sum(each * cost(by_id[part], by_id) for part, each in product.components)


PRODUCTS = _products()
COMPONENTS = tuple(product for product in PRODUCTS if not product.components)
SAMPLES, PROTOTYPES = "Samples", "Prototypes"
_SAMPLES_CATEGORY, _PROTOTYPES_CATEGORY = 11, 12


def _more(number: int, code: str, name: str, category: int, price: float, *components: tuple[int, float]) -> Product:
    """A product beside the six families."""
    last = PRODUCTS[-1]
    return Product(last.id + number, last.template_id + number, code, name, category, price, components)


# What goods leave the plant in; kept by a reordering rule, and neither made nor bought by the plants.
CRATE = _more(1, "K-100", "Transport crate", 3, 24.0)
# What salesmen take along, kept by reordering rules: the one is bought, the other made.
CARTON = _more(2, "S-102", "Sample carton", _SAMPLES_CATEGORY, 2.5)
KIT = _more(3, "S-101", "Sample kit", _SAMPLES_CATEGORY, 12.0, (COMPONENTS[-1].id, 1.0))
# What engineers try out: everything that happens to it is planted, once for each thing that can.
CASTING = _more(4, "T-102", "Prototype casting", _PROTOTYPES_CATEGORY, 30.0)
PROTOTYPE = _more(5, "T1-01", "Prototype valve", _PROTOTYPES_CATEGORY, 90.0, (CASTING.id, 1.0))
EXTRA = (CARTON, KIT, CASTING, PROTOTYPE)
PRODUCT = {product.id: product for product in (*PRODUCTS, CRATE, *EXTRA)}
MADE = tuple(product for product in (*PRODUCTS, *EXTRA) if product.components)
SCARCE_ID, SUBCONTRACTED_ID = (
    next(product.id for product in PRODUCTS if product.code == code) for code in (SCARCE, SUBCONTRACTED)
)
_CATEGORY = {name: _FIRST_CATEGORY + n for n, (name, *_) in enumerate(_FAMILIES)}


def made_in(plant: Plant) -> list[Product]:
    """What the plant makes."""
    categories = {_CATEGORY[family] for family in plant.families}
    return [product for product in PRODUCTS if product.category_id in categories]


def vendor_of(plant: Plant, product: Product) -> int:
    """The partner id of the vendor the plant buys a component from."""
    vendors = local_vendors(plant)
    return vendors[product.id * 7 % len(vendors)].partner_id


MADE_IN = {plant.code: made_in(plant) for plant in PLANTS}
BOUGHT_FROM = {
    plant.code: {
        partner_id: [p for p in COMPONENTS if vendor_of(plant, p) == partner_id]
        for partner_id in sorted({vendor_of(plant, p) for p in COMPONENTS})
    }
    for plant in PLANTS
}


def records(written: str) -> dict[str, list[dict]]:
    """`product_category`, `product_template` and `product_product` records, last changed at `written`."""
    names = [(1, "All", False), (2, "Finished", 1), (3, "Bought", 1)]
    names += [(_CATEGORY[name], name, 2) for name in _CATEGORY]
    names += [(_COMPONENT_CATEGORY, "Components", 3)]
    names += [(_SAMPLES_CATEGORY, SAMPLES, 2), (_PROTOTYPES_CATEGORY, PROTOTYPES, 2)]
    full = {1: "All"}
    categories = []
    for category_id, name, parent in names:
        full[category_id] = f"{full[parent]} / {name}" if parent else name
        categories.append(
            {
                "id": category_id,
                "name": name,
                "complete_name": full[category_id],
                "parent_id": parent,
                "write_date": written,
            }
        )
    templates = [
        {
            "id": product.template_id,
            "name": product.name,
            "categ_id": product.category_id,
            "uom_id": 1,
            "type": "consu",
            "purchase_ok": not product.components,
            "sale_delay": 7,
            "active": True,
            "write_date": written,
        }
        for product in (*PRODUCTS, CRATE, *EXTRA)
    ]
    products = [
        {
            "id": product.id,
            "product_tmpl_id": product.template_id,
            "default_code": product.code,
            "standard_price": round(cost(product, PRODUCT), 2),
            "active": True,
            "write_date": written,
        }
        for product in (*PRODUCTS, CRATE, *EXTRA)
    ]
    return {
        "product_category": categories,
        "product_template": templates,
        "product_product": products,
        "mrp_bom": [_bom(product, written) for product in MADE],
        "mrp_bom_line": _bom_lines(written),
        "mrp_routing_workcenter": [_operation(product, written) for product in MADE],
    }


def _bom(product: Product, written: str) -> dict:
    """The bill of materials of a product, the same in all companies; its id is that of the template."""
    return {
        "id": product.template_id,
        "code": False,
        "type": "normal",
        "product_tmpl_id": product.template_id,
        "product_id": False,
        "product_qty": 1.0,
        "product_uom_id": 1,
        "picking_type_id": False,
        "ready_to_produce": "all_available",
        "consumption": "flexible",
        "produce_delay": 1,
        "subcontractor_ids": [],
        "company_id": False,
        "active": True,
        "create_date": written,
        "create_uid": ADMIN,
        "write_date": written,
    }


def _bom_lines(written: str) -> list[dict]:
    wanted = [(product, *component) for product in MADE for component in product.components]
    return [
        {
            "id": bom_line_id(component, product.id),
            "bom_id": product.template_id,
            "product_id": component,
            "product_qty": each,
            "product_uom_id": 1,
            "operation_id": False,
            "create_date": written,
            "create_uid": ADMIN,
            "write_date": written,
            "write_uid": ADMIN,
        }
        for product, component, each in sorted(wanted, key=lambda line: bom_line_id(line[1], line[0].id))
    ]


def bom_line_id(component: int, product: int) -> int:
    """The line by which a product takes a component."""
    return component * 1000 + product


def _operation(product: Product, written: str) -> dict:
    """The one operation of a product's routing."""
    return {
        "id": product.template_id,
        "name": "Assemble",
        "bom_id": product.template_id,
        "workcenter_id": 1,
        "sequence": 100,
        "time_mode": "manual",
        "time_cycle_manual": 60.0,
        "active": True,
        "create_date": written,
        "create_uid": ADMIN,
        "write_date": written,
        "write_uid": ADMIN,
    }
