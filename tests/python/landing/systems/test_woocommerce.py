"""WooCommerce orders."""

import json

import pytest

ORDER = {
    "id": 727,
    "number": "727",
    "status": "processing",
    "currency": "EUR",
    "date_created": "2026-03-02T10:00:00",
    "date_created_gmt": "2026-03-02T09:00:00",
    "date_modified_gmt": "2026-03-03T09:00:00",
    "total": "120.00",
    "total_tax": "20.00",
    "shipping_total": "10.00",
    "customer_id": 26,
    "billing": {"email": "ann@example.com", "phone": "0639980001", "country": "FR"},
    "shipping": {"state": "", "country": "FR"},
    "line_items": [{"id": 315, "sku": "MUG-1"}],
    "coupon_lines": [{"code": "parrain-ann"}, {"code": "ten"}],
    "refunds": [{"id": 1, "total": "-10.50"}, {"id": 2, "total": "-1"}],
}

PLUGIN = (
    "order_id,order_number,order_date,status,shipping_total,tax_total,order_total,"
    "order_currency,customer_id,customer_user,customer_email,billing_email,"
    "refund_items,coupon_items,line_item_1,line_item_2\n"
)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([ORDER]),
        json.dumps(ORDER),
        json.dumps({"orders": [ORDER]}),
        json.dumps({"stream": "orders", "data": ORDER}),
    ],
)
def test_an_order_of_the_api(content, folders, only):
    only("woocommerce/orders.json", content)
    [row] = folders.rows("woocommerce/orders")
    assert (row["order_id"], row["order_number"]) == ("727", "727")
    assert (row["order_date"], row["modified_at"]) == (
        "2026-03-02T09:00:00Z",
        "2026-03-03T09:00:00Z",
    )
    assert (row["order_total"], row["tax_total"]) == ("120.00", "20.00")
    assert (row["refunded_total"], row["coupon_codes"]) == ("11.50", "parrain-ann,ten")
    assert (row["billing_email"], row["customer_id"]) == ("ann@example.com", "26")
    assert (row["shipping_state"], row["shipping_country"]) == (None, "FR")


def test_an_order_without_refunds_and_one_that_cannot_be_read(folders, only):
    bare = ORDER | {"refunds": [], "coupon_lines": [], "date_created_gmt": None}
    row = only(
        "woocommerce/orders.ndjson",
        "\n".join(
            json.dumps(record)
            for record in (
                bare,
                ORDER | {"refunds": [{"total": "ten"}]},
                ORDER | {"total": "12,50"},
            )
        ),
    )
    assert (row.rows_landed, row.rows_rejected) == (1, 2)
    [landed] = folders.rows("woocommerce/orders")
    assert (landed["refunded_total"], landed["coupon_codes"]) == (None, None)
    assert landed["order_date"] == "2026-03-02T10:00:00"
    assert folders.reasons() == [
        (
            2,
            "refunded_total: 'unreadable refunds' is not a plain number "
            "(such as 1234.56)",
        ),
        (3, "order_total: '12,50' is not a plain number (such as 1234.56)"),
    ]


def test_an_export_of_a_plug_in(folders, only):
    row = only(
        "woocommerce/order_export.csv",
        PLUGIN + "1,1001,2026-03-02 10:00:00,completed,10.00,20.00,120.00,EUR,0,0,,"
        "ann@example.com,amount:10.00|reason:;amount:1.5|reason:x,"
        "code:ten|amount:5;code:x|amount:1,name:Mug|quantity:1,\n"
        "2,1002,23/3/2026 9:05,on-hold,,,12.50,EUR,7,7,,,,,,\n"
        "3,1003,later,on-hold,,,12.50,EUR,7,7,,,,,,\n",
    )
    assert (row.rows_landed, row.rows_rejected) == (2, 1)
    assert row.message == "columns in _unknown: line_item_1, line_item_2"
    first, second = folders.rows("woocommerce/orders")
    assert (first["refunded_total"], first["coupon_codes"]) == ("11.50", "ten,x")
    assert (second["order_date"], second["tax_total"]) == (
        "2026-03-23 09:05:00",
        None,
    )
    assert folders.reasons()[0][0] == 4
