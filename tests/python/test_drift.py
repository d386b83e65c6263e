"""What a delivery changes in the columns of an entity, by hand-made files."""

import json
from pathlib import Path

import duckdb
import pytest

from savoir import expectations
from savoir.drift import Limits, drift_of
from savoir.landing import land, systems

SOCIAL = {"social": systems.known()["social"]}
[MENTIONS] = SOCIAL["social"].entities
SEVERITY = {"unreadable": "error", "vanished": "warn", "new": "warn"}
LIMITS = Limits(0.05, 3, 10, SEVERITY)


@pytest.fixture
def deliver(tmp_path: Path):
    """Land a file of mentions, `id,` and what each line says; return the raw folder."""

    def one(file: str, header: str, *lines: str) -> Path:
        folder = tmp_path / "landing/social"
        folder.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{file}{n},{line}\n" for n, line in enumerate(lines))
        (folder / f"{file}.csv").write_text(f"id,{header}\n{text}")
        land(tmp_path / "landing", tmp_path / "raw", show_progress=False, known=SOCIAL)
        return tmp_path / "raw"

    return one


def failures(raw: Path, monkeypatch, limits: Limits = LIMITS) -> list[str]:
    monkeypatch.setattr(expectations.systems, "known", lambda: SOCIAL)
    monkeypatch.setattr(expectations, "LANDING", {})
    result = expectations.check(raw, raw / "docs", limits, show_progress=False)
    assert result.passed == all(f.severity == "warn" for f in result.failures)
    return [f"{f.severity}: {f}" for f in result.failures]


HEADER = "date,network,author"
GOOD, NAMELESS = "2026-03-01,x,ann", "2026-03-01,x,"


def test_a_first_delivery_has_nothing_to_differ_from(deliver, monkeypatch):
    raw = deliver("a", HEADER, *[GOOD] * 20, "soon,x,ann")
    assert drift_of(raw, "social", MENTIONS) is None
    assert failures(raw, monkeypatch) == []


def test_a_column_whose_values_cannot_be_read_any_more_is_an_error(
    deliver, monkeypatch
):
    """1 of 100 before; of 20, 1 is the allowed 5 %, 2 are more."""
    deliver("a", HEADER, *[GOOD] * 99, "soon,x,ann")
    raw = deliver("b", HEADER, *[GOOD] * 19, "later,x,ann")
    assert failures(raw, monkeypatch) == []
    raw = deliver("b", HEADER, *[GOOD] * 18, "later,x,ann", "never,x,ann")
    assert failures(raw, monkeypatch) == [
        "error: social.mentions published_at: expected at most 5.0% unreadable values "
        "in the latest delivery (1.0% before); not so in 2 of 20 rows: 'later' "
        "(social/b.csv, line 20)"
    ]


def test_what_was_unreadable_before_may_be_a_little_more_so(deliver, monkeypatch):
    """1 of 20 before: 3 of 20 are three times that, 4 are more."""
    deliver("a", HEADER, *[GOOD] * 19, "soon,x,ann")
    raw = deliver("b", HEADER, *[GOOD] * 17, *["later,x,ann"] * 3)
    assert failures(raw, monkeypatch) == []
    raw = deliver("b", HEADER, *[GOOD] * 16, *["later,x,ann"] * 4)
    [failure] = failures(raw, monkeypatch)
    assert "at most 15.0% unreadable" in failure


def test_a_column_without_values_any_more_is_a_warning(deliver, monkeypatch):
    """Half the rows had an author: of 18 rows 9 would, of 20 10."""
    deliver("a", HEADER, *[GOOD] * 5, *[NAMELESS] * 5)
    raw = deliver("b", "date,network", *["2026-03-01,x"] * 18)
    assert failures(raw, monkeypatch) == []
    raw = deliver("b", "date,network", *["2026-03-01,x"] * 20)
    assert failures(raw, monkeypatch) == [
        "warn: social.mentions author: expected values in the latest delivery, as "
        "before in 50% of the rows; not so in 20 of 20 rows: NULL (social/b.csv)"
    ]


def test_a_new_column_is_reported_until_it_is_an_old_one(deliver, monkeypatch):
    deliver("a", f"{HEADER},colour", f"{GOOD},red")
    raw = deliver("b", f"{HEADER},colour,size", f"{GOOD},red,5")
    assert failures(raw, monkeypatch) == [
        "warn: social.mentions columns: expected no column that earlier deliveries did "
        "not have; not so in 1 of 1 files: 'size' (social/b.csv)"
    ]
    raw = deliver("c", f"{HEADER},size", f"{GOOD},5")
    assert failures(raw, monkeypatch) == []


def test_the_project_says_how_grave_a_change_is(deliver, monkeypatch):
    deliver("a", HEADER, GOOD)
    raw = deliver("b", f"{HEADER},size", f"{GOOD},5")
    grave = Limits(0.05, 3, 10, SEVERITY | {"new": "error"})
    assert failures(raw, monkeypatch, grave)[0].startswith("error: social.mentions col")


def test_limits_are_variables():
    variables = {
        "drift_unreadable_share": 0.05,
        "drift_unreadable_times": 3,
        "drift_vanished_values": 10,
        "drift_severity": SEVERITY,
    }
    assert Limits.of(variables) == LIMITS
    for odd in ({"new": "warn"}, SEVERITY | {"new": "fatal"}):
        with pytest.raises(ValueError, match="drift_severity: error or warn expected"):
            Limits.of(variables | {"drift_severity": odd})


QUOTED = '"a\nb"'


@pytest.mark.parametrize("colour", ["red", QUOTED])
def test_a_new_column_lands_as_text(colour, deliver):
    """Read by DuckDB, and record by record where a field holds a newline."""
    raw = deliver(
        "a", f"{HEADER},colour,colour,Last Name,E-Mail", f"{GOOD},{colour},x,Doe,a@b.c"
    )
    raw = deliver("b", f"{HEADER},colour", f"{GOOD},{colour}", f"{GOOD}, ", f"{GOOD},?")
    rows = duckdb.sql(
        f"select _unknown from '{raw}/social/mentions/*.parquet' order by _file, _line"
    ).fetchall()
    red = json.dumps({"colour": colour.strip('"')})
    said = [u and json.dumps(json.loads(u)) for (u,) in rows]
    assert said == [red, red, None, None]
