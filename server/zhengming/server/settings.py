"""How the server is to run: one frozen value, read once, passed down.

A setting is taken from the command line, else from the environment (`ZHENGMING_` and its name in capitals), else
from the TOML file that `--config` (or `ZHENGMING_CONFIG`) names, else it has the default given here.
"""

from __future__ import annotations

import argparse
import dataclasses
import ipaddress
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from zhengming.server.errors import SettingsError
from zhengming.usage import Parser

LOG_FORMATS = ("json", "text")
LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of a server. Making one checks it; raises `SettingsError`."""

    listen: str = field(default="127.0.0.1:50051", metadata={"help": "host:port to listen on; port 0 takes a free one"})
    """Address, `host:port` or `[ipv6]:port`. Port 0: any free one. Beyond loopback it needs TLS or `insecure_remote`."""
    processes: int = field(default=1, metadata={"help": "processes that serve on the one port"})
    """Processes that serve on the one port, 1 to 256, sharing the snapshot's pages. A connection stays with the process that
    took it, so more than one helps when there are many connections. All limits below are those of each process."""
    table: Path | None = field(default=None, metadata={"help": "folder of the alias table (default: the bundled one)"})
    """Folder of the alias table. None: the table that ships with the distribution."""
    overlay: Path | None = field(default=None, metadata={"help": "CSV of your own names to lay over the table"})
    """CSV of the operator's own names (columns firm, text and more), compiled into every snapshot; see the README. A changed
    overlay is swapped in like a changed table."""
    cache_dir: Path | None = field(
        default=None, metadata={"help": "folder for compiled snapshots (default: ~/.cache/zhengming)"}
    )
    """Folder for compiled snapshots. None: `zhengming` in $XDG_CACHE_HOME or ~/.cache. Need not be writable, then
    each start compiles the table."""
    tls_cert: Path | None = field(default=None, metadata={"help": "PEM file of the certificate chain"})
    """PEM file of the certificate chain. Goes with `tls_key`."""
    tls_key: Path | None = field(default=None, metadata={"help": "PEM file of the private key"})
    """PEM file of the private key, not encrypted. Goes with `tls_cert`."""
    insecure_remote: bool = field(
        default=False, metadata={"help": "listen beyond loopback without TLS (behind a proxy that does TLS)"}
    )
    """Allow listening beyond loopback without TLS: anyone on the network can then read queries and answers."""
    max_message_bytes: int = field(default=4 << 20, metadata={"help": "largest request message, in bytes"})
    """Largest request message in bytes, 64 KiB to 64 MiB. A larger one gets RESOURCE_EXHAUSTED."""
    max_active_batches: int = field(
        default=32, metadata={"help": "batch calls at work at once; more are refused at once"}
    )
    """Batch calls at work at once, at least 1. More get RESOURCE_EXHAUSTED with RetryInfo; messages of streams wait."""
    batch_chunk: int = field(default=8, metadata={"help": "names of a batch between two looks at the clock"})
    """Names of a batch between two looks at the clock, at least 1. After 1 ms of work a batch lets other calls in."""
    answer_cache: int = field(default=4096, metadata={"help": "answers kept ready for repeated queries; 0 = none"})
    """Answers kept ready for queries that come again, 0 to 1,000,000 (about 1 KB each). Equal requests have equal answers
    for as long as a snapshot lives, so this never changes an answer. 0: every query is worked out."""
    grace_seconds: float = field(default=10.0, metadata={"help": "time that running calls get at shutdown, in seconds"})
    """Seconds that running calls get at shutdown before they are cancelled, at least 0."""
    linger_seconds: float = field(
        default=0.5, metadata={"help": "time between health NOT_SERVING and refusing calls at shutdown, in seconds"}
    )
    """Seconds between health NOT_SERVING and refusing new calls, so that balancers can turn away first."""
    table_poll_seconds: float = field(
        default=5.0, metadata={"help": "how often to look for a changed table, in seconds; 0 = never"}
    )
    """Seconds between looks at the table's files. A changed table is compiled and swapped in. 0: only on SIGHUP."""
    reflection: bool = field(default=True, metadata={"help": "offer gRPC reflection"})
    """Offer gRPC server reflection, so that grpcurl and the like know the contract."""
    log_format: str = field(default="json", metadata={"help": "json or text"})
    """`json` (one object a line) or `text`."""
    log_level: str = field(default="info", metadata={"help": "debug, info, warning or error"})
    """`debug`, `info`, `warning` or `error`. At `debug` every call is logged, with a keyed hash of its query."""

    def __post_init__(self) -> None:
        host, _ = self.host_and_port
        if (self.tls_cert is None) != (self.tls_key is None):
            missing = "tls_key" if self.tls_key is None else "tls_cert"
            raise SettingsError(f"TLS needs both a certificate and a key; {missing} is missing. Give both or neither.")
        if not is_loopback(host) and not self.tls and not self.insecure_remote:
            raise SettingsError(
                f"Listening on {self.listen} without TLS would show queries to the network. "
                "Give tls_cert and tls_key, listen on 127.0.0.1, or allow it with --insecure-remote."
            )
        _check_range("processes", self.processes, 1, 256)
        if self.processes > 1 and not hasattr(socket, "SO_REUSEPORT"):
            raise SettingsError("This system cannot share a port between processes. Leave out --processes.")
        _check_range("max_message_bytes", self.max_message_bytes, 64 << 10, 64 << 20)
        _check_range("max_active_batches", self.max_active_batches, 1, 10_000)
        _check_range("batch_chunk", self.batch_chunk, 1, 1000)
        _check_range("answer_cache", self.answer_cache, 0, 1_000_000)
        _check_range("grace_seconds", self.grace_seconds, 0, 3600)
        _check_range("linger_seconds", self.linger_seconds, 0, 3600)
        _check_range("table_poll_seconds", self.table_poll_seconds, 0, 86_400)
        _check_choice("log_format", self.log_format, LOG_FORMATS)
        _check_choice("log_level", self.log_level, LOG_LEVELS)

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Host (without brackets) and port of `listen`."""
        host, colon, port = self.listen.rpartition(":")
        bracketed = host.startswith("[") and host.endswith("]")
        host = host[1:-1] if bracketed else host
        # isdecimal takes the digits of every script, and int() of them may pass 65535 in spelling only.
        if not colon or not host or not (port.isascii() and port.isdecimal()) or int(port[:6]) > 65535 or len(port) > 5:
            raise SettingsError(
                f"listen is {self.listen!r}, which is no address. Write host:port, such as 127.0.0.1:50051."
            )
        if (":" in host) != bracketed or any(character in host for character in "/[] "):
            raise SettingsError(
                f"listen is {self.listen!r}, which is no address. Write an IPv6 host in brackets: [::1]:50051."
            )
        return host, int(port)

    @property
    def tls(self) -> bool:
        """Whether the server speaks TLS."""
        return self.tls_cert is not None


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine only. Any name but `localhost` counts as remote."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_settings(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of `zhengming-server`.

    Raises `SettingsError`; leaves through `SystemExit` for --help and --version (0) and for a wrong flag (2).
    """
    flags = vars(_parser().parse_args(arguments))
    config = flags.pop("config") or environment.get("ZHENGMING_CONFIG")
    found: dict[str, Any] = _from_file(Path(config)) if config else {}
    kinds = get_type_hints(Settings)
    for name in _names():
        text = environment.get(f"ZHENGMING_{name.upper()}")
        if text is not None and text != "":
            found[name] = _read_text(f"ZHENGMING_{name.upper()}", text, kinds[name])
        if flags[name] is not None:
            given = flags[name]
            found[name] = _read_text(_flag(name), given, kinds[name]) if isinstance(given, str) else given
    return Settings(**found)


def embedded_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of an embedded server: loopback, a free port, the environment's table, overlay and cache folder."""
    return Settings(
        listen="127.0.0.1:0",
        table=_path_or_none(environment.get("ZHENGMING_TABLE")),
        overlay=_path_or_none(environment.get("ZHENGMING_OVERLAY")),
        cache_dir=_path_or_none(environment.get("ZHENGMING_CACHE_DIR")),
        table_poll_seconds=0,
        linger_seconds=0,
        grace_seconds=1,
        reflection=False,
    )


def _path_or_none(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None


def _names() -> list[str]:
    return [setting.name for setting in dataclasses.fields(Settings)]


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _parser() -> Parser:
    parser = Parser(
        prog="zhengming-server",
        description="Serve alias resolution of Chinese tech firms over gRPC.",
        epilog="Each flag can also be set in the environment (ZHENGMING_LISTEN for --listen) or in the TOML file "
        "(listen = ...); the flag wins, then the environment. SIGHUP reads the table again, SIGTERM and SIGINT stop "
        "gracefully. Exit status: 0 stopped, 2 wrong setting, 3 table or address cannot be used.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and leave")
    parser.add_argument("--config", metavar="FILE", help="TOML file with settings")
    kinds = get_type_hints(Settings)
    for setting in dataclasses.fields(Settings):
        default = "" if setting.default is None else f" (default: {setting.default})"
        if kinds[setting.name] is bool:
            words = setting.metadata["help"] + (" (default: yes)" if setting.default else " (default: no)")
            parser.add_argument(_flag(setting.name), action=argparse.BooleanOptionalAction, default=None, help=words)
        else:
            metavar = {"listen": "ADDRESS", "log_format": "FORMAT", "log_level": "LEVEL"}.get(setting.name)
            metavar = metavar or ("N" if kinds[setting.name] in (int, float) else "PATH")
            parser.add_argument(_flag(setting.name), metavar=metavar, help=setting.metadata["help"] + default)
    return parser


class _Version(argparse.Action):
    """Print the version; reading it from the distribution costs 20 ms, so only when asked."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from importlib.metadata import version

        print(f"zhengming-server {version('zhengming')}")
        parser.exit(0)


def _from_file(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read ({error.strerror}). Check --config.") from error
    except ValueError as error:
        raise SettingsError(f"The settings file {path} is not TOML ({error}). Mend that line.") from error
    kinds = get_type_hints(Settings)
    found = {}
    for name, value in content.items():
        if name not in kinds:
            known = ", ".join(_names())
            raise SettingsError(f"The settings file {path} has an unknown setting {name!r}. Known are: {known}.")
        found[name] = _read_value(f"{name} in {path}", value, kinds[name])
    return found


def _read_text(source: str, text: str, kind: Any) -> Any:
    """Read a setting that came as text (flag or environment)."""
    if kind is bool:
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        if text.lower() not in words:
            raise SettingsError(f"{source} is {text!r}. Write 1 or 0.")
        return words[text.lower()]
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            raise SettingsError(f"{source} is {text!r}, which is no number. Write a number.") from None
    return text if kind is str else Path(text).expanduser()


def _read_value(source: str, value: Any, kind: Any) -> Any:
    """Read a setting that came with a TOML type."""
    if kind is bool or kind is int:
        # bool is an int in Python, and `batch_chunk = true` is still a slip.
        if type(value) is not kind:
            raise SettingsError(
                f"{source} is {value!r}. Write {'true or false' if kind is bool else 'a whole number'}."
            )
        return value
    if kind is float:
        if type(value) not in (int, float):
            raise SettingsError(f"{source} is {value!r}. Write a number of seconds.")
        return float(value)
    if type(value) is not str:
        raise SettingsError(f"{source} is {value!r}. Write a text in quotes.")
    return value if kind is str else Path(value).expanduser()


def _check_range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise SettingsError(f"{name} is {value}. Choose a value from {least:g} to {most:g}.")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SettingsError(f"{name} is {value!r}. Choose one of {', '.join(choices)}.")
