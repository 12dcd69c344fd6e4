"""The letters that names are made of in Turtle and SPARQL, for patterns in brackets.

https://www.w3.org/TR/turtle/#sec-grammar-grammar, which SPARQL has word for word. What
Python calls a letter, `\\w`, is not the same.
"""

from __future__ import annotations

PN_CHARS_BASE = (
    "A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
    "\U00010000-\U000effff"
)
"""What may begin a prefix."""
PN_CHARS = rf"{PN_CHARS_BASE}_\-0-9\xb7\u0300-\u036f\u203f\u2040"
"""What may stand within a name."""
