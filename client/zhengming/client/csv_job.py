"""The CSV job: rows in, the same rows with their firms out, nothing lost on the way.

Reads a window of rows, asks each question of it that is not known yet once, writes the rows in order, and so on: memory
is bounded by the window and the cache of answers, not by the file.
"""

from __future__ import annotations

import itertools
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from zhengming.client import errors
from zhengming.client._requests import Query
from zhengming.client.csv_account import Account
from zhengming.client.csv_checkpoint import Checkpoint, Keeper
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_query import BadCell, Question, QuestionMaker
from zhengming.client.csv_reader import Reject, Row
from zhengming.client.csv_sinks import RejectSink, RowSink
from zhengming.client.csv_source import open_rows
from zhengming.client.explanation import short_reason
from zhengming.client.headers import Columns, Role, choose_columns
from zhengming.client.progress import Progress
from zhengming.client.sentences import Language, short_code
from zhengming.v1 import resolver_pb2 as resolver
from zhengming.v1.firm_pb2 import FirmSummary

RESULT_COLUMNS: Final = (
    "zm_outcome",
    "zm_firm_id",
    "zm_name_zh",
    "zm_name_en",
    "zm_confidence",
    "zm_match_type",
    "zm_reason",
    "zm_matched_name",
    "zm_candidates",
)
"""Columns that are appended. Codes are those of the contract without their prefix."""

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0
# Seconds between two tries to reach a server that is away.

_SAMPLE_ROWS: Final = 200
_SAMPLE_BYTES: Final = 1024 * 1024


class BatchResolver(Protocol):
    """What the job needs of a client: `Client` is one."""

    def resolve_many(
        self, queries: Iterable[Query], *, options: resolver.ResolveOptions | None = None, in_flight: int = 4
    ) -> Iterator[resolver.ResolveItemResult]:
        """Yield one result for each query, in order."""


@dataclass(frozen=True, slots=True)
class JobSettings:
    """How a job is to be done."""

    column: str | None = None
    """Header or number of the names. None: guessed."""
    context_columns: Mapping[Role, str] = field(default_factory=dict)
    """Header or number of the columns that help."""
    use_context: bool = False
    """Whether guessed context columns are used."""
    encoding: str | None = None
    """Encoding of the input. None: UTF-8, or what the byte order mark says."""
    delimiter: str | None = None
    """Delimiter of the input. None: what the header shows."""
    result_columns: tuple[str, ...] = RESULT_COLUMNS
    """Which of `RESULT_COLUMNS` are appended, in this order."""
    only: frozenset[str] | None = None
    """Outcomes whose rows are written, such as `MATCH`. All rows are resolved and counted. None: all are written."""
    options: resolver.ResolveOptions = field(default_factory=resolver.ResolveOptions)
    """How to answer."""
    context: resolver.QueryContext | None = None
    """Context for every row."""
    decisions: Mapping[Question, FirmSummary | None] = field(default_factory=dict)
    """What a person decided: the firm that a name means, or None for none. It stands above every answer."""
    lang: Language = "en"
    """Language of the sentences in `zm_reason`."""
    max_rows: int | None = None
    """Stop after so many rows. None: read all."""
    window_rows: int = 10_000
    """Rows in memory at a time, and between two checkpoints."""
    window_bytes: int = 32 * 1024 * 1024
    """Bytes of rows in memory at a time, about."""
    in_flight: int = 4
    """Batches of 500 questions under way at a time."""
    patience: float = 600.0
    """Seconds without any answer after which a server that is away ends the job."""
    cache_size: int = 100_000
    """Answers kept for rows further on; the oldest go first."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The answer to a question, ready to be appended; or why there is none."""

    outcome: resolver.Outcome.ValueType
    cells: tuple[str, ...]
    refusal: str = ""
    kind: str = ""
    """Outcome with match type or reason, for the summary."""


class CsvJob:
    """One run over one input."""

    def __init__(
        self,
        client: BatchResolver,
        source: Peekable,
        settings: JobSettings,
        say: Callable[[str], None] = lambda sentence: None,
        progress: Progress | None = None,
    ) -> None:
        """Read the header and choose the columns; nothing is resolved yet.

        Args:
            client: who answers.
            source: the input from its first byte.
            settings: how to do it.
            say: takes what a user should know, one sentence without full stop at a time.
            progress: shows how far the job is.

        Raises:
            JobError: when the input cannot be read as rows, or has no column to read.
        """
        self._client = client
        self._settings = settings
        self._say = say
        self._progress = progress
        self._cache: dict[Question, _Answer] = {}
        self._reader, self.delimiter = open_rows(source, settings.encoding, settings.delimiter, say)
        self.header = self._read_header()
        """Header of the output: that of the input and the result columns."""
        # The first rows are looked at twice: to choose the column, and as rows.
        self._first = self._read_sample()
        self.columns = self._choose(self.header[: len(self.header) - len(settings.result_columns)])
        """The columns that are read."""
        self._maker = QuestionMaker(self.columns, settings.context)
        self._records: Iterator[Row | Reject] = itertools.chain(self._first, self._reader)
        self._checksum = 0
        self._review: Callable[[Question, str, str], None] | None = None
        self._snapshots: set[str] = set()
        self.account = Account()
        """What became of the rows so far."""
        self.tally: Counter[str] = Counter()
        """Rows by outcome with match type or reason, such as `MATCH EXACT`."""

    def run(
        self,
        rows: RowSink,
        rejects: RejectSink,
        keeper: Keeper | None = None,
        review: Callable[[Question, str, str], None] | None = None,
    ) -> Account:
        """Do the job and commit both sinks; on any error abort both.

        Args:
            rows: takes the rows.
            rejects: takes the rejects.
            keeper: keeps checkpoints of what the sinks wrote, and may know where to go on. None: nothing is kept.
            review: takes each ambiguous question with its reason and candidates, more than once where memory is short.

        Raises:
            CheckpointError: when the input is not the one that the job began with.
            CallError: when the server cannot be asked.
            AccountingError: when rows read are not rows written and rejected; the sinks are aborted.
        """
        try:
            self._review = review
            if keeper and keeper.start:
                self._go_on(keeper.start)
            else:
                rows.write(self.header)
            for window in self._windows():
                self._resolve(window)
                self._write(window, rows, rejects)
                if keeper:
                    self.account.check()
                    keeper.save(self._checkpoint())
            self.account.check()
            rows.commit()
            rejects.commit()
            if keeper:
                keeper.finish(self._checkpoint())
        except BaseException:
            rows.abort()
            rejects.abort()
            raise
        finally:
            if self._progress:
                self._progress.clear()
        self._say_afterthoughts()
        return self.account

    # The beginning

    def _read_header(self) -> list[str]:
        first = self._reader.header()
        if first is None:
            raise errors.UnreadableInputError("The input has only blank lines.", "Give a file with a header line.")
        if isinstance(first, Reject):
            what = f"The header in line {first.line} cannot be read: {first.reason}."
            raise errors.UnreadableInputError(what, "Correct it, or name the encoding with --encoding.")
        taken = set(first.cells)
        added = []
        for name in self._settings.result_columns:
            # An input that was resolved before keeps its columns; the new ones get a number.
            fresh = next(each for each in self._numbered(name) if each not in taken)
            if fresh != name:
                self._say(f"the input has a column {name!r} already; the new one is {fresh!r}")
            added.append(fresh)
        return first.cells + added

    def _read_sample(self) -> list[Row | Reject]:
        sample: list[Row | Reject] = []
        size = 0
        for record in self._reader:
            sample.append(record)
            size += len(record.raw)
            if len(sample) >= _SAMPLE_ROWS or size >= _SAMPLE_BYTES:
                break
        return sample

    @staticmethod
    def _numbered(name: str) -> Iterator[str]:
        yield name
        yield from (f"{name}_{number}" for number in itertools.count(2))

    def _choose(self, header: list[str]) -> Columns:
        sample = [record.cells for record in self._first if isinstance(record, Row)]
        settings = self._settings
        columns = choose_columns(header, sample, settings.column, settings.context_columns, settings.use_context)
        for sentence in columns.said:
            self._say(sentence)
        return columns

    # Checkpoints

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(replace(self.account), self._checksum, tuple(sorted(self._snapshots)), dict(self.tally))

    def _go_on(self, start: Checkpoint) -> None:
        """Pass over the records that are done. They are read again: damage before must be seen as it was seen then."""
        for record in itertools.islice(self._records, start.account.rows_read):
            self.account.rows_read += 1
            self._checksum = zlib.crc32(record.raw, self._checksum)
        if (self.account.rows_read, self._checksum) != (start.account.rows_read, start.checksum):
            what = "The input is not the one that the job began with."
            raise errors.CheckpointError(what, "Give that one, or leave out --resume to begin anew.")
        self.account = replace(start.account)
        self._snapshots.update(start.snapshots)
        self.tally.update(start.tally)
        self._say(f"going on behind row {start.account.rows_read:,}")

    # The rows

    def _windows(self) -> Iterator[list[tuple[Row | Reject, Question | None]]]:
        window: list[tuple[Row | Reject, Question | None]] = []
        size = 0
        for record in itertools.islice(self._records, self._settings.max_rows):
            self.account.rows_read += 1
            self._checksum = zlib.crc32(record.raw, self._checksum)
            window.append(self._ask(record))
            size += len(record.raw)
            if len(window) >= self._settings.window_rows or size >= self._settings.window_bytes:
                yield window
                window, size = [], 0
        if window:
            yield window

    def _ask(self, record: Row | Reject) -> tuple[Row | Reject, Question | None]:
        if isinstance(record, Reject):
            return record, None
        try:
            return record, self._maker.make(record.cells)
        except BadCell as error:
            return Reject(record.line, record.offset, record.raw, str(error)), None

    def _resolve(self, window: list[tuple[Row | Reject, Question | None]]) -> None:
        """Ask what is not known yet, each question once."""
        wanted = {question for _, question in window if question is not None}
        known = {question: self._cache[question] for question in wanted if question in self._cache}
        for question in wanted & self._settings.decisions.keys():
            known[question] = self._decided(self._settings.decisions[question])
        # In the order of the rows, so that equal inputs give equal requests.
        asked = [q for q in dict.fromkeys(q for _, q in window if q is not None) if q not in known]
        # The cache may forget what this window still needs: it is emptied first, the oldest answers first.
        room = max(self._settings.cache_size - len(asked) - len(known), 0)
        while len(self._cache) > room:
            del self._cache[next(iter(self._cache))]
        self._cache.update(known)
        answered, waited = 0, 0.0
        while answered < len(asked):
            try:
                for result in self._ask_server(asked[answered:]):
                    self._cache[asked[answered]] = self._answer(result)
                    self._offer_review(asked[answered], result.resolution)
                    answered, waited = answered + 1, 0.0
                    if self._progress and answered % 100 == 0:
                        self._show_progress(len(window), answered / len(asked))
            except errors.TransientError as error:
                # What is answered stays answered; the server may come back.
                waited = self._wait(error, waited)

    def _ask_server(self, questions: list[Question]) -> Iterator[resolver.ResolveItemResult]:
        results = self._client.resolve_many(
            (self._maker.query(question) for question in questions),
            options=self._settings.options,
            in_flight=self._settings.in_flight,
        )
        for _, result in zip(questions, results, strict=True):
            yield result

    def _wait(self, error: errors.TransientError, waited: float) -> float:
        """Wait for the server to come back; return the seconds waited since its last answer.

        Raises:
            TransientError: the one given, when patience is at its end.
        """
        if waited >= self._settings.patience:
            raise error
        if not waited:
            self._say(f"the server does not answer ({error}); waiting for it up to {self._settings.patience:,.0f} s")
        pause = min(max(waited, _FIRST_PAUSE), _LONGEST_PAUSE)
        begun = time.monotonic()
        time.sleep(pause)
        return waited + time.monotonic() - begun

    def _show_progress(self, window: int, share: float) -> None:
        if self._progress:
            rows = self.account.rows_read - round(window * (1 - share))
            per_row = self._reader.position / max(self.account.rows_read, 1)
            self._progress.update(rows, rows * per_row)

    def _write(self, window: list[tuple[Row | Reject, Question | None]], rows: RowSink, rejects: RejectSink) -> None:
        for record, question in window:
            if isinstance(record, Row) and question is not None:
                answer = self._cache[question]
                if not answer.refusal:
                    if self._settings.only is None or answer.kind.partition(" ")[0] in self._settings.only:
                        rows.write([*record.cells, *answer.cells])
                    self.account.count(answer.outcome)
                    self.tally[answer.kind] += 1
                    continue
                record = Reject(record.line, record.offset, record.raw, answer.refusal)
            if isinstance(record, Reject):
                rejects.write(record)
                self.account.rejected += 1
        if self._progress:
            self._show_progress(len(window), 1.0)

    def _answer(self, result: resolver.ResolveItemResult) -> _Answer:
        if result.HasField("error"):
            error = errors.from_status(result.error)
            return _Answer(resolver.OUTCOME_UNSPECIFIED, (), f"refused by the server: {error}")
        resolution = result.resolution
        if resolution.provenance.snapshot:
            self._snapshots.add(resolution.provenance.snapshot)
        outcome = short_code(resolver.Outcome, resolution.outcome, "OUTCOME_")
        if resolution.outcome not in (resolver.OUTCOME_MATCH, resolver.OUTCOME_AMBIGUOUS, resolver.OUTCOME_NOT_FOUND):
            return _Answer(resolution.outcome, (), f"the server gave an outcome unknown here: {outcome or 'none'}")
        matched = resolution.outcome == resolver.OUTCOME_MATCH
        firm = resolution.firm
        match_type = short_code(resolver.MatchType, resolution.match_type, "MATCH_TYPE_")
        reason = _reason(resolution, self._settings.lang)
        cells = (
            outcome,
            firm.firm_id,
            firm.display_name_zh,
            firm.display_name_en,
            f"{resolution.confidence:.4f}" if matched else "",
            match_type,
            reason,
            resolution.matched_name.text,
            _candidates(resolution),
        )
        told = dict(zip(RESULT_COLUMNS, cells, strict=True))
        chosen = tuple(told[name] for name in self._settings.result_columns)
        kind = f"{outcome} {match_type if matched else reason.partition(':')[0]}".rstrip()
        return _Answer(resolution.outcome, chosen, kind=kind)

    def _offer_review(self, question: Question, resolution: resolver.Resolution) -> None:
        if self._review and resolution.outcome == resolver.OUTCOME_AMBIGUOUS:
            self._review(question, _reason(resolution, self._settings.lang), _candidates(resolution))

    def _decided(self, firm: FirmSummary | None) -> _Answer:
        outcome = resolver.OUTCOME_NOT_FOUND if firm is None else resolver.OUTCOME_MATCH
        told = dict.fromkeys(RESULT_COLUMNS, "")
        told["zm_outcome"] = short_code(resolver.Outcome, outcome, "OUTCOME_")
        told["zm_reason"] = "DECISION: decided by a person"
        if firm is not None:
            told |= {"zm_firm_id": firm.firm_id, "zm_name_zh": firm.display_name_zh, "zm_name_en": firm.display_name_en}
            told["zm_match_type"] = "DECISION"
        chosen = tuple(told[name] for name in self._settings.result_columns)
        return _Answer(outcome, chosen, kind=f"{told['zm_outcome']} DECISION")

    def _say_afterthoughts(self) -> None:
        if len(self._snapshots) > 1:
            self._say(f"the server changed its table meanwhile: answers come from {len(self._snapshots)} snapshots")
        if self._reader.blank_lines:
            self._say(f"blank lines passed over: {self._reader.blank_lines:,}")
        if self._maker.unknown_countries:
            self._say(f"rows whose country was not understood and left out: {self._maker.unknown_countries:,}")


def _reason(resolution: resolver.Resolution, lang: Language) -> str:
    """Return code and sentence of what a reader must know; empty for a match without warnings."""
    warnings = " ".join(short_code(resolver.Warning, warning, "WARNING_") for warning in resolution.warnings)
    if resolution.outcome == resolver.OUTCOME_MATCH:
        return warnings
    code = short_code(resolver.NotFoundReason, resolution.not_found_reason, "NOT_FOUND_REASON_") or short_code(
        resolver.AmbiguityReason, resolution.ambiguity_reason, "AMBIGUITY_REASON_"
    )
    return f"{code}: {short_reason(resolution, lang)}"


def _candidates(resolution: resolver.Resolution) -> str:
    """Return the other firms that could be meant, as `ID name confidence`, separated by ` | `."""
    told = []
    for candidate in resolution.candidates:
        firm = candidate.firm
        if firm.firm_id != resolution.firm.firm_id:
            name = firm.display_name_zh or firm.display_name_en
            told.append(f"{firm.firm_id} {name} {candidate.confidence:.3f}")
    return " | ".join(told)
