"""What a new company begins with: usual units, a category, and a warehouse with its places."""

from trastienda import Work

from .categories import Category
from .units import Unit
from .warehouses import Location, Warehouse

#: Code, English and Spanish name, kind, and how many of the kind's reference unit it is.
UNITS = (
    ("UD", "Piece", "Unidad", "count", 1, 1),
    ("DOC", "Dozen", "Docena", "count", 12, 1),
    ("KG", "Kilogram", "Kilogramo", "weight", 1, 1),
    ("G", "Gram", "Gramo", "weight", 1, 1000),
    ("L", "Litre", "Litro", "volume", 1, 1),
    ("M", "Metre", "Metro", "length", 1, 1),
    ("H", "Hour", "Hora", "time", 1, 1),
)
#: Code, English and Spanish name, kind.
PLACES = (
    ("ALM/EX", "Stock", "Existencias", "internal"),
    ("ALM/EN", "Receiving", "Recepción", "internal"),
    ("PROV", "Suppliers", "Proveedores", "supplier"),
    ("CLI", "Customers", "Clientes", "customer"),
    ("TRANS", "In transit", "En tránsito", "transit"),
    ("MERMA", "Losses and differences", "Mermas y diferencias", "loss"),
)


def first_run(work: Work) -> None:
    """Names are of the company's language; codes are Spanish, as the accounts' and journals' are not changed later."""
    spanish = work.company.language.startswith("es")
    work.add_all([
        (Unit(code=code, name=es if spanish else en, kind=kind, numerator=numerator, denominator=denominator), ())
        for code, en, es, kind, numerator, denominator in UNITS])
    work.add(Category(code="GEN", name="Mercaderías" if spanish else "Goods"))
    warehouse = work.add(Warehouse(code="ALM", name="Almacén" if spanish else "Warehouse"))
    parent = work.add(Location(code="ALM", name=warehouse.name, kind="view", warehouse=warehouse.id))
    work.add_all([
        (Location(code=code, name=es if spanish else en, kind=kind,
                  **({"warehouse": warehouse.id, "parent": parent.id} if kind == "internal" else {})), ())
        for code, en, es, kind in PLACES])
