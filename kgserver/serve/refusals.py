"""Refusals as they are sent: one table of statuses, problem documents and pages.

A client gets `application/problem+json` (RFC 9457), a browser gets the same as a page.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

import flask
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as WrongMethod
from werkzeug.http import parse_accept_header

from kgserver.model import media, refusal
from kgserver.serve.frame import messages, site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # a page that says why, for a refusal and its status
    Page = Callable[[refusal.Refusal, HTTPStatus], str]

STATUSES: Mapping[type[refusal.Refusal], HTTPStatus] = {
    refusal.BadRequest: HTTPStatus.BAD_REQUEST,
    refusal.BadQuery: HTTPStatus.BAD_REQUEST,
    refusal.TooComplex: HTTPStatus.BAD_REQUEST,
    refusal.ServiceDenied: HTTPStatus.NOT_IMPLEMENTED,
    refusal.ServiceFailed: HTTPStatus.BAD_GATEWAY,
    refusal.NotFound: HTTPStatus.NOT_FOUND,
    refusal.NoVersion: HTTPStatus.NOT_FOUND,
    refusal.PrunedVersion: HTTPStatus.GONE,
    refusal.MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    refusal.NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    refusal.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    refusal.TargetTooLong: HTTPStatus.REQUEST_URI_TOO_LONG,
    refusal.HeadTooLarge: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    refusal.TooLate: HTTPStatus.REQUEST_TIMEOUT,
    refusal.UnsupportedMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    refusal.EvaluationFailed: HTTPStatus.INTERNAL_SERVER_ERROR,
    refusal.OverLimit: HTTPStatus.INSUFFICIENT_STORAGE,
    refusal.TooSlow: HTTPStatus.GATEWAY_TIMEOUT,
    refusal.TooBig: HTTPStatus.INSUFFICIENT_STORAGE,
    refusal.Cancelled: HTTPStatus.CONFLICT,
    refusal.Later: HTTPStatus.SERVICE_UNAVAILABLE,
    refusal.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    refusal.TooManyConnections: HTTPStatus.TOO_MANY_REQUESTS,
    refusal.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    refusal.NotImplementedHere: HTTPStatus.NOT_IMPLEMENTED,
    refusal.NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
}
PROBLEM = media.Media("application/problem+json", "json", "JSON", "page")


def register(app: flask.Flask) -> None:
    """Let every Refusal, and every fault that Flask finds, leave as a problem."""
    app.register_error_handler(refusal.Refusal, send)
    app.register_error_handler(HTTPException, _send_http)


def send(fault: refusal.Refusal, page: Page | None = None) -> flask.Response:
    """The response to a refused request; `page` shows it in a way of its own."""
    status = STATUSES[type(fault)]
    if wants_page(flask.request.headers.get("Accept", "")):
        response = flask.make_response((page or _page)(fault, status))
        response.content_type = media.HTML.content_type
    else:
        members = members_of(fault, site.language())
        response = flask.make_response(_written(members))
        response.content_type = PROBLEM.content_type
    response.status_code = status
    response.headers.update(_fields(fault))
    response.vary.update(["Accept", "Accept-Language"])
    return response


def wants_page(accept: str) -> bool:
    """Whether who is refused reads pages rather than problem documents."""
    return media.choose(accept, (PROBLEM, media.HTML)) is media.HTML


def document(
    fault: refusal.Refusal, accepted: str = ""
) -> tuple[int, list[tuple[str, str]], bytes]:
    """The response to a refused request without Flask: status, headers, body.

    `accepted` is the request's Accept-Language.
    """
    language = messages.choose(None, parse_accept_header(accepted, LanguageAccept))
    kind = ("Content-Type", PROBLEM.content_type)
    status = int(STATUSES[type(fault)])
    return (
        status,
        [kind, *_fields(fault).items()],
        _written(members_of(fault, language)).encode(),
    )


def _fields(fault: refusal.Refusal) -> dict[str, str]:
    """The headers of a refusal."""
    fields = {"Cache-Control": "no-store"}
    if isinstance(fault, refusal.MethodNotAllowed):
        fields["Allow"] = ", ".join(fault.allowed)
    if isinstance(fault, refusal.NotReady):
        fields["Retry-After"] = "5"
    if isinstance(fault, refusal.Later):
        fields["Retry-After"] = str(fault.seconds)
    return fields


def members_of(fault: refusal.Refusal, language: str) -> dict[str, object]:
    """The members of RFC 9457 §3.1, and what else this refusal knows.

    Title, detail and hint are in the client's language, as that section lets them be.
    """
    kind = type(fault).__name__
    members: dict[str, object] = {
        "type": f"/problem/{kind}",
        "title": str(messages.message(f"refusal.{kind}", language)),
        "status": int(STATUSES[type(fault)]),
        "detail": messages.said(fault.detail, language)[0],
        **fault.extra,
    }
    if fault.hint:
        members["hint"] = messages.said(fault.hint, language)[0]
    return members


def _written(members: Mapping[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False) + "\n"


def _page(fault: refusal.Refusal, status: HTTPStatus) -> str:
    return flask.render_template("refusal.html", fault=fault, status=status)


def _send_http(fault: HTTPException) -> flask.Response:
    """What Flask found wrong, as the Refusal that says the same."""
    if isinstance(fault, WrongMethod):
        allowed = sorted(fault.valid_methods or ())
        return send(refusal.MethodNotAllowed(flask.request.method, allowed))
    if fault.code == HTTPStatus.NOT_FOUND:
        return send(
            refusal.NotFound(
                f"There is nothing at {flask.request.path}.",
                "Begin at / or ask /sparql.",
            )
        )
    if fault.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        most = flask.current_app.config["MAX_CONTENT_LENGTH"]
        return send(refusal.TooLarge(f"The body is over {most} bytes.", "Send less."))
    if fault.code == HTTPStatus.BAD_REQUEST:
        return send(refusal.BadRequest(fault.description or "It cannot be read."))
    response: flask.Response = flask.make_response(fault.get_response())
    return response
