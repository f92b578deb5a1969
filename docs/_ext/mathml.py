"""Write formulas as MathML, which browsers draw themselves: no script and no network."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from docutils.nodes import SkipNode
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
#: Hat, bar, tilde, dot: what stands on a letter and stays there when the letter gets an index.
ACCENTS = frozenset("ˆˉ˜˙¨^¯~_→")
#: A command that the converter knows by another name.
DOTS = re.compile(r"\\dots\b")
#: Elements whose children stand in a row.
ROWS = frozenset({"math", "mrow", "mtd", "mstyle"})
#: The invisible operator between a function and what it is taken of.
APPLY = "\N{FUNCTION APPLICATION}"
#: Entities of HTML that XML does not know.
ENTITY = re.compile(r"&(?!lt;|gt;|amp;|quot;|apos;)[A-Za-z]+;")

logger = logging.getLogger(__name__)


def convert(tex: str, *, block: bool) -> str:
    r"""Turn TeX into MathML, with accents on the letter rather than on letter and index.

    >>> "msub" in convert(r"\hat\theta_k", block=False)
    True
    """
    ET.register_namespace("", NAMESPACE)
    markup = tex2mathml(DOTS.sub(r"\\ldots", tex), as_block=block)
    markup = ENTITY.sub(lambda found: html.unescape(found[0]), markup)
    root = ET.fromstring(markup)  # noqa: S314 - our own markup
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            if _name(child) == "munderover" and (child[2].text or "") in ACCENTS:
                parent[place] = _indexed(child)
        if _name(parent) in ROWS:
            _space_functions(parent)
    return ET.tostring(root, encoding="unicode")


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _indexed(crossed: ET.Element) -> ET.Element:
    """Take (letter, index, accent), written over and under each other, apart."""
    letter, index, accent = crossed
    accented = ET.Element(f"{{{NAMESPACE}}}mover", {"accent": "true"})
    accented.extend([letter, accent])
    outer = ET.Element(f"{{{NAMESPACE}}}msub")
    outer.extend([accented, index])
    outer.tail = crossed.tail
    return outer


def _space_functions(row: ET.Element) -> None:
    """Keep log L from reading as logL: a thin space between a function and a letter."""
    children = list(row)
    for place in range(len(children) - 1, 0, -1):
        left, right = children[place - 1 : place + 1]
        applied = left.text == APPLY or _is_function(left) or _is_function(right)
        if applied and right.tag[-2:] != "mo" and (left.tag[-2:] != "mo" or left.text == APPLY):
            row.insert(place, ET.Element(f"{{{NAMESPACE}}}mspace", {"width": "0.17em"}))


def _is_function(element: ET.Element) -> bool:
    return _name(element) == "mi" and len((element.text or "").strip()) > 1


def _markup(node: nodes.math | nodes.math_block, *, block: bool) -> str:
    try:
        return convert(node.astext(), block=block)
    except MathError as error:
        # A warning stops the build, as warnings are errors there.
        logger.warning("formula %r: %s", node.astext(), error, location=node)
        return ""


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_markup(node, block=False))
    raise SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(_markup(node, block=True))
    raise SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Offer the renderer to Sphinx under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
