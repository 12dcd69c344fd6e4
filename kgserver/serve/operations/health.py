"""Whether a version is in service, for whatever watches over the server."""

from __future__ import annotations

import flask

from kgserver.serve.frame import site

health_check = flask.Blueprint("health_check", __name__)


@health_check.route("/health")
def health() -> flask.Response:
    """200 while a version is in service; raises NotReady, which is 503, before."""
    snapshot = site.dataset().snapshot
    body = {"status": "ok", "version": snapshot.version, "digest": snapshot.digest}
    response: flask.Response = flask.jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response
