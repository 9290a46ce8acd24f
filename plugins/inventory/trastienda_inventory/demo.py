"""The demo company's stock: a wholesaler of stationery, generated, the same for the same day."""

from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from random import Random

from trastienda import Work
from trastienda_contacts import Party, PartyRole

from .barcodes import check_digit
from .categories import Category
from .counts import StockCount
from .first_run import first_run
from .lots import Lot
from .moves import Move, Picking
from .open_days import first_open_day
from .products import Product, ProductAttribute, SupplierPrice
from .units import Unit
from .warehouses import Location

SEED = 1947
DAYS = 60
#: Code, name, valuation.
CATEGORIES = (("PAPEL", "Papel y cuadernos", "fifo"), ("ESCR", "Escritura", "average"), ("OFI", "Oficina", "average"),
              ("MAQ", "Máquinas", "standard"))
#: Code, name, category, cost, tracking.
PRODUCTS = (
    ("A4-80", "Papel A4 80 g, 500 hojas", "PAPEL", "3.12", "none"),
    ("A3-80", "Papel A3 80 g, 500 hojas", "PAPEL", "6.85", "none"),
    ("CUA-A5", "Cuaderno A5 cuadrícula", "PAPEL", "1.18", "none"),
    ("CUA-A4", "Cuaderno A4 rayado", "PAPEL", "1.64", "none"),
    ("NOTAS", "Notas adhesivas, 100 hojas", "PAPEL", "0.47", "none"),
    ("SOBRE", "Sobre americano, caja de 500", "PAPEL", "9.20", "none"),
    ("BOLI-AZ", "Bolígrafo azul", "ESCR", "0.14", "none"),
    ("BOLI-RO", "Bolígrafo rojo", "ESCR", "0.14", "none"),
    ("LAPIZ", "Lápiz HB", "ESCR", "0.11", "none"),
    ("ROT", "Rotulador permanente", "ESCR", "0.52", "none"),
    ("SUBR", "Subrayador amarillo", "ESCR", "0.39", "none"),
    ("GOMA", "Goma de borrar", "ESCR", "0.16", "none"),
    ("COLA", "Pegamento en barra 21 g", "OFI", "0.61", "lot"),
    ("TINTA", "Tinta para tampón 30 ml", "OFI", "1.95", "lot"),
    ("CLIP", "Clips n.º 2, caja de 100", "OFI", "0.33", "none"),
    ("GRAPA", "Grapas 24/6, caja de 1000", "OFI", "0.42", "none"),
    ("ARCH", "Archivador palanca A4", "OFI", "1.37", "none"),
    ("CARP", "Carpeta de gomas", "OFI", "0.58", "none"),
    ("CALC", "Calculadora de sobremesa", "MAQ", "8.40", "none"),
    ("DESTR", "Destructora de papel", "MAQ", "61.00", "serial"),
)
#: Of A3 paper there is never enough; of the others there is.
MINIMA = {"A4-80": 20, "A3-80": 100, "SOBRE": 10, "BOLI-AZ": 50, "CALC": 2}
MARGIN = Decimal("1.45")


def make_demo(work: Work) -> None:
    """Where accounting is on, the glue's own demo says first where the stock is posted, and then makes this."""
    if "stock.post-to-ledger/1" not in work.site.registry.services:
        fill(work)


def fill(work: Work) -> None:
    """Twenty products, receipts and sales of the last weeks as far as the books are open, and work that waits."""
    first_run(work)
    random = Random(SEED)
    suppliers, customers = (_parties(work, role) for role in ("supplier", "customer"))
    products = _products(work, suppliers)
    begin = first_open_day(work, work.today - timedelta(days=DAYS))
    days = [begin + timedelta(days=number) for number in range((work.today - begin).days + 1)]
    _trade(work, random, products, days)
    _waiting(work, random, products, suppliers=suppliers, customers=customers)


def _parties(work: Work, role: str) -> list[Party]:
    query = work.select(Party).join(PartyRole).where(PartyRole.role == role)
    return list(query.order_by(Party.code.desc()).limit(12))


def _products(work: Work, suppliers: list[Party]) -> list[Product]:
    categories = {code: work.add(Category(code=code, name=name, valuation=valuation))
                  for code, name, valuation in CATEGORIES}
    piece = work.get(Unit, "UD")
    made: list[Product] = []
    for number, (code, name, category, cost, tracking) in enumerate(PRODUCTS):
        digits = f"20{number + 1:010}"  # for use inside a firm: belongs to nobody
        product = Product(code=code, name=name, category=categories[category].id, unit=piece.id, tracking=tracking,
                          barcode=digits + check_digit(digits), standard_cost=Decimal(cost),
                          minimum_stock=Decimal(MINIMA.get(code, 0)))
        prices = [SupplierPrice(supplier=suppliers[number % len(suppliers)].id, price=Decimal(cost), lead_days=5)]
        made.append(work.add(product, prices if suppliers else ()))
    red = next(product for product in made if product.code == "BOLI-RO")
    red.variant_of = next(product for product in made if product.code == "BOLI-AZ")
    red.lines_of(ProductAttribute).append(ProductAttribute(attribute="color", value="rojo"))
    work.add(Product(code="ENCUAD", name="Encuadernación", kind="service", unit=piece.id))
    return made


def _trade(work: Work, random: Random, products: list[Product], days: list[Date]) -> None:
    """Each product is received on the first day, sold on some, and received again where it runs short."""
    stock, source, target = (work.get(Location, code).id for code in ("ALM/EX", "PROV", "CLI"))
    for product in products:
        cost = product.standard_cost
        if product.tracking == "serial":
            _serials(work, product, days, source=source, stock=stock, target=target)
            continue
        lot = _lot(work, random, product) if product.tracking == "lot" else None
        size = max(20, int(Decimal(400) / (cost + 1)))
        held = 0
        for day in days:
            if held < size // 4:
                price = (cost * random.randint(96, 108) / 100).quantize(Decimal("0.0001"))
                _do(work, product, size, source, stock, day, lot=lot, unit_cost=price)
                held += size
            if day == days[-1] or random.random() < 0.3:
                sold = random.randint(1, max(1, size // 6))
                price = (cost * MARGIN).quantize(Decimal("0.01"))
                _do(work, product, sold, stock, target, day, lot=lot, unit_price=price)
                held -= sold


def _serials(work: Work, product: Product, days: list[Date], *, source: int, stock: int, target: int) -> None:
    for number in range(1, 7):
        lot = work.add(Lot(code=f"{product.code}-{number:04}", product=product.id)).id
        _do(work, product, 1, source, stock, days[0], lot=lot)
        if number < 3:
            _do(work, product, 1, stock, target, days[-1], lot=lot, unit_price=product.standard_cost * MARGIN)


def _lot(work: Work, random: Random, product: Product) -> int:
    expires_on = work.today + timedelta(days=random.randint(8, 25))
    return work.add(Lot(code=f"L{random.randint(1000, 9999)}", product=product.id, expires_on=expires_on)).id


def _do(work: Work, product: Product, quantity: int, source: int, target: int, day: Date, **more: object) -> None:
    move = Move(product=product.id, quantity=Decimal(quantity), date=day, from_location=source, to_location=target,
                **more)
    work.act(work.add(move), "do")


def _waiting(work: Work, random: Random, products: list[Product], *, suppliers: list[Party],
             customers: list[Party]) -> None:
    """Deliveries to prepare, one of them reserved, a receipt on its way, and a count begun."""
    stock, source, target = (work.get(Location, code).id for code in ("ALM/EX", "PROV", "CLI"))
    plain = [product for product in products if product.tracking == "none"]
    for number, (kind, parties, ends) in enumerate((
            ("delivery", customers, (stock, target)), ("delivery", customers, (stock, target)),
            ("receipt", suppliers, (source, stock)))):
        picking = work.add(Picking(
            kind=kind, date=work.today + timedelta(days=number), reference=f"P-{101 + number}",
            party=random.choice(parties).id if parties else None, from_location=ends[0], to_location=ends[1]))
        for product in random.sample(plain, 4):
            work.act(picking, "add", product=product.code, quantity=Decimal(random.randint(1, 4)))
        if number == 0:
            work.act(picking, "reserve")
    count = work.add(StockCount(code=f"R-{work.today:%Y-%m}", date=work.today, location=stock))
    work.act(count, "start")
