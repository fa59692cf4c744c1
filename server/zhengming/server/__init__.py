"""The gRPC server: a thin adapter around the engine.

`app` owns start, reload and stop; `service` answers calls (validate → engine → convert, no matching of its own);
`snapshot` keeps the compiled table; `embedded` is the same server on loopback for programs that have none.
Nothing is imported here: each module says what it needs.
"""
