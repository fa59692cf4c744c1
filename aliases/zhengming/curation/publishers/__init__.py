"""Importers of the files that publishers themselves offer: one module a format, one registry, one intake."""
