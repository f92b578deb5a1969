"""Words shared by every part: errors, notices, refs, the shape of a result."""

from vendepunkt.terms.errors import (
    DataError,
    NotConvergedError,
    Problem,
    ProblemsError,
    RefusedError,
    UsageError,
    VendepunktError,
    choose,
)
from vendepunkt.terms.notices import Notice
from vendepunkt.terms.refs import Ref, RefValue
from vendepunkt.terms.results import Provenance, Result, html_table

__all__ = [
    "DataError",
    "NotConvergedError",
    "Notice",
    "Problem",
    "ProblemsError",
    "Provenance",
    "Ref",
    "RefValue",
    "RefusedError",
    "Result",
    "UsageError",
    "VendepunktError",
    "choose",
    "html_table",
]
