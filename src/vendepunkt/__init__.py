"""Vendepunkt: who is excluded, who moves, and why.

The stages are entered by their packages: :mod:`vendepunkt.data`, :mod:`vendepunkt.measure` and
:mod:`vendepunkt.report`; a whole study is run by :mod:`vendepunkt.pipeline`.
"""

__version__ = "0.1.0"
