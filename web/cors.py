"""Pages of other sites that may read answers in a browser: those of CORS_ORIGINS (Fetch standard, 3.2)."""

from __future__ import annotations

from flask import Flask, Response, request

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Request-Id",
    "Access-Control-Max-Age": "600",
}


def register(app: Flask) -> None:
    origins = frozenset(app.config.get("CORS_ORIGINS") or ())

    @app.after_request
    def permit(response: Response) -> Response:
        if not origins:
            return response
        response.headers.add("Vary", "Origin")
        origin = request.headers.get("Origin")
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = str(origin)
            response.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            if request.method == "OPTIONS":
                response.headers.update(_PREFLIGHT)
        return response
