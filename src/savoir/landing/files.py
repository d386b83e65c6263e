"""One file of the landing folder: what it weighs, how it is encoded, its text."""

import codecs
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CHUNK = 1 << 20
# Of a longer physical line only so many characters are looked at, to say so.
MAX_LINE = 16 << 20


class Unreadable(Exception):
    """A file that can't be read at all; the message says what was expected."""


@dataclass(frozen=True)
class Source:
    """A file to read: its path, its name in reports, and a folder for scratch files."""

    path: Path
    file: str
    scratch: Path

    @cached_property
    def text(self) -> "Text":
        """The file as UTF-8 text (copied to the scratch folder if it isn't yet)."""
        return text_of(self.path, self.scratch)


@dataclass(frozen=True)
class Text:
    """A UTF-8 text file (with or without BOM) and the shape of its lines.

    `lines` counts physical lines without the blank ones at the end; `plain_breaks`
    tells that every carriage return stands before a newline; `endless` that a line may
    be longer than `MAX_LINE`.
    """

    path: Path
    original_encoding: str
    lines: int
    plain_breaks: bool
    endless: bool


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def text_of(path: Path, scratch: Path) -> Text:
    """Return a file as UTF-8 text.

    Raises `Unreadable` for an empty file, and for one that is not text in UTF-8,
    UTF-16 with a byte order mark, or Windows-1252.
    """
    encoding = encoding_of(path)
    utf8 = path
    if encoding != "utf-8":
        utf8 = scratch / "text"
        try:
            with (
                path.open(encoding=encoding, newline="") as before,
                utf8.open("w", encoding="utf-8", newline="") as after,
            ):
                while chunk := before.read(CHUNK):
                    after.write(chunk)
        except UnicodeError as error:
            raise Unreadable(
                f"the encoding is neither UTF-8, UTF-16 nor Windows-1252 ({error})"
            ) from error
    return Text(utf8, encoding, *lines_of(utf8))


def encoding_of(path: Path) -> str:
    """Return utf-8, utf-16 or cp1252.

    Text whose first accented letter is proper UTF-8 is held to UTF-8: read as
    Windows-1252 because of one bad byte, every accent would be landed wrong.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, accents = 1, False
    with path.open("rb") as stream:
        start = stream.read(4)
        if not start:
            raise Unreadable("the file is empty; a header or records expected")
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        stream.seek(0)
        while True:
            chunk = stream.read(CHUNK)
            if b"\0" in chunk:
                raise Unreadable(
                    "binary content; text in UTF-8, UTF-16 with a byte order mark, "
                    "or Windows-1252 expected"
                )
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # The decoder may have carried bytes of a cut letter into this chunk.
                before = error.object[: error.start]
                if not accents and before.isascii():
                    return "cp1252"
                line += before.count(b"\n")
                raise Unreadable(
                    f"line {line}: not UTF-8, though the text before it is"
                ) from error
            if not chunk:
                return "utf-8"
            accents = accents or not text.isascii()
            line += chunk.count(b"\n")


def lines_of(path: Path) -> tuple[int, bool, bool]:
    """Return a file's `lines`, `plain_breaks` and `endless`: see `Text`."""
    newlines = returns = pairs = unbroken = longest = 0
    last = b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            broken = chunk.count(b"\n")
            newlines += broken
            unbroken = 0 if broken else unbroken + len(chunk)
            longest = max(longest, unbroken)
            if b"\r" in chunk:
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n")
            pairs += last + chunk[:1] == b"\r\n"
            last = chunk[-1:]
        stream.seek(max(0, stream.tell() - CHUNK))
        end = stream.read()
    blank_end = end[len(end.rstrip(b"\r\n")) :]
    # What begins and ends in chunks that hold a break is of less than two more.
    endless = longest + 2 * CHUNK > MAX_LINE
    return newlines - blank_end.count(b"\n") + 1, returns == pairs, endless


def literal(text: object) -> str:
    """Return a text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """Return a path as an SQL literal in which no character is a wildcard."""
    return literal("".join(f"[{c}]" if c in "*?[" else c for c in str(path)))


def folder_literal(folder: Path) -> str:
    """Return the Parquet files of a folder as an SQL literal."""
    return path_literal(folder)[:-1] + "/*.parquet'"
