"""Settings: where they come from, which wins, and what is refused."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
from zhengming.server.errors import SettingsError
from zhengming.server.settings import Settings, embedded_settings, is_loopback, read_settings

CERT, KEY = Path("cert.pem"), Path("key.pem")
REMOTE = ("0.0.0.0:1", "[::]:1", "192.168.1.5:1", "example.com:1", "[::ffff:127.0.0.1]:1")
LOCAL = ("127.0.0.1:1", "127.8.9.1:1", "localhost:1", "[::1]:1")


@pytest.mark.parametrize("insecure", [False, True])
@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("listen", REMOTE + LOCAL)
def test_beyond_loopback_needs_tls_or_a_word(listen: str, tls: bool, insecure: bool) -> None:
    """The whole matrix: only remote without TLS and without --insecure-remote is refused."""
    cert, key = (CERT, KEY) if tls else (None, None)
    if listen in REMOTE and not tls and not insecure:
        with pytest.raises(SettingsError, match="insecure-remote"):
            Settings(listen=listen, insecure_remote=insecure, tls_cert=cert, tls_key=key)
    else:
        assert Settings(listen=listen, insecure_remote=insecure, tls_cert=cert, tls_key=key).tls is tls


@pytest.mark.parametrize(
    "listen",
    ["", ":50051", "50051", "localhost", "localhost:", "localhost:x", "localhost:65536", "localhost:-1", "::1:50051",
     "[localhost]:1", "127.0.0.1:٣", "127.0.0.1:1/x", "unix:/tmp/socket", "a b:1", "127.0.0.1:" + "1" * 5000],
)  # fmt: skip
def test_addresses_that_are_none(listen: str) -> None:
    """Each is refused with an example of what is meant."""
    with pytest.raises(SettingsError):
        Settings(listen=listen)


def test_loopback() -> None:
    """Names other than localhost count as remote, whatever they resolve to."""
    assert is_loopback("localhost")
    assert is_loopback("::1")
    assert not is_loopback("my-machine")


def test_flags_win_over_environment_over_file(tmp_path: Path) -> None:
    """One setting from each place, and the order between them."""
    config = tmp_path / "server.toml"
    config.write_text('listen = "127.0.0.1:1"\ngrace_seconds = 1\nbatch_chunk = 11\nreflection = false\n')
    environment = {"ZHENGMING_LISTEN": "127.0.0.1:2", "ZHENGMING_GRACE_SECONDS": "2.5", "ZHENGMING_CONFIG": str(config)}
    settings = read_settings(["--listen", "127.0.0.1:3"], environment)
    assert settings.listen == "127.0.0.1:3"
    assert settings.grace_seconds == 2.5
    assert settings.batch_chunk == 11
    assert settings.reflection is False
    assert read_settings(["--reflection"], environment).reflection is True
    assert read_settings([], {}) == Settings()


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["--batch-chunk", "many"], {}, "--batch-chunk"),
        (["--batch-chunk", "0"], {}, "from 1 to"),
        (["--grace-seconds", "nan"], {}, "grace_seconds"),
        (["--grace-seconds", "inf"], {}, "grace_seconds"),
        (["--max-message-bytes", "1"], {}, "max_message_bytes"),
        (["--log-level", "loud"], {}, "log_level"),
        (["--log-format", "xml"], {}, "log_format"),
        (["--tls-cert", "x"], {}, "tls_key"),
        (["--config", "/nowhere.toml"], {}, "/nowhere.toml"),
        ([], {"ZHENGMING_INSECURE_REMOTE": "perhaps"}, "ZHENGMING_INSECURE_REMOTE"),
        ([], {"ZHENGMING_TABLE_POLL_SECONDS": "-1"}, "table_poll_seconds"),
    ],
)
def test_bad_settings_name_the_setting(arguments: list[str], environment: dict[str, str], words: str) -> None:
    """The message names the place that is wrong."""
    with pytest.raises(SettingsError, match=words):
        read_settings(arguments, environment)


@pytest.mark.parametrize(
    "content",
    ["listne = 'x'", "batch_chunk = '8'", "batch_chunk = true", "reflection = 1", "listen = 1", "= =", "a = \xff"],
)
def test_bad_files(tmp_path: Path, content: str) -> None:
    """Unknown names, wrong types, no TOML, no UTF-8."""
    config = tmp_path / "server.toml"
    config.write_bytes(content.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"server\.toml"):
        read_settings(["--config", str(config)], {})


def test_every_setting_has_help_and_a_flag(capsys: pytest.CaptureFixture[str]) -> None:
    """--help names each setting."""
    with pytest.raises(SystemExit) as left:
        read_settings(["--help"], {})
    assert left.value.code == 0
    out = capsys.readouterr().out
    for setting in dataclasses.fields(Settings):
        assert "--" + setting.name.replace("_", "-") in out
        assert setting.metadata["help"]


def test_embedded_settings_stay_on_loopback() -> None:
    """The environment can move table and cache, nothing else."""
    settings = embedded_settings({"ZHENGMING_TABLE": "/t", "ZHENGMING_LISTEN": "0.0.0.0:1"})
    assert settings.listen == "127.0.0.1:0"
    assert settings.table == Path("/t")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--no-such-flag"], 2),
        (["--listen", "0.0.0.0:1"], 2),
        (["--listen", "127.0.0.1:0", "--table", "/nowhere"], 3),
        (["--listen", "127.0.0.1:0", "--tls-cert", "/nowhere", "--tls-key", "/nowhere"], 2),
        (["--listen", "192.0.2.1:0", "--insecure-remote"], 3),
        (["--version"], 0),
    ],
)
def test_exit_status_and_one_sentence(arguments: list[str], status: int, tmp_path: Path) -> None:
    """Wrong settings leave with 2, unusable tables and addresses with 3, never with a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "zhengming.server", "--cache-dir", str(tmp_path), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == bool(status)
