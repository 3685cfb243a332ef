"""Headers that every response carries.

Articles are untrusted: even if one found a way past escaping, the policy lets no inline script or style run
and nothing leave for another host. https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

from flask import Flask, Response, request

from qa.errors import BadRequest

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # a source must not learn what was asked
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def refuse_other_sites() -> None:
    """Raises BadRequest where another site's page made the browser send this request.

    Browsers tell by Sec-Fetch-Site, older ones by Origin; programs send neither, and are nobody's browser. What is
    sent as JSON is asked about beforehand besides (CORS), and no other site is ever allowed.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    elsewhere = site not in (None, "same-origin", "none")
    if elsewhere or (site is None and origin is not None and origin.partition("://")[2] != request.host):
        raise BadRequest(
            "The request comes from a page of another site. Send it from this service's own page."
        )


def register(app: Flask) -> None:
    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.endpoint == "static" and request.args.get("v"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif request.endpoint != "static":
            response.headers["Cache-Control"] = "no-cache"  # an answer belongs to one version of the index
        return response
