"""The records of the programming interface, each written once.

From these follow what a request is held against (`web.asking`), /openapi.json (`web.openapi`), and what a program
written in Python can decode a response into: `msgspec.json.decode(body, type=Answer)`.
"""
