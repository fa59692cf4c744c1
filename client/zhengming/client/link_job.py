"""The bulk job of text linking: documents in, one answer for each out, in order, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import grpc
from google.rpc import status_pb2
from zhengming.client._requests import LinkInput
from zhengming.client.errors import AccountingError
from zhengming.client.link_input import Document
from zhengming.v1 import resolver_pb2 as resolver

_WINDOW_DOCUMENTS: Final = 2_000
_WINDOW_CHARACTERS: Final = 4_000_000
# Documents in memory at a time: twenty full messages of short ones, or some dozens of long ones.


class TextLinker(Protocol):
    """What the job needs of a client: `Client` is one."""

    def link_many(
        self, texts: Iterable[LinkInput], *, options: resolver.LinkOptions | None = None
    ) -> Iterator[resolver.LinkTextItemResult]:
        """Yield one result for each text, in order."""


class Answer(NamedTuple):
    """A document and what became of it."""

    document: Document
    result: resolver.LinkTextItemResult
    """The linked text or why there is none; `item_id` is the document's name."""


@dataclass(slots=True)
class LinkAccount:
    """What became of the documents. Read and answered ones are counted at different places on purpose."""

    read: int = 0
    """Documents that came out of the inputs, good and bad."""
    linked: int = 0
    """Documents that were linked, with or without mentions."""
    rejected: int = 0
    """Documents that could not be read or were refused."""
    mentions: int = 0
    """Mentions in all of them, linked to a firm or not."""
    matched: int = 0
    """Mentions that are linked to a firm."""

    def count(self, result: resolver.LinkTextItemResult) -> None:
        """Count a document that was answered."""
        if result.WhichOneof("result") != "linked":
            self.rejected += 1
            return
        self.linked += 1
        self.mentions += len(result.linked.mentions)
        self.matched += sum(len(firm.mentions) for firm in result.linked.firms)

    def check(self) -> None:
        """Check the sum.

        Raises:
            AccountingError: when it does not add up.
        """
        if self.read != self.linked + self.rejected:
            raise AccountingError(
                f"The accounting does not add up: {self}.", "Do not use the output; please report this."
            )

    def __str__(self) -> str:
        return (
            f"documents read {self.read:,} = linked {self.linked:,} + rejected {self.rejected:,}"
            f"; mentions {self.mentions:,}, of a firm {self.matched:,}"
        )


def link_documents(
    client: TextLinker, documents: Iterable[Document], options: resolver.LinkOptions, account: LinkAccount
) -> Iterator[Answer]:
    """Link documents and yield one answer for each, in order.

    Args:
        client: who answers.
        documents: any number, read as they are needed.
        options: how to link.
        account: counts what becomes of them.

    Raises:
        CallError: when the server cannot be asked.
    """
    for window in _windows(documents):
        account.read += len(window)
        texts = ((each.text, each.as_of) for each in window if not each.fault)
        results = client.link_many(texts, options=options)
        for document in window:
            if document.fault:
                code = grpc.StatusCode.INVALID_ARGUMENT.value[0]
                status = status_pb2.Status(code=code, message=_expressible(document.fault))
                result = resolver.LinkTextItemResult(error=status)
            else:
                result = next(results)
            result.item_id = _expressible(document.name)
            account.count(result)
            yield Answer(document, result)


def _expressible(text: str) -> str:
    """Return what UTF-8 can express: names of files and IDs from JSON may hold lone surrogates."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _windows(documents: Iterable[Document]) -> Iterator[list[Document]]:
    window: list[Document] = []
    size = 0
    for document in documents:
        window.append(document)
        size += len(document.text)
        if len(window) >= _WINDOW_DOCUMENTS or size >= _WINDOW_CHARACTERS:
            yield window
            window, size = [], 0
    if window:
        yield window
