"""The matching engine: records in, answers out. Pure: no files, network, clock, environment or logging."""

from typing import TYPE_CHECKING, Any

from zhengming.engine.answer import (
    DEFAULT_OPTIONS,
    NO_CONTEXT,
    AboutFirm,
    AmbiguityReason,
    Candidate,
    Code,
    CodeHit,
    ComparisonBasis,
    Context,
    DecoyHit,
    Evidence,
    EvidenceCode,
    Explanation,
    FirmRecord,
    FirmReference,
    Granularity,
    Hint,
    MatchedName,
    MatchType,
    NameComparison,
    NameHit,
    NameRelation,
    NotFoundReason,
    Options,
    Outcome,
    Parts,
    Profile,
    RelationEntry,
    Resolution,
    RestrictionEntry,
    RestrictionHolder,
    Scope,
    Stage,
    Standing,
    Step,
    Warning,
)
from zhengming.engine.engine import Engine
from zhengming.engine.guard import InvalidQuery
from zhengming.engine.index import Counts
from zhengming.engine.layout import MATCHER_VERSION

if TYPE_CHECKING:
    from zhengming.engine.compile import compile_index

__all__ = [
    "DEFAULT_OPTIONS",
    "MATCHER_VERSION",
    "NO_CONTEXT",
    "AboutFirm",
    "AmbiguityReason",
    "Candidate",
    "Code",
    "CodeHit",
    "ComparisonBasis",
    "Context",
    "Counts",
    "DecoyHit",
    "Engine",
    "Evidence",
    "EvidenceCode",
    "Explanation",
    "FirmRecord",
    "FirmReference",
    "Granularity",
    "Hint",
    "InvalidQuery",
    "MatchType",
    "MatchedName",
    "NameComparison",
    "NameHit",
    "NameRelation",
    "NotFoundReason",
    "Options",
    "Outcome",
    "Parts",
    "Profile",
    "RelationEntry",
    "Resolution",
    "RestrictionEntry",
    "RestrictionHolder",
    "Scope",
    "Stage",
    "Standing",
    "Step",
    "Warning",
    "compile_index",
]


def __getattr__(name: str) -> Any:
    # A warm start maps a snapshot and never compiles: the compiler is imported when it is asked for.
    if name == "compile_index":
        from zhengming.engine.compile import compile_index

        globals()[name] = compile_index
        return compile_index
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
