"""What each vendor's exports become."""

import json

import pytest

TICKET = {
    "id": 35436,
    "created_at": "2025-03-01T10:00:00Z",
    "updated_at": "2025-03-02T10:00:00Z",
    "status": "open",
    "satisfaction_rating": {"score": "good"},
    "tags": ["vip", "é"],
    "custom_fields": [],
    "requester_id": None,
    "priority": "high",
    "url": "not landed",
}
AUDIT = {
    "id": 1,
    "ticket_id": 35436,
    "created_at": "2025-03-01T10:00:00Z",
    "events": [{"type": "Create"}],
}
USER = {"id": 7, "name": "Zoé", "active": True, "suspended": False}
RATING = {
    "id": 5,
    "score": "offered",
    "created_at": "2025-03-01T10:00:00Z",
    "updated_at": "2025-03-01T10:00:00Z",
}
GROUP = {"id": 9, "name": "Retours"}


def lines(*values):
    return "\n".join(json.dumps(value) for value in values) + "\n"


# Zendesk


@pytest.mark.parametrize(
    ("file", "content", "line"),
    [
        ("page.json", json.dumps({"tickets": [TICKET], "count": 1}), 1),
        ("page.json", json.dumps({"tickets": [TICKET], "count": 1}, indent=2), 1),
        ("one.json", json.dumps({"ticket": TICKET}), 1),
        ("pages.ndjson", lines({"job_status": {}}, {"tickets": [TICKET]}), 2),
        (
            "recorded.ndjson",
            lines(
                {
                    "seq": 0,
                    "uri": "https://x/api/v2/tickets",
                    "recorded_at": "2025-03-03T00:00:00",
                    "body": {"tickets": [TICKET]},
                }
            ),
            1,
        ),
        ("airbyte.ndjson", lines({"stream": "tickets", "data": TICKET}), 1),
        ("tickets.json", json.dumps([TICKET]), 1),
        ("tickets_2025.json", json.dumps(TICKET, indent=1), 1),
        ("ticket.json", json.dumps(TICKET), 1),
        ("tickets.ndjson", "\n\n" + lines(TICKET), 3),
        ("tickets.jsonl", lines([TICKET]), 1),
        ("tickets.json", lines(TICKET), 1),
        ("utf16.json", json.dumps({"tickets": [TICKET]}).encode("utf-16"), 1),
    ],
)
def test_a_ticket_lands_from_every_wrapping(file, content, line, folders):
    folders.write(f"zendesk/{file}", content)
    folders.land()
    [row] = folders.rows("zendesk/tickets")
    assert (row["id"], row["status"], row["priority"]) == ("35436", "open", "high")
    assert row["satisfaction_rating"] == '{"score":"good"}'
    assert (row["tags"], row["custom_fields"]) == ('["vip","é"]', "[]")
    assert (row["requester_id"], row["via"]) == (None, None)
    assert row["_line"] == line


def test_one_file_may_hold_all_entities(folders):
    folders.write(
        "zendesk/export.ndjson",
        lines(
            {"tickets": [TICKET, TICKET], "users": [USER]},
            {"audits": [AUDIT]},
            {"ticket": TICKET, "audit": AUDIT},
            {"satisfaction_ratings": [RATING]},
            {"satisfaction_rating": RATING},
            {"groups": [GROUP], "next_page": None},
            {"job_status": {"id": 1}},
            {"stream": "brands", "data": {"id": 1}},
            {"count": 3},
            {},
            7,
        ),
    )
    files = folders.land().files
    assert {row.entity: row.rows_landed for row in files} == {
        "tickets": 3,
        "users": 1,
        "ticket_audits": 2,
        "satisfaction_ratings": 2,
        "groups": 1,
    }
    [note] = {row.message for row in files}
    assert note == "not landed: 1 job_status, 1 brands, 1 count, 1 empty object"
    assert folders.column("zendesk/users", "active") == ["true"]
    assert (
        folders.column("zendesk/ticket_audits", "events") == ['[{"type":"Create"}]'] * 2
    )


@pytest.mark.parametrize(
    ("file", "record", "entity"),
    [
        ("users_all.ndjson", USER, "users"),
        ("audits.ndjson", AUDIT, "ticket_audits"),
        ("ticket_audits.ndjson", AUDIT, "ticket_audits"),
        ("satisfaction_ratings.ndjson", RATING, "satisfaction_ratings"),
        ("group.ndjson", GROUP, "groups"),
    ],
)
def test_bare_objects_are_named_by_their_file(file, record, entity, folders):
    folders.write(f"zendesk/{file}", lines(record))
    [row] = folders.land().files
    assert (row.entity, row.rows_landed) == (entity, 1)


def test_zendesk_rejects(folders, only):
    row = only(
        "zendesk/tickets.ndjson",
        lines(TICKET | {"id": None}, {"tickets": [TICKET, None]})
        + '{"id": 1, "status"\n'
        + lines(TICKET | {"created_at": "soon"}),
    )
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (5, 1, 4)
    reasons = folders.reasons()
    assert reasons[0] == (1, "id: missing (a value is required)")
    assert reasons[1] == (2, "not a JSON object")
    assert reasons[2][1].startswith("not JSON (Expecting ':'")
    assert reasons[3][1].startswith("created_at: 'soon' is not a timestamp")
    raw = [row["raw_text"] for row in folders.rejects()]
    assert raw[1:3] == ["null", '{"id": 1, "status"']


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("tickets.json", '{"tickets": [\n{"id": 1},\n{"id"', "line 3: not a complete"),
        ("tickets.json", "[" * 100_000, "not a JSON document"),
        ("jobs.ndjson", lines({"job": {"id": 1}}), "no known records (1 job)"),
        ("export.ndjson", "nonsense\n", "no known records (no JSON)"),
        ("tickets.json", '{"ticket": "é"}'.encode("cp1252"), "not UTF-8"),
        ("tickets.json", "", "the file is empty"),
    ],
)
def test_unreadable_zendesk_files(file, content, expected, folders):
    folders.write(f"zendesk/{file}", content)
    folders.write("zendesk/users.ndjson", lines(USER))
    bad, good = sorted(folders.land().files, key=lambda row: row.status, reverse=True)
    assert (bad.status, good.rows_landed) == ("unreadable", 1)
    assert expected in bad.message


def test_half_an_emoji_does_not_lose_the_ticket(folders):
    folders.write(
        "zendesk/tickets.ndjson",
        lines(TICKET).replace("vip", "\\ud83d").replace("high", "\\ud83d\\ude00"),
    )
    folders.land()
    [row] = folders.rows("zendesk/tickets")
    assert (row["tags"], row["priority"]) == ('["?","é"]', "\N{GRINNING FACE}")


# Asterisk

QUEUE_LOG = """\
1596191926|NONE|NONE|NONE|QUEUESTART|
1596512941|1596512941.163|support|NONE|ENTERQUEUE||7000|1
1596512960|1596512941.163|support|SIP/1|RINGNOANSWER|1000
1596513009|1596512941.163|support|NONE|ABANDON|1|1|68|a|b

soon|1|support|NONE|ENTERQUEUE||7000|1
1596513010|1|support|NONE|X|1|2|3|4|5|6
1596513011|1|sup"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["queue_log", "queue_log.1", "queue_log_2025.txt"])
def test_queue_log(name, end, folders, only):
    row = only(f"asterisk/{name}", QUEUE_LOG.replace("\n", end))
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (7, 4, 3)
    start, enter, _, abandon = folders.rows("asterisk/queue_log")
    assert (start["callid"], start["event"], start["data1"]) == (
        "NONE",
        "QUEUESTART",
        None,
    )
    assert (enter["time"], enter["data1"], enter["data3"]) == ("1596512941", None, "1")
    assert (abandon["data5"], abandon["_line"]) == ("b", 4)
    expected = "fields, 5 to 10 expected (time|callid|queue|agent|event|...)"
    assert folders.reasons() == [
        (6, "time: 'soon' is not a whole number (such as 42)"),
        (7, f"11 {expected}"),
        (8, f"3 {expected}"),
    ]
    assert folders.rejects()[2]["raw_text"] == "1596513011|1|sup"


# Shopify

ORDERS = (
    "Name,Email,Paid at,Total,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Billing Phone,Shipping Zip,Id,Fulfilled at\n"
    "#1050,Koper@example.com,2026-05-01 10:00:00 +0200,100.90,"
    "2026-05-01 09:59:00 +0200,1,Matcha 100 gram,62.95,'+31612345678,'02801,'555,\n"
    "#1050,Koper@example.com,,,,1,O'Neill,37.95,,,,\n"
    ',,,,,1,"no order",1,,,,\n'
)


def test_shopify_orders(folders, only):
    row = only("shopify/orders_export.csv", ORDERS)
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (3, 2, 1)
    assert row.message == "columns in _unknown: Fulfilled at"
    first, second = folders.rows("shopify/orders")
    assert (first["id"], first["shipping_zip"]) == ("555", "02801")
    assert first["billing_phone"] == "+31612345678"
    assert first["created_at"] == "2026-05-01 09:59:00+0200"
    assert (first["total"], first["lineitem_price"]) == ("100.90", "62.95")
    assert (second["lineitem_name"], second["total"]) == ("O'Neill", None)
    assert folders.reasons() == [(4, "name: missing (a value is required)")]


def test_shopify_products(folders, only):
    only(
        "shopify/products_export_1.csv",
        "Handle,Title,Variant SKU,Variant Price,Cost per item\n"
        "mug,Mug,MUG-1,12.00,4.10\nmug,,MUG-2,13.00,\nmug,,,,\n",
    )
    assert folders.column("shopify/products", "variant_sku") == ["MUG-1", "MUG-2"]
    assert folders.column("shopify/products", "cost_per_item") == ["4.10", None]
    assert len(folders.rejects()) == 1


# Qualtrics


def csv_line(*fields):
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields) + "\n"


NAMES = [
    "StartDate",
    "EndDate",
    "Status",
    "Progress",
    "Duration (in seconds)",
    "Finished",
    "RecordedDate",
    "ResponseId",
    "RecipientEmail",
    "ExternalReference",
    "DistributionChannel",
    "UserLanguage",
    "Q1_NPS",
    "Q2",
    "Q2",
]


def import_id(name):
    return json.dumps({"ImportId": name, "timeZone": "America/Denver"})


def qualtrics(*responses):
    labels = [f"Frage\n{name}" for name in NAMES]
    heads = (NAMES, labels, [import_id(name) for name in NAMES])
    return "".join(csv_line(*fields) for fields in (*heads, *responses))


def response(number, finished, recorded="2025-03-01 08:28:48"):
    return [
        "2025-03-01 08:28:09",
        "2025-03-01 08:28:48",
        "0",
        "100",
        "39",
        finished,
        recorded,
        f"R_{number}",
        "",
        "35436",
        "email",
        "FR",
        "9",
        "Très\nbien",
        "-",
    ]


def test_qualtrics_three_header_rows(folders):
    words = ["1", "True", "Vrai", "Wahr", "0", "False", "Faux", "Falsch", "ja"]
    folders.write(
        "qualtrics/Après-vente_March 31, 2025_14.05.csv",
        "\ufeff"
        + qualtrics(*(response(i, word) for i, word in enumerate(words)))
        + csv_line(*response(9, "1", "bald"))
        + "R_10,\n",
    )
    [row] = folders.land().files
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (11, 8, 3)
    landed = folders.rows("qualtrics/responses")
    assert [row["finished"] for row in landed] == ["true"] * 4 + ["false"] * 4
    first = landed[0]
    assert (first["survey_id"], first["response_id"]) == ("Après-vente", "R_0")
    assert first["time_zone"] == "America/Denver"
    assert (first["duration_seconds"], first["external_reference"]) == ("39", "35436")
    assert json.loads(first["answers"]) == {
        "Q1_NPS": "9",
        "Q2": "Très\nbien",
        "Q2 (2)": None,
    }
    # One line of names, 16 of labels (15 hold a line break), one of ImportIds; then
    # two lines a response.
    assert [row["_line"] for row in landed[:2]] == [19, 21]
    assert [reason for _, reason in folders.reasons()] == [
        "finished: 'ja' is not true or false (or 1 or 0)",
        "recorded_date: 'bald' is not a timestamp "
        "(ISO 8601 expected, such as 2025-03-31T14:05:00Z)",
        "2 fields, 15 expected as in the header",
    ]


def test_qualtrics_legacy_form(folders):
    folders.write(
        "qualtrics/legacy.csv",
        "\ufeffV1,V2,V4,V7,V8,V9,V10,Q1,Score,\n"
        "ResponseID,ResponseSet,ExternalDataReference,Status,StartDate,EndDate,"
        "Finished,How was it?,Score,\n"
        "R_1,Default,35436,0,2017-07-18 08:28:09,2017-07-18 08:28:48,1,2,,\n",
    )
    folders.land()
    [row] = folders.rows("qualtrics/responses")
    assert (row["survey_id"], row["response_id"]) == ("legacy", "R_1")
    assert row["recorded_date"] == row["end_date"] == "2017-07-18 08:28:48"
    assert (row["time_zone"], row["finished"]) == (None, "true")
    assert json.loads(row["answers"]) == {
        "ResponseSet": "Default",
        "Q1": "2",
        "Score": None,
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("ResponseId,Finished\nR_1,1\nR_2,1\n", "header rows missing"),
        (qualtrics().replace("ResponseId", "Id"), "lacks required ResponseId"),
        (qualtrics().replace("Finished", "Done"), "lacks required Finished"),
    ],
)
def test_qualtrics_headers_that_cannot_be_read(content, expected, only):
    row = only("qualtrics/survey.csv", content)
    assert (row.status, expected in row.message) == ("unreadable", True)


# The cost ledger

LEDGER = """\
Mois;Site;Équipe;Prestataire;Catégorie;Montant;Devise
03/2025;Lille;Niveau 1;;Salaires;12 345,67;EUR
2025-03;Lille;;Télé SA;Téléphonie;1\N{NO-BREAK SPACE}234;EUR
03/2025;;;;sous-traitance;-5,5;
03/2025;;;;Frais généraux;1 234 567,89;
03/2025;;;;Outils;0,10;
03/2025;;;;FORMATION;7;
03/2025;;;;Divers;7;
13/2025;;;;Outils;7;
03/2025;;;;Outils;12,34,56;
03/2025;;;;Outils;12,345;
03/2025;;;;Outils;;
;;;;;;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_french_ledger(encoding, folders, only):
    row = only("cost_ledger/coûts.csv", LEDGER.encode(encoding))
    assert (row.rows_read, row.rows_landed, row.rows_rejected) == (11, 6, 5)
    rows = folders.rows("cost_ledger/entries")
    assert [(row["category"], row["amount"]) for row in rows] == [
        ("salaries", "12345.67"),
        ("telephony", "1234"),
        ("outsourcing", "-5.5"),
        ("overhead", "1234567.89"),
        ("tools", "0.10"),
        ("training", "7"),
    ]
    assert {row["period_month"] for row in rows} == {"2025-03-01"}
    assert (rows[1]["partner"], rows[0]["team"]) == ("Télé SA", "Niveau 1")
    assert folders.reasons() == [
        (
            8,
            "category: 'Divers' is not one of salaries, tools, telephony, training, "
            "outsourcing, overhead",
        ),
        (9, "period_month: '13/2025' is not a month (such as 2025-03)"),
        (10, "amount: '12,34,56' is not a plain number (such as 1234.56)"),
        (11, "amount: '12,345' is not a plain number (such as 1234.56)"),
        (12, "amount: missing (a value is required)"),
    ]


def test_narrow_spaces_in_amounts(folders, only):
    space = "\N{NARROW NO-BREAK SPACE}"
    only("cost_ledger/c.csv", f"Mois;Catégorie;Montant\n03/2025;Outils;1{space}234,5\n")
    assert folders.column("cost_ledger/entries", "amount") == ["1234.5"]


def test_an_english_ledger(folders, only):
    only(
        "cost_ledger/costs.csv",
        "Month,Site,Team,Partner,Category,Amount,Currency\n"
        '2025-03,Lille,,,Overhead,"12,345.67",EUR\n2025-03-01,,,,tools,8.5,\n',
    )
    rows = folders.rows("cost_ledger/entries")
    assert [(row["category"], row["amount"]) for row in rows] == [
        ("overhead", "12345.67"),
        ("tools", "8.5"),
    ]
