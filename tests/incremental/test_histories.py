"""Histories hold every kind of change, and are the same for the same seed."""

from collections import Counter

import duckdb
import pytest

from .histories import KINDS, history

SEEDS = range(20)
PROVENANCE = {"_file", "_line", "_landed_at", "_file_hash"}


@pytest.fixture(scope="module")
def histories():
    return {seed: history(seed) for seed in SEEDS}


def test_a_seed_is_a_history(histories):
    assert history(3) == histories[3]
    assert history(4) != histories[3]


def test_deliveries_are_few_and_each_brings_something(histories):
    assert all(4 <= len(deliveries) <= 8 for deliveries in histories.values())
    assert all(each.files for deliveries in histories.values() for each in deliveries)


def test_every_kind_of_change_is_common(histories):
    found = Counter(
        kind
        for deliveries in histories.values()
        for kind in set().union(*(delivery.changes for delivery in deliveries))
    )
    assert found.keys() == set(KINDS)
    assert min(found.values()) >= len(SEEDS) // 2


def test_exports_arrive_in_no_order(histories):
    arrivals = [
        [min(delivery.files) for delivery in deliveries if delivery.files]
        for deliveries in histories.values()
    ]
    assert sum(names == sorted(names) for names in arrivals) < len(SEEDS) // 2


@pytest.mark.parametrize("seed", [1, 2])
def test_the_raw_folder_mirrors_what_was_delivered(histories, seed, tmp_path):
    lying = {}
    for deliver in histories[seed]:
        deliver(tmp_path)
        lying = {n: t for n, t in (lying | deliver.files).items() if t is not None}
        with duckdb.connect() as connection:
            rows = connection.execute(
                "select file, status, rows_rejected, rows_landed from read_parquet("
                f"'{tmp_path}/warehouse/raw/_landing/files.parquet')"
            ).fetchall()
        assert {file: (status, rejected) for file, status, rejected, _ in rows} == {
            f"generic/{name}": ("landed", 0) for name in lying
        }
        assert {file.split("/")[1]: landed for file, *_, landed in rows} == {
            name: text.count("\n") - 1 for name, text in lying.items()
        }
