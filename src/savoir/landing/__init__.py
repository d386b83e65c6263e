"""Landing: raw exports in, Parquet of text with provenance out (see `run.land`)."""

from savoir.landing.run import FileRow, LandingError, Reject, Report, land

__all__ = ["FileRow", "LandingError", "Reject", "Report", "land"]
