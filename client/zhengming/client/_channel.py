"""Where a client connects to and with which channel settings."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Final

import grpc
from zhengming.client._service_config import channel_json

_MAX_ANSWER_BYTES: Final = 512 * 1024 * 1024
# 500 answers with 20 candidates each and their evidence pass gRPC's default of 4 MiB; so does a long text that is a list
# of names: with its reasons a mention takes 760 bytes (measured), and a text of a million characters can hold 300,000.


def channel_options() -> list[tuple[str, Any]]:
    """Return the gRPC options of every channel: retries, balancing, and room for large batch answers."""
    return [
        ("grpc.service_config", channel_json()),
        ("grpc.enable_retries", 1),
        ("grpc.max_receive_message_length", _MAX_ANSWER_BYTES),
    ]


def credentials_for(address: str, tls: bool | None, root_certificates: bytes | None) -> grpc.ChannelCredentials | None:
    """Return TLS credentials, or None for plaintext.

    Args:
        address: as for `Client`.
        tls: True or False to choose; None: plaintext on this machine, TLS to any other.
        root_certificates: PEM of the authorities to trust; None: those of gRPC. Giving them asks for TLS.
    """
    if tls is None:
        tls = root_certificates is not None or not is_loopback(address)
    return grpc.ssl_channel_credentials(root_certificates) if tls else None


def is_loopback(address: str) -> bool:
    """Tell whether a gRPC address stays on this machine."""
    if address.startswith(("unix:", "unix-abstract:")):
        return True
    target = re.sub(r"^(?:dns|ipv4|ipv6):/{0,3}", "", address)
    host = target.rsplit(":", 1)[0] if re.search(r"[^:]:\d+$|\]:\d+$", target) else target
    host = host.strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def wait_before_retry(retry_after: float | None, attempt: int, remaining: float) -> float | None:
    """Return how many seconds to wait before repeating a call that a full server refused, or None to give up.

    gRPC's own retry policy cannot express "RESOURCE_EXHAUSTED only with the server's word on when", so the client
    does this one itself.

    Args:
        retry_after: the server's `RetryInfo` in seconds; None: it sent none, so that repeating cannot help.
        attempt: refusals so far, from 1.
        remaining: seconds until the call's deadline.
    """
    if retry_after is None:
        return None
    # Growing: a server that keeps saying "10 ms" to a thousand clients must not be asked a thousand times as often.
    wait = max(retry_after, min(0.05 * 2.0 ** (attempt - 1), 1.0))
    return wait if wait < remaining else None
