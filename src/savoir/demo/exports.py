"""The other exports: Asterisk log, Shopify and Qualtrics CSV, the cost ledger."""

from pathlib import Path

from savoir.demo.dice import Dice
from savoir.demo.files import (
    Table,
    Written,
    euros,
    local,
    to_json,
    write,
)
from savoir.demo.world import (
    AS_OF,
    DAY,
    HOUR,
    PRODUCTS,
    START,
    Answer,
    Call,
    Cost,
    Order,
    Person,
    Product,
    World,
    paris,
)

# ---------- telephony: queue_log of Asterisk

QUEUE = "sav"
LOG_OVERLAP = 25  # last lines of a log that the next one begins with


def write_asterisk(world: World, folder: Path) -> list[Written]:
    """Write the queue log of each year."""
    dice = Dice(world.seed, "asterisk")
    lines = [(at, f"{at}|NONE|NONE|NONE|QUEUESTART|") for at in _restarts(world.calls)]
    for call in world.calls:
        lines += _call_lines(call, _caller(call.person, dice))
    lines.sort(key=lambda line: line[0])
    first, second = (
        [text for at, text in lines if paris(at).year == year] for year in (2025, 2026)
    )
    overlap = first[-LOG_OVERLAP:]
    cut_off = first[len(first) // 2].split("|")
    text_time = f"2026-03-02 10:14:05|1772442843.99|{QUEUE}|NONE|ENTERQUEUE||anonymous"
    written = []
    for name, rows, repeated, wrong in (
        ("queue_log.2025", first, 0, "|".join(cut_off[:2])),
        ("queue_log.2026", overlap + second, len(overlap), text_time),
    ):
        middle = len(rows) // 2
        rows = [*rows[:middle], wrong, *rows[middle:]]
        write(folder / name, "".join(row + "\n" for row in rows))
        written.append(Written(folder / name, len(rows), [middle + 1], repeated))
    return written


def _restarts(calls: list[Call]) -> list[int]:
    """Starts of the telephone exchange: at the beginning, each quarter by night, and
    soon after each call it lost."""
    lost = [c.entered_at + 100 for c in calls if c.outcome == "unfinished"]
    nightly = [START + 91 * DAY * number + 3 * HOUR for number in range(6)]
    return [START, *nightly, *[at for at in lost if at < AS_OF - DAY]]


def _caller(person: Person | None, dice: Dice) -> str:
    if person is None:
        return "anonymous"
    national = person.phone.removeprefix("+33")
    return dice.pick(("0", "0", "+33", "0033")) + national


def _call_lines(call: Call, caller: str) -> list[tuple[int, str]]:
    def line(at: int, member: str, event: str, *data: object) -> tuple[int, str]:
        fields = (at, call.id, QUEUE, member, event, *data)
        return at, "|".join(map(str, fields))

    entered, left = call.entered_at, call.entered_at + call.wait
    lines = [line(entered, "NONE", "ENTERQUEUE", "", caller, 1)]
    if call.unanswered_ring:
        ringing = call.unanswered_ring.extension
        lines.append(line(entered + 13, ringing, "RINGNOANSWER", 12000))
    if call.outcome == "abandoned":
        lines.append(line(left, "NONE", "ABANDON", 1, 1, call.wait))
    elif call.outcome == "timeout":
        lines.append(line(left, "NONE", "EXITWITHTIMEOUT", 1, 1, call.wait))
    elif call.outcome == "answered":
        member, leg = call.agent.extension, f"{left}.{call.id.rsplit('.')[-1]}9"
        ring = min(call.wait, 6)
        lines.append(line(left, member, "CONNECT", call.wait, leg, ring))
        event = f"COMPLETE{call.hung_up_by}"
        lines.append(line(call.ended_at, member, event, call.wait, call.talk, 1))
    return lines


# ---------- orders: Shopify's CSV

ORDER_COLUMNS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,"
    "Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,"
    "Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,"
    "Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,"
    "Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,"
    "Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,"
    "Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,"
    "Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,"
    "Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,"
    "Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,"
    "Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,"
    "Shipping Province Name,Payment ID"
)


def write_shopify(world: World, folder: Path) -> list[Written]:
    """Write the orders of each year, newest first, and the products."""
    dice = Dice(world.seed, "shopify")
    by_year = {
        year: [order for order in world.orders if paris(order.at).year == year]
        for year in (2025, 2026)
    }
    again = [order for order in by_year[2025] if order.exported_twice]
    first = [_order_rows(order, dice, before_refund=True) for order in by_year[2025]]
    second = [_order_rows(order, dice) for order in again + by_year[2026]]
    no_name = {"Lineitem quantity": "1", "Lineitem name": PRODUCTS[0].title}
    bad_total = _order_rows(world.orders[-2], dice)[0]
    bad_total |= {"Name": f"#{1001 + len(world.orders)}", "Total": "abc"}
    repeated = sum(len(order.lines) for order in again)
    return [
        _write_orders(folder / "orders_export_2025.csv", first, no_name, 0),
        _write_orders(folder / "orders_export_2026.csv", second, bad_total, repeated),
        _write_products(folder / "products_export.csv"),
    ]


def _write_orders(
    path: Path, orders: list[list[dict]], wrong: dict, repeated: int
) -> Written:
    columns = ORDER_COLUMNS.split(",")
    table = Table()
    table.add(columns)
    for number, rows in enumerate(reversed(orders)):
        if number == len(orders) // 2:
            table.add_wrong(wrong.get(column, "") for column in columns)
        for row in rows:
            table.add(row.get(column, "") for column in columns)
    write(path, table.text)
    return Written(path, table.rows - 1, table.rejected_lines, repeated)


def _order_rows(order: Order, dice: Dice, *, before_refund: bool = False) -> list[dict]:
    """One row per line item; what concerns the order is on the first."""
    email = _spelled(order.person.email, dice)
    rows = [
        {
            "Name": order.name,
            "Email": email,
            "Lineitem quantity": str(quantity),
            "Lineitem name": product.title,
            "Lineitem price": euros(product.price),
            "Lineitem sku": product.sku,
            "Lineitem requires shipping": "true",
            "Lineitem taxable": "true",
            "Lineitem fulfillment status": "fulfilled",
            "Lineitem discount": "0.00",
            "Vendor": "Maison Lumen",
        }
        for product, quantity in order.lines
    ]
    rows[0] |= _order_fields(order, dice, before_refund and order.late_refund)
    return rows


def _order_fields(order: Order, dice: Dice, before_refund: bool) -> dict:
    status = "paid" if before_refund else order.status
    refunded = 0 if before_refund else order.refunded
    is_paid = status not in ("pending", "voided")
    city = order.person.city
    name = f"{order.person.first} {order.person.last}"
    phone = _order_phone(order.person.phone, dice)
    account_phone = phone if dice.chance(0.3) else ""
    outstanding = order.total if status == "pending" else 0
    gift = order.tag == "replacement"
    free = sum(product.price * quantity for product, quantity in order.lines)
    discount = free if gift else order.discount
    is_sent = is_paid and order.at + 30 * HOUR <= AS_OF
    fields = {
        "Financial Status": status,
        "Paid at": _clock(order.at + 60) if is_paid else "",
        "Fulfillment Status": "fulfilled" if is_sent else "unfulfilled",
        "Fulfilled at": _clock(order.at + 30 * HOUR) if is_sent else "",
        "Accepts Marketing": dice.pick(("yes", "no")),
        "Currency": "EUR",
        "Subtotal": euros(order.subtotal),
        "Shipping": euros(order.shipping),
        "Taxes": euros(order.taxes),
        "Total": euros(order.total),
        "Discount Code": order.referral or ("BIENVENUE" if order.discount else ""),
        "Discount Amount": euros(discount),
        "Shipping Method": "Colissimo",
        "Created at": local(order.at, offset=True),
        "Payment Method": "manual" if gift else "Shopify Payments",
        "Refunded Amount": euros(refunded),
        "Outstanding Balance": euros(outstanding),
        "Id": str(5_500_000_000_000 + int(order.name[1:])),
        "Tags": order.tag or "",
        "Risk Level": "Low",
        "Source": "shopify_draft_order" if gift else "web",
        "Tax 1 Name": "FR TVA 20%",
        "Tax 1 Value": euros(order.taxes),
        "Phone": account_phone,
        "Notes": "Laisser au gardien.\nMerci !" if dice.chance(0.01) else "",
    }
    if order.cancelled_at is not None:
        fields["Cancelled at"] = _clock(order.cancelled_at)
    for part in ("Billing", "Shipping"):
        fields |= {
            f"{part} Name": name,
            f"{part} City": city.name,
            f"{part} Zip": f"'{city.zip_code}",
            f"{part} Province": city.region_code,
            f"{part} Province Name": order.region,
            f"{part} Country": "FR",
            f"{part} Phone": phone,
        }
    return fields


def _clock(at: int) -> str:
    return local(min(at, AS_OF), offset=True)


def _spelled(email: str, dice: Dice) -> str:
    """The address as somebody typed it."""
    if dice.chance(0.1):
        return email.title()
    return f" {email} " if dice.chance(0.03) else email


def _order_phone(phone: str | None, dice: Dice) -> str:
    if phone is None:
        return ""
    national = "0" + phone.removeprefix("+33")
    pairs = " ".join(national[i : i + 2] for i in range(0, 10, 2))
    return "'" + dice.pick((phone, national, pairs, "00" + phone[1:]))


def _write_products(path: Path) -> Written:
    table = Table()
    table.add(
        ["Handle", "Title", "Type", "Variant SKU", "Variant Price", "Cost per item"]
    )
    for product in PRODUCTS:
        table.add(_product_row(product))
    write(path, table.text)
    return Written(path, len(PRODUCTS))


def _product_row(product: Product) -> list[str]:
    handle = f"{product.type}-{product.sku}".lower()
    price, cost = euros(product.price), euros(product.cost)
    return [handle, product.title, product.type, product.sku, price, cost]


# ---------- surveys: Qualtrics' CSV with three header rows

RESPONSE_COLUMNS = (
    ("StartDate", "Date de début", "startDate"),
    ("EndDate", "Date de fin", "endDate"),
    ("Status", "Type de réponse", "status"),
    ("IPAddress", "Adresse IP", "ipAddress"),
    ("Progress", "Progression", "progress"),
    ("Duration (in seconds)", "Durée (en secondes)", "duration"),
    ("Finished", "Terminé", "finished"),
    ("RecordedDate", "Date enregistrée", "recordedDate"),
    ("ResponseId", "ID de la réponse", "_recordId"),
    ("RecipientLastName", "Nom du destinataire", "recipientLastName"),
    ("RecipientFirstName", "Prénom du destinataire", "recipientFirstName"),
    ("RecipientEmail", "E-mail du destinataire", "recipientEmail"),
    ("ExternalReference", "Référence externe", "externalDataReference"),
    ("LocationLatitude", "Latitude", "locationLatitude"),
    ("LocationLongitude", "Longitude", "locationLongitude"),
    ("DistributionChannel", "Canal de distribution", "distributionChannel"),
    ("UserLanguage", "Langue de l'utilisateur", "userLanguage"),
)
NPS_COLUMN = (
    "Q_NPS",
    "Recommanderiez-vous Maison Lumen à un proche ? (0 à 10)",
    "QID1",
)
SERVICE_COLUMNS = (
    NPS_COLUMN,
    ("Q_CSAT", "Êtes-vous satisfait de notre réponse ? (1 à 5)", "QID2"),
    (
        "Q_CES",
        "L'entreprise m'a facilité la résolution de mon problème. "
        "(1 = pas du tout d'accord, 7 = tout à fait d'accord)",
        "QID3",
    ),
    (
        "Q_FCR",
        "Réglé dès le premier contact ?\n(1 = Oui, 2 = Non)",
        "QID4",
    ),
    ("Q_COMMENT", "Souhaitez-vous ajouter quelque chose ?", "QID5_TEXT"),
    ("ticket_id", "ticket_id", "ticket_id"),
    ("call_id", "call_id", "call_id"),
)
RELATIONSHIP_COLUMNS = (
    NPS_COLUMN,
    ("Q_COMMENT", "Qu'est-ce qui motive votre note ?", "QID2_TEXT"),
)
SERVICE_SURVEY, RELATIONSHIP_SURVEY = "Enquete SAV", "Barometre relationnel"


def write_qualtrics(world: World, folder: Path) -> list[Written]:
    """Write the service survey and the relationship survey."""
    dice = Dice(world.seed, "qualtrics")
    service = [_service_row(answer, dice) for answer in world.service_answers]
    relationship = [
        [*response_cells(answer, dice, as_numbers=True), score_cell(answer.nps), ""]
        for answer in world.relationship_answers
    ]
    cut_off = service[len(service) // 2][:9]
    return [
        write_survey(SERVICE_SURVEY, SERVICE_COLUMNS, service, [cut_off], folder),
        write_survey(
            RELATIONSHIP_SURVEY, RELATIONSHIP_COLUMNS, relationship, [], folder
        ),
    ]


def write_survey(
    survey: str,
    questions: tuple[tuple[str, str, str], ...],
    rows: list[list[str]],
    wrong: list[list[str]],
    folder: Path,
) -> Written:
    """Write one survey with its three header rows; `wrong` rows stand in the middle."""
    columns = RESPONSE_COLUMNS + questions
    table = Table()
    table.add(name for name, _, _ in columns)
    table.add(label for _, label, _ in columns)
    table.add(_import_id(id_) for _, _, id_ in columns)
    middle = len(rows) // 2
    for row in rows[:middle]:
        table.add(row)
    for row in wrong:
        table.add_wrong(row)
    for row in rows[middle:]:
        table.add(row)
    path = folder / f"{survey}_June 30, 2026_23.59.csv"
    write(path, table.text)
    return Written(path, table.rows - 3, table.rejected_lines)


def _import_id(id_: str) -> str:
    if id_.endswith("Date"):
        return to_json({"ImportId": id_, "timeZone": "Europe/Paris"})
    return to_json({"ImportId": id_})


def response_cells(
    answer: Answer, dice: Dice, *, as_numbers: bool = False
) -> list[str]:
    """The columns that every survey has, in their order."""
    duration = dice.between(25, 240)
    status = "Survey Preview" if answer.is_preview else "IP Address"
    finished = str(answer.is_finished)
    if as_numbers:
        status, finished = "0", str(int(answer.is_finished))
    person = answer.person
    email, last, first, channel = "", "", "", "preview"
    if person is not None:
        email = _spelled(person.email, dice) if has_known_email(person) else ""
        last, first = person.last, person.first
        channel = "email" if email else "smsinvite"
    recorded = local(answer.at)
    return [
        local(answer.at - duration),
        recorded,
        status,
        "",
        "100" if answer.is_finished else "40",
        str(duration),
        finished,
        recorded,
        answer.id,
        last,
        first,
        email,
        "",
        "",
        "",
        channel,
        "FR",
    ]


def has_known_email(person: Person) -> bool:
    """Whether the shop has the person's address, from an order or a message."""
    return bool(person.orders) or (person.user is not None and person.email is not None)


def _service_row(answer: Answer, dice: Dice) -> list[str]:
    ticket_id, call_id = "", ""
    if answer.contact is not None:
        ticket, call = answer.contact.ticket, answer.contact.call
        shown = dice.pick(("ticket", "call", "both")) if ticket and call else "both"
        if ticket and shown != "call":
            ticket_id = str(ticket.id)
        if call and shown != "ticket":
            call_id = call.id
    questions = (answer.nps, answer.csat, answer.ces, answer.fcr)
    return [
        *response_cells(answer, dice),
        *[score_cell(score) for score in questions],
        answer.comment or "",
        ticket_id,
        call_id,
    ]


def score_cell(score: int | None) -> str:
    """A score, or nothing where the question was left blank."""
    return "" if score is None else str(score)


# ---------- costs: a ledger from an accountant's spreadsheet

CATEGORIES = {
    "salaries": "Salaires",
    "outsourcing": "Sous-traitance",
    "tools": "Outils",
    "telephony": "Téléphonie",
    "training": "Formation",
    "overhead": "Frais généraux",
}


def write_cost_ledger(world: World, folder: Path) -> list[Written]:
    """Write the ledger of each year, months and thousands in two spellings."""
    return [
        _write_year(world.costs, "2025", "\N{NO-BREAK SPACE}", folder),
        _write_year(world.costs, "2026", " ", folder),
    ]


def _write_year(costs: list[Cost], year: str, space: str, folder: Path) -> Written:
    table = Table(delimiter=";", line_end="\r\n")
    headings = "Mois;Site;Équipe;Prestataire;Catégorie;Montant;Devise"
    table.add(headings.split(";"))
    rows = [cost for cost in costs if cost.month.startswith(year)]
    for number, cost in enumerate(rows):
        month = cost.month
        if year == "2025":
            month = f"{month[5:]}/{year}"
            if number == len(rows) // 2:
                table.add_wrong([month, "Lyon", "", "", "Divers", "12,30", "EUR"])
        amount = _french(cost.amount, space)
        category = CATEGORIES[cost.category]
        table.add([month, cost.site, cost.team, cost.partner, category, amount, "EUR"])
    path = folder / f"grand_livre_sav_{year}.csv"
    write(path, table.text, "cp1252")
    return Written(path, len(rows) + len(table.rejected_lines), table.rejected_lines)


def _french(cents: int, space: str) -> str:
    """Amount with a decimal comma and spaced thousands: 1 234,56."""
    sign = "-" if cents < 0 else ""
    whole = f"{abs(cents) // 100:,}".replace(",", space)
    return f"{sign}{whole},{abs(cents) % 100:02d}"
