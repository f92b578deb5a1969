"""How the documentation is built: Sphinx and MyST, and nothing fetched by the page that is read."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from vendepunkt import __version__

project = "Vendepunkt"
author = "The Vendepunkt authors"
copyright = "2026, the Vendepunkt authors"
version = release = __version__

extensions = [
    "mathml",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]
templates_path: list[str] = []

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_rtype = False

# The n of a shape (n,) is no name to look up.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = "Vendepunkt"
html_static_path = ["_static"]
html_css_files = ["house.css"]
html_copy_source = False
html_show_sphinx = False
html_math_renderer = "mathml"
