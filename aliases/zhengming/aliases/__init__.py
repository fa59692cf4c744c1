"""The alias table: firms, their names, identifiers, relations and restrictions, and the names that must be refused.

Standard library only. `load_table` reads a table folder, `check_table` lists what is wrong with one.
"""

from zhengming.aliases.check import Problem, check_table
from zhengming.aliases.load import TableError, bundled_table_path, load_table, table_version
from zhengming.aliases.model import (
    Ambiguity,
    DateBasis,
    Decoy,
    DecoyReason,
    Firm,
    FirmKind,
    FirmState,
    Identifier,
    Name,
    NameKind,
    Redirect,
    Relation,
    RelationType,
    Restriction,
    Scheme,
    Source,
    Table,
)

__all__ = [
    "Ambiguity",
    "DateBasis",
    "Decoy",
    "DecoyReason",
    "Firm",
    "FirmKind",
    "FirmState",
    "Identifier",
    "Name",
    "NameKind",
    "Problem",
    "Redirect",
    "Relation",
    "RelationType",
    "Restriction",
    "Scheme",
    "Source",
    "Table",
    "TableError",
    "bundled_table_path",
    "check_table",
    "load_table",
    "table_version",
]
