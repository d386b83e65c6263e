"""Web shops beside Shopify and WooCommerce: Magento, PrestaShop, Olist's tables."""

import json

import pytest

# Magento

ORDER = {
    "entity_id": 1,
    "increment_id": "000000001",
    "created_at": "2026-03-02 10:00:00",
    "updated_at": "2026-03-03 10:00:00",
    "status": "complete",
    "base_grand_total": 120,
    "base_tax_amount": 20,
    "base_shipping_amount": 10,
    "base_currency_code": "EUR",
    "customer_email": "ann@example.com",
    "billing_address": {"telephone": "0639980001", "country_id": "FR"},
    "items": [{"sku": "MUG-1"}],
}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"items": [ORDER], "search_criteria": {}, "total_count": 1}),
        json.dumps(ORDER),
        json.dumps([ORDER]),
    ],
)
def test_a_magento_order_of_the_api(content, folders, only):
    row = only("magento/orders.json", content)
    assert row.rows_landed == 1
    [landed] = folders.rows("magento/orders")
    assert (landed["increment_id"], landed["grand_total"]) == ("000000001", "120")
    assert (landed["created_at"], landed["updated_at"]) == (
        "2026-03-02 10:00:00Z",
        "2026-03-03 10:00:00Z",
    )
    assert (landed["telephone"], landed["region"]) == ("0639980001", None)


def test_magento_grid_export(folders, only):
    row = only(
        "magento/export.csv",
        'ID,"Purchase Point","Purchase Date","Bill-to Name","Grand Total (Base)",'
        'Status,"Customer Email",Subtotal,"Shipping and Handling","Total Refunded"\n'
        '000000001,Main,"Nov 3, 2026 9:05:00 PM",Ann,"$1,234.50",Complete,'
        "ann@example.com,$1000.00,10.0000,0.0000\n"
        "000000002,Main,11/13/2026 9:05 PM,Ann,36.3900,Processing,,30,5,\n"
        '000000003,Main,2026-11-03 10:00:00,Ann,"1,234",Processing,,30,5,\n',
    )
    assert (row.rows_landed, row.rows_rejected) == (2, 1)
    first, second = folders.rows("magento/orders")
    assert (first["created_at"], first["grand_total"]) == (
        "2026-11-03 21:05:00",
        "1234.50",
    )
    assert (first["subtotal"], first["store_name"]) == ("1000.00", "Main")
    assert (second["created_at"], second["total_refunded"]) == (
        "2026-11-13 21:05:00",
        None,
    )
    assert folders.reasons() == [
        (4, "grand_total: '1,234' is not a plain number (such as 1234.56)")
    ]


# PrestaShop


def test_prestashop_answers(folders):
    order = {
        "id": 5,
        "id_customer": "7",
        "current_state": "2",
        "date_add": "2026-03-02 10:00:00",
        "total_paid_tax_excl": "110.000000",
        "total_shipping_tax_excl": "10.000000",
    }
    folders.write("prestashop/orders.json", json.dumps({"orders": [order]}))
    folders.write(
        "prestashop/customers.json",
        json.dumps({"customers": [{"id": 7, "email": "ann@example.com"}]}),
    )
    address = {"id": 9, "id_customer": "7", "phone": "", "phone_mobile": "0639980001"}
    folders.write("prestashop/addresses.json", json.dumps({"addresses": [address]}))
    folders.land()
    [row] = folders.rows("prestashop/orders")
    assert (row["id"], row["current_state"], row["date_upd"]) == ("5", "2", None)
    assert row["total_paid_tax_excl"] == "110.000000"
    assert folders.column("prestashop/customers", "email") == ["ann@example.com"]
    [row] = folders.rows("prestashop/addresses")
    assert (row["id"], row["phone"], row["phone_mobile"]) == ("9", None, "0639980001")


def test_prestashop_tables(folders):
    folders.write(
        "prestashop/ps_orders.csv",
        "id_order;reference;id_customer;current_state;date_add;total_paid_tax_excl\n"
        "5;XKB;7;2;2026-03-02 10:00:00;110.000000\n"
        "6;XKC;7;2;0000-00-00 00:00:00;110.000000\n",
    )
    folders.write("prestashop/ps_customer.csv", "id_customer;email\n7;a@example.com\n")
    folders.write("prestashop/ps_address.csv", "id_address;phone\n9;0639980001\n")
    folders.write("prestashop/stock.csv", "id;quantity\n1;2\n")
    found = {row.file: row for row in folders.land().files}
    assert found["prestashop/ps_orders.csv"].rows_landed == 1
    assert found["prestashop/stock.csv"].message.startswith("the file name matches no")
    assert folders.column("prestashop/customers", "id") == ["7"]
    assert folders.column("prestashop/addresses", "id") == ["9"]
    assert [line for line, _ in folders.reasons()] == [3]


# Olist


@pytest.mark.parametrize(
    ("file", "content", "entity"),
    [
        (
            "olist_orders_dataset.csv",
            "order_id,customer_id,order_status,order_purchase_timestamp\n"
            "o1,c1,delivered,2018-03-02 10:00:00\n",
            "orders",
        ),
        (
            "order_items.csv",
            "order_id,order_item_id,product_id,price,freight_value\no1,1,p1,30.00,5\n",
            "order_items",
        ),
        (
            "olist_customers_dataset.csv",
            "customer_id,customer_unique_id,customer_state\nc1,u1,SP\n",
            "customers",
        ),
        (
            "olist_products_dataset.csv",
            "product_id,product_category_name\np1,mugs\n",
            "products",
        ),
    ],
)
def test_olist_tables(file, content, entity, only):
    row = only(f"olist/{file}", content)
    assert (row.entity, row.rows_landed, row.rows_rejected) == (entity, 1, 0)


def test_olist_tables_that_nothing_reads_are_named(only):
    row = only(
        "olist/olist_order_payments_dataset.csv", "order_id,payment_value\n1,2\n"
    )
    assert row.message.startswith("the file name matches nothing; expected (olist_)ord")
