"""What a browser may do with a response: run ours alone, frame none of it.

No page has a script or a style of its own in its text, so no nonce is needed: none of
them runs, whoever wrote it, and a page stays the same bytes for everybody, which is
what lets it be kept. JSON-LD in a page is data to the Content Security Policy, and not
run. Data is free for every site's scripts (CORS); a page is for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# What is no page does nothing at all, where a browser shows it as a document.
EVERYWHERE: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
PAGE: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; "
    "style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), "
    "microphone=(), midi=(), payment=(), publickey-credentials-get=(), usb=()",
}
