"""Damage nobody thought of: a reader lands, rejects or says `Unreadable`, never less.

More of it: `pytest --hypothesis-profile=long tests/python/landing/test_fuzz.py`.
"""

import random
import tempfile
from pathlib import Path

from examples import EXAMPLES, Example
from hypothesis import given, settings
from hypothesis import strategies as st

from savoir.landing import systems
from savoir.landing.files import Source, Unreadable

KNOWN = systems.known()
# What readers look out for, and what breaks the careless.
TOKENS = [
    b'"', b'""', b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b" ",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xe9", "é".encode(), b"\\ud83d", b"\x1f", b"\x85",
    b"{", b"}", b"[", b"]", b"null", b"NaN", b"-Infinity", b"1e999", b"[" * 2_000,
    b'{"a":' * 2_000, b"-" * 50, b"9" * 5_000, b"#N/A", b"1.23E+15", b"99/99/2025",
    b"2025-02-30T25:61:00Z", b"'; drop table x; --", b"=cmd|' /C calc'!A1", b"%s{}{0}",
    b'{"id":1,"type":"call"}', b'"data":[', b'"body":{},"uri":"x"', b"Infinity",
]  # fmt: skip


@st.composite
def damaged(draw) -> tuple[Example, bytes]:
    """An example with a few of its bytes replaced, moved, repeated or cut."""
    example = draw(st.sampled_from(EXAMPLES))
    content = example.content(example.records())
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 0, 1, 2, 9, 80])))
        new = draw(
            st.one_of(
                st.sampled_from(TOKENS),
                st.binary(max_size=8),
                st.just(content[start:end] * 2),
                st.just(b""),
            )
        )
        content = content[:start] + new + content[end:]
    return example, content


@settings(deadline=None)
@given(damaged())
def test_damaged_files_are_read_or_refused(damage):
    example, content = damage
    count = read(example, content)
    if count is not None and is_plain(example, content):
        lines = [line for line in content.splitlines() if line.strip(b" ,;\t|")]
        headers = 0 if example.form in ("log", "queue_log") else 1
        assert count >= len(lines) - headers - len(example.second_headers)


@settings(deadline=None)
@given(st.sampled_from(EXAMPLES), st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused(example, content):
    read(example, content)


def is_plain(example: Example, content: bytes) -> bool:
    """Whether a line is a record for certain."""
    odd = (b'"', b"\0", b"\x85", b"\r", b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e")
    return (
        example.form != "json"
        and example.file != "Survey.csv"
        and not content.startswith((b"\xff\xfe", b"\xfe\xff"))
        and not any(byte in content for byte in odd)
    )


def read(example: Example, content: bytes) -> int | None:
    """How many records the reader accounts for; None for a file that it refuses."""
    system = KNOWN[example.system]
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        path = Path(folder, example.file)
        path.write_bytes(content)
        try:
            found = system.read(system, Source(path, example.name, Path(folder)))
        except Unreadable:
            return None
        return sum(part.records for part in found)


def test_damaged_files_that_land_are_accounted_for(folders):
    """Folders.land holds rows read = landed + rejected, and the Parquet files to both.

    Not by Hypothesis: a landing takes longer than all of its files.
    """
    chance = random.Random(7)
    for number, example in enumerate(EXAMPLES * 2):
        content = bytearray(example.content(example.records()))
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(content))
            content[place : place + chance.choice([0, 1, 4])] = chance.choice(TOKENS)
        folders.write(f"{example.system}/{number}/{example.file}", bytes(content))
    report = folders.land()
    said = {row.status for row in report.files}
    assert said == {"landed", "unreadable"}
    assert sum(row.rows_rejected for row in report.files) > 20


def test_a_nest_too_deep_for_python_is_no_time_zone():
    """What a hundred thousand damaged files found."""
    [example] = [e for e in EXAMPLES if e.system == "qualtrics"]
    content = example.content(example.records())
    nested = content.replace(b'{""ImportId""', b'{""ImportId"":' + b"[" * 2_000, 1)
    assert nested != content
    assert read(example, nested) == 3


def test_a_line_of_a_control_character_is_a_record():
    """What twenty thousand more found."""
    [example] = [e for e in EXAMPLES if e.system == "threecx"]
    assert read(example, example.content(example.records()) + b"\x1f") == 4
