"""The CSV job: rows in, the same rows with their firms out, nothing lost on the way.

Reads windows of rows, asks each question of theirs that is not known yet once, and writes the rows in order: memory is
bounded by a few windows and the cache of answers, not by the file.
"""

from __future__ import annotations

import copy
import itertools
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from zhengming.client import errors
from zhengming.client._requests import Query
from zhengming.client.answer_columns import candidates_of, reason_of
from zhengming.client.csv_account import Account, NameAccount
from zhengming.client.csv_asking import Asked, Asker, Window
from zhengming.client.csv_checkpoint import Checkpoint, Keeper
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_query import BadCell, Question, QuestionMaker
from zhengming.client.csv_reader import Reject, Row
from zhengming.client.csv_sinks import RejectSink, RowSink
from zhengming.client.csv_source import open_rows
from zhengming.client.headers import Columns, Role, choose_columns, column_label, result_prefixes
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
"""Columns that are appended for a column of names. With several, each has its own: `zm_<header>_outcome` and so on."""

_BYTES_A_PLACE: Final = 70
# What a place in a dict takes; between 37 and 100, as full as it is.

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

    name_columns: tuple[str, ...] = ()
    """Headers or numbers of the columns of names. Empty: one is guessed."""
    header: bool = True
    """Whether the first row is a header. Otherwise it is a row, and columns are called `column_1` and so on."""
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
    """Outcomes whose rows are written, such as `MATCH`. All rows are resolved and counted. None: all are written.

    A row with several names is written for any name that is AMBIGUOUS or NOT_FOUND, and for MATCH only when all match.
    """
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
    """Rows between two checkpoints. A few times as many are in memory."""
    window_bytes: int = 32 * 1024 * 1024
    """Bytes of rows in memory at a time, about."""
    in_flight: int = 4
    """Batches of 500 questions under way at a time."""
    patience: float = 600.0
    """Seconds without any answer after which a server that is away ends the job."""
    cache_bytes: int = 384 * 1024 * 1024
    """Memory for answers that are kept for rows further on, about: some 500,000. The oldest go first."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """The answer to a question, ready to be appended; or why there is none."""

    outcome: resolver.Outcome.ValueType
    cells: tuple[str, ...]
    refusal: str = ""
    kind: str = ""
    """Outcome with match type or reason, for the summary."""
    reason: str = ""
    candidates: str = ""
    """Reason and candidates of an ambiguous name, for the review file."""


_Window: TypeAlias = Window[_Answer]


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
        self._cache: dict[Question, Asked[_Answer]] = {}
        self._cached_bytes = 0
        # Memory of the answers in the cache. Questions on their way are counted once they are answered.
        self._decided = {each: Asked(each, self._decision(firm)) for each, firm in settings.decisions.items()}
        self._asker = Asker(self._ask_server, self._answer, say, settings.patience, settings.window_bytes)
        self._reader, self.delimiter = open_rows(source, settings.encoding, settings.delimiter, say)
        header = self._read_header()
        # The first rows are looked at twice: to choose the column, and as rows.
        self._first = self._read_sample()
        self.columns = self._choose(header)
        """The columns that are read."""
        self.header = header + self._new_columns(header)
        """Header of the output: that of the input and the result columns."""
        self._maker = QuestionMaker(self.columns, settings.context)
        self._records: Iterator[Row | Reject] = itertools.chain(self._first, self._reader)
        self._rows_read = 0
        self._checksum = 0
        self._snapshots: set[str] = set()
        self.account = Account(names=[NameAccount(column_label(header, at)) for at in self.columns.names])
        """What became of the rows so far."""
        self._empty = Asked(Question("", "", "", "", ""), self._no_name())

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
            if keeper and keeper.start:
                self._go_on(keeper.start)
            else:
                rows.write(self.header)
            checksum = self._checksum
            for window in self._asker.answered(self._windows(), self._show_progress):
                if review:
                    self._offer_review(window, review)
                self._write(window, rows, rejects)
                self._keep(window.fresh)
                checksum = window.checksum
                if keeper:
                    self.account.check()
                    keeper.save(self._checkpoint(checksum))
            self._check_all_written()
            rows.commit()
            rejects.commit()
            if keeper:
                keeper.finish(self._checkpoint(checksum))
        except BaseException:
            rows.abort()
            rejects.abort()
            raise
        finally:
            if self._progress:
                self._progress.clear()
        self._say_afterthoughts()
        return self.account

    def _check_all_written(self) -> None:
        """Check the sums at the end, and that no window was lost between reading and writing."""
        self.account.check()
        if self.account.rows_read != self._rows_read:
            what = f"Of {self._rows_read:,} rows read only {self.account.rows_read:,} were written or rejected."
            raise errors.AccountingError(what, "Do not use the output; please report this.")

    @property
    def codec(self) -> str:
        """Python codec of the input's records."""
        return self._reader.codec

    @property
    def snapshots(self) -> list[str]:
        """Snapshots that the answers came from so far, sorted."""
        return sorted(self._snapshots)

    # The beginning

    def _read_header(self) -> list[str]:
        first = self._reader.header(self._settings.header)
        if first is None:
            raise errors.UnreadableInputError("The input has only blank lines.", "Give a file with a header line.")
        if isinstance(first, Reject):
            what = f"The header in line {first.line} cannot be read: {first.reason}."
            raise errors.UnreadableInputError(what, "Correct it, or name the encoding with --encoding.")
        return first.cells

    def _new_columns(self, header: list[str]) -> list[str]:
        taken = set(header)
        added = []
        for prefix in result_prefixes(header, self.columns.names):
            for column in self._settings.result_columns:
                name = prefix + column.removeprefix("zm_")
                # An input that was resolved before keeps its columns; the new ones get a number.
                fresh = next(each for each in self._numbered(name) if each not in taken)
                if fresh != name:
                    self._say(f"the input has a column {name!r} already; the new one is {fresh!r}")
                added.append(fresh)
                taken.add(fresh)
        return added

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
        columns = choose_columns(
            header, sample, settings.name_columns, settings.context_columns, settings.use_context, settings.header
        )
        for sentence in columns.said:
            self._say(sentence)
        return columns

    # Checkpoints

    def _checkpoint(self, checksum: int) -> Checkpoint:
        return Checkpoint(copy.deepcopy(self.account), checksum, tuple(sorted(self._snapshots)))

    def _go_on(self, start: Checkpoint) -> None:
        """Pass over the records that are done. They are read again: damage before must be seen as it was seen then."""
        for record in itertools.islice(self._records, start.account.rows_read):
            self._rows_read += 1
            self._checksum = zlib.crc32(record.raw, self._checksum)
        if (self._rows_read, self._checksum) != (start.account.rows_read, start.checksum):
            what = "The input is not the one that the job began with."
            raise errors.CheckpointError(what, "Give that one, or leave out --resume to begin anew.")
        self.account = copy.deepcopy(start.account)
        self._snapshots.update(start.snapshots)
        self._say(f"going on behind row {start.account.rows_read:,}")

    # The rows

    def _windows(self) -> Iterator[_Window]:
        records = itertools.islice(self._records, self._settings.max_rows)
        most_rows, most_bytes = self._settings.window_rows, self._settings.window_bytes
        while True:
            window = _Window([], [], self._checksum)
            for record in records:
                window.records.append(self._ask(record, window.fresh))
                window.checksum = zlib.crc32(record.raw, window.checksum)
                window.size += len(record.raw)
                if len(window.records) >= most_rows or window.size >= most_bytes:
                    break
            if not window.records:
                return
            window.rows = len(window.records)
            self._rows_read += window.rows
            self._checksum = window.checksum
            yield window

    def _ask(
        self, record: Row | Reject, fresh: list[Asked[_Answer]]
    ) -> tuple[Row | Reject, tuple[Asked[_Answer], ...]]:
        """Return a record with what it asks, each question once; what must be asked of the server is added to `fresh`."""
        if isinstance(record, Reject):
            return record, ()
        try:
            questions = self._maker.make(record.cells)
        except BadCell as error:
            return Reject(record.line, record.offset, record.raw, str(error)), ()
        return record, tuple([self._empty if each is None else self._asked(each, fresh) for each in questions])

    def _asked(self, question: Question, fresh: list[Asked[_Answer]]) -> Asked[_Answer]:
        asked = self._cache.get(question) or self._decided.get(question)
        if asked is None:
            asked = self._cache[question] = Asked(question)
            fresh.append(asked)
        return asked

    def _keep(self, answered: list[Asked[_Answer]]) -> None:
        """Keep answers for rows further on, and forget the oldest where there is no room for all.

        Too little room is dear: a name that comes again is asked again.
        """
        self._cached_bytes += sum(map(_bytes_of, answered))
        forgotten = []
        for asked in self._cache.values():
            if self._cached_bytes <= self._settings.cache_bytes:
                break
            self._cached_bytes -= _bytes_of(asked)
            forgotten.append(asked.question)
        for question in forgotten:
            del self._cache[question]

    def _ask_server(self, questions: Iterator[Question]) -> Iterator[resolver.ResolveItemResult]:
        return self._client.resolve_many(
            map(self._maker.query, questions), options=self._settings.options, in_flight=self._settings.in_flight
        )

    def _show_progress(self) -> None:
        if self._progress:
            rows = self.account.rows_read + round(self._asker.progress)
            per_row = self._reader.position / max(self._rows_read, 1)
            self._progress.update(rows, rows * per_row)

    def _write(self, window: _Window, rows: RowSink, rejects: RejectSink) -> None:
        account = self.account
        account.rows_read += window.rows
        for record, questions in window.records:
            answers = [_answer_of(asked) for asked in questions]
            refusal = self._refusal(answers)
            if isinstance(record, Reject) or refusal:
                if isinstance(record, Row):
                    record = Reject(record.line, record.offset, record.raw, refusal)
                rejects.write(record)
                account.rejected += 1
                continue
            if self._is_wanted(answers):
                cells = record.cells
                for answer in answers:
                    cells += answer.cells
                rows.write(cells)
                account.written += 1
            else:
                account.left_out += 1
            for answer, names in zip(answers, account.names, strict=True):
                names.count(answer.outcome, answer.kind)
        self._show_progress()

    def _refusal(self, answers: list[_Answer]) -> str:
        """Return why the first name that was refused was; empty when none was."""
        for at, answer in enumerate(answers):
            if answer.refusal:
                column = self.account.names[at].column
                return answer.refusal if len(answers) == 1 else f"the name in column {column}: {answer.refusal}"
        return ""

    def _is_wanted(self, answers: list[_Answer]) -> bool:
        if self._settings.only is None:
            return True
        outcomes = {answer.kind.partition(" ")[0] for answer in answers if answer is not self._empty.answer}
        return not self._settings.only.isdisjoint(outcomes - {"MATCH"} or outcomes)

    def _answer(self, result: resolver.ResolveItemResult) -> _Answer:
        if result.HasField("error"):
            error = errors.from_status(result.error)
            why = f"refused by the server: {error.code.name}: {error.message.rstrip('.')}"
            return _Answer(resolver.OUTCOME_UNSPECIFIED, (), why)
        resolution = result.resolution
        if resolution.provenance.snapshot:
            self._snapshots.add(resolution.provenance.snapshot)
        outcome = short_code(resolver.Outcome, resolution.outcome, "OUTCOME_")
        if resolution.outcome not in (resolver.OUTCOME_MATCH, resolver.OUTCOME_AMBIGUOUS, resolver.OUTCOME_NOT_FOUND):
            return _Answer(resolution.outcome, (), f"the server gave an outcome unknown here: {outcome or 'none'}")
        matched = resolution.outcome == resolver.OUTCOME_MATCH
        firm = resolution.firm
        match_type = short_code(resolver.MatchType, resolution.match_type, "MATCH_TYPE_")
        reason, candidates = reason_of(resolution, self._settings.lang), candidates_of(resolution)
        cells = (
            outcome,
            firm.firm_id,
            firm.display_name_zh,
            firm.display_name_en,
            f"{resolution.confidence:.4f}" if matched else "",
            match_type,
            reason,
            resolution.matched_name.text,
            candidates,
        )
        told = dict(zip(RESULT_COLUMNS, cells, strict=True))
        chosen = tuple(told[name] for name in self._settings.result_columns)
        # Few are different, and there is one for every answer kept.
        kind = sys.intern(f"{outcome} {match_type if matched else reason.partition(':')[0]}".rstrip())
        if resolution.outcome == resolver.OUTCOME_AMBIGUOUS:
            return _Answer(resolution.outcome, chosen, kind=kind, reason=reason, candidates=candidates)
        return _Answer(resolution.outcome, chosen, kind=kind)

    @staticmethod
    def _offer_review(window: _Window, review: Callable[[Question, str, str], None]) -> None:
        for asked in window.fresh:
            answer = _answer_of(asked)
            if answer.outcome == resolver.OUTCOME_AMBIGUOUS and not answer.refusal:
                review(asked.question, answer.reason, answer.candidates)

    def _decision(self, firm: FirmSummary | None) -> _Answer:
        outcome = resolver.OUTCOME_NOT_FOUND if firm is None else resolver.OUTCOME_MATCH
        told = dict.fromkeys(RESULT_COLUMNS, "")
        told["zm_outcome"] = short_code(resolver.Outcome, outcome, "OUTCOME_")
        told["zm_reason"] = "DECISION: " + {"en": "decided by a person", "zh": "由人工决定"}[self._settings.lang]
        if firm is not None:
            told |= {"zm_firm_id": firm.firm_id, "zm_name_zh": firm.display_name_zh, "zm_name_en": firm.display_name_en}
            told["zm_match_type"] = "DECISION"
        chosen = tuple(told[name] for name in self._settings.result_columns)
        return _Answer(outcome, chosen, kind=f"{told['zm_outcome']} DECISION")

    def _no_name(self) -> _Answer:
        """Return what stands beside an empty cell, in a row that has a name in another column."""
        told = dict.fromkeys(RESULT_COLUMNS, "") | {"zm_outcome": "EMPTY"}
        return _Answer(
            resolver.OUTCOME_UNSPECIFIED, tuple(told[n] for n in self._settings.result_columns), kind="EMPTY"
        )

    def _say_afterthoughts(self) -> None:
        if len(self._snapshots) > 1:
            self._say(f"the server changed its table meanwhile: answers come from {len(self._snapshots)} snapshots")
        if self._reader.blank_lines:
            self._say(f"blank lines passed over: {self._reader.blank_lines:,}")
        if self._maker.unknown_countries:
            self._say(f"rows whose country was not understood and left out: {self._maker.unknown_countries:,}")


def _answer_of(asked: Asked[_Answer]) -> _Answer:
    assert asked.answer is not None, "a window is written before its answers are there"
    return asked.answer


def _bytes_of(asked: Asked[_Answer]) -> int:
    """Return the memory that an answer with its question takes, about."""
    answer, question = _answer_of(asked), asked.question
    # A reason that is also a cell is there once. The empty text is there once for all, and so are the few kinds.
    texts = {*question, *answer.cells, answer.refusal, answer.reason, answer.candidates} - {""}
    return _BYTES_A_PLACE + sum(map(sys.getsizeof, (asked, question, answer, answer.cells, *texts)))
