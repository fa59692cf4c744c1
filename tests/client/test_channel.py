"""Plaintext stays on this machine unless somebody asks otherwise."""

from __future__ import annotations

import pytest
from zhengming.client._channel import credentials_for, is_loopback, wait_before_retry


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("localhost:50051", True),
        ("127.0.0.1:1", True),
        ("127.8.8.8:1", True),
        ("[::1]:1", True),
        ("ipv6:[::1]:1", True),
        ("dns:///localhost:1", True),
        ("unix:/run/zhengming.sock", True),
        ("localhost", True),
        ("::1", True),
        ("resolver:443", False),
        ("dns:///resolver:443", False),
        ("10.0.0.1:1", False),
        ("localhost.example.com:1", False),
        ("[2001:db8::1]:1", False),
        ("", False),
    ],
)
def test_plaintext_only_on_this_machine(address: str, loopback: bool) -> None:
    """Without a choice TLS is used to every other machine; a choice, or root certificates, win."""
    assert is_loopback(address) == loopback
    assert (credentials_for(address, None, None) is None) == loopback
    assert credentials_for(address, False, None) is None
    assert credentials_for(address, True, None) is not None
    assert credentials_for(address, None, b"pem") is not None


def test_waiting_for_a_full_server() -> None:
    """The server's word is kept, waits grow, and nobody waits past the deadline or without a word."""
    assert wait_before_retry(None, 1, 10) is None
    assert wait_before_retry(0.5, 1, 10) == 0.5
    assert [wait_before_retry(0.0, attempt, 10) for attempt in (1, 2, 3, 9)] == [0.05, 0.1, 0.2, 1.0]
    assert wait_before_retry(5.0, 1, 2) is None
