"""What is sampled is the same for every build, and whole customers."""

import hashlib

import duckdb

from savoir.analysis.sample import first_customers, of_customers


def test_some_customers_by_a_hash_and_all_their_rows():
    customers = [f"customer {number}" for number in range(40)]
    rows = duckdb.sql("""
        select 'customer ' || number % 40 as customer_id, number
        from range(100) as numbers (number)
    """)
    found = of_customers(rows, first_customers(rows, 10)).fetchall()
    chosen = sorted(customers, key=lambda c: hashlib.md5(c.encode()).hexdigest())[:10]
    numbers = [n for n in range(100) if customers[n % 40] in chosen]
    assert sorted(number for _, number in found) == numbers
