"""The Frictionless Data Package that describes the table's columns, generated from the dataclasses."""

from __future__ import annotations

import dataclasses
import inspect
import json
from enum import Enum
from pathlib import Path
from typing import Any, get_type_hints

from zhengming.aliases.check import LANGUAGES, Problem
from zhengming.aliases.model import LINE_TYPES

FILE = "datapackage.json"
_REQUIRED = {
    "Firm": ("id", "kind", "sector", "tech", "country", "state", "scope"),
    "Name": ("firm_id", "text", "language", "kind", "displayable", "source"),
    "Identifier": ("firm_id", "scheme", "value", "source"),
    "Relation": ("from_id", "to_id", "type", "source"),
    "Restriction": ("firm_id", "list", "name_as_listed", "citation", "source"),
    "Redirect": ("old_id", "reason"),
    "Decoy": ("text", "language", "label", "reason", "source"),
    "Source": ("key", "title", "publisher", "licence"),
}
_FIRM_COLUMNS = ("firm_id", "from_id", "to_id")


def descriptor() -> str:
    """Return the text of `datapackage.json`."""
    package = {
        "profile": "tabular-data-package",
        "name": "zhengming-aliases",
        "title": "Zhengming alias table: names of Chinese tech firms",
        "licenses": [{"name": "Apache-2.0", "title": "Apache License 2.0, for the compilation; see sources.csv"}],
        "resources": [_resource(file, line_type) for file, line_type in LINE_TYPES.items()],
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def check_descriptor(folder: Path) -> list[Problem]:
    """Return a problem when the folder's descriptor does not say what the dataclasses say."""
    path = folder / FILE
    if path.is_file() and path.read_text(encoding="utf-8") == descriptor():
        return []
    message = "is missing or differs from the schema. Write it anew: zhengming-aliases describe."
    return [Problem("DESCRIPTOR", "datapackage", FILE, message)]


def _resource(file: str, line_type: type) -> dict[str, Any]:
    keys: dict[str, Any] = {"missingValues": [""]}
    foreign = [
        {"fields": column.name, "reference": {"resource": "firms", "fields": "id"}}
        for column in dataclasses.fields(line_type)
        if column.name in _FIRM_COLUMNS
    ]
    foreign += [
        {"fields": column.name, "reference": {"resource": "sources", "fields": "key"}}
        for column in dataclasses.fields(line_type)
        if column.name == "source"
    ]
    if foreign:
        keys["foreignKeys"] = foreign
    primary = {"Firm": "id", "Source": "key", "Redirect": "old_id"}.get(line_type.__name__)
    if primary:
        keys["primaryKey"] = primary
    return {
        "name": file,
        "path": f"{file}.csv",
        "profile": "tabular-data-resource",
        "description": inspect.cleandoc(line_type.__doc__ or ""),
        "encoding": "utf-8",
        "dialect": {"lineTerminator": "\n"},
        "schema": {"fields": _fields(line_type), **keys},
    }


def _fields(line_type: type) -> list[dict[str, Any]]:
    hints = get_type_hints(line_type)
    required = _REQUIRED[line_type.__name__]
    fields = []
    for column in dataclasses.fields(line_type):
        field: dict[str, Any] = {"name": column.name, "type": "string"}
        constraints: dict[str, Any] = {"required": True} if column.name in required else {}
        hint = hints[column.name]
        if hint is bool:
            field |= {"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]}
        elif isinstance(hint, type) and issubclass(hint, Enum):
            constraints["enum"] = [member.value for member in hint if member.value]
        elif column.name == "language":
            constraints["enum"] = sorted(LANGUAGES)
        if constraints:
            field["constraints"] = constraints
        fields.append(field)
    return fields
