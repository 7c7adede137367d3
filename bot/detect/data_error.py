"""What is told to whoever edited a data file."""

from __future__ import annotations


class DataError(Exception):
    """A data file is wrong; the message names the file, the place in it and what was expected."""
