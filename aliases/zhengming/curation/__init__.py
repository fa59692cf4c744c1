"""Tools for people who keep the alias table: importers, curated batches, lint and generated engine tables.

Nothing here is needed to resolve names. Importers turn published lists into table lines, with a report of what was
added, changed, contradicted or left out; they never copy a source file in.
"""
