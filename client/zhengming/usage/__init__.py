"""A wrong command line told in two sentences: what is wrong with it, and what to write instead. Standard library only.

argparse prints the whole usage, thirty lines for one letter. All three commands of the distribution parse with this.
"""

from __future__ import annotations

import argparse
import difflib
import math
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NoReturn

__all__ = ["Parser", "between", "whole"]

_NUMBER: Final = re.compile(r"-\d+(\.\d*)?|-\.\d+")
_REWRITTEN: Final = (
    (r"the following arguments are required: (?P<of>.+)", "Something is missing: {of}.", ""),
    (r"argument (?P<of>\S+): expected .*", "{of} needs a value behind it.", ""),
    (
        r"argument (?P<of>\S+): ignored explicit argument .*",
        "{of} takes no value.",
        "Leave out the value, or see {help}.",
    ),
    (
        r"argument (?P<of>\S+): not allowed with argument (?P<other>\S+)",
        "{of} and {other} exclude each other.",
        "Leave one out.",
    ),
    (r"ambiguous option: (?P<of>\S+) could match (?P<all>.+)", "{of} could be any of {all}.", "Write one of them out."),
    (r"argument (?P<of>\S+): (?P<told>.+)", "{of} {told}.", ""),
)
"""What argparse says (a regular expression), what the user reads, and what to do; empty: to see the help.

A message that matches none, as of a later Python, is shown as it is.
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence of what is wrong and one of what to do, with exit code 2.

    A flag, command or value that does not exist is told with the nearest one that does. Words may stand before and behind
    flags where a command takes any number of them.
    """

    def __init__(self, **how: Any) -> None:
        """Make a parser.

        Args:
            how: the keyword arguments of `argparse.ArgumentParser`.
        """
        super().__init__(**how, exit_on_error=False)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as argparse does; nothing is ever left over, because what is not known is an error."""
        args = list(sys.argv[1:] if args is None else args)
        self._refuse_unknown_flags(args)
        try:
            found, left = super().parse_known_args(args, namespace)
        except argparse.ArgumentError as error:
            self.error(str(error))
        left = [word for word in left if word != "--"]
        if left:
            self._take_more(found, left)
        return found, []

    def error(self, message: str) -> NoReturn:
        """Say what argparse says in two sentences, and end the process with code 2."""
        for pattern, what, todo in _REWRITTEN:
            if told := re.fullmatch(pattern, message, re.DOTALL):
                words = {**told.groupdict(), "help": self._help()}
                self.refuse(what.format(**words), (todo or "See {help}.").format(**words))
        self.refuse(f"{message[:1].upper()}{message[1:]}.", f"See {self._help()}.")

    def refuse(self, what: str, todo: str) -> NoReturn:
        """End the process with code 2.

        Args:
            what: is wrong, one sentence.
            todo: to mend it, one sentence.
        """
        self.exit(2, f"{self.prog.partition(' ')[0]}: {_visible(what)} {todo}\n")

    def _refuse_unknown_flags(self, args: Sequence[str]) -> None:
        for word in args:
            if word == "--":
                return
            if not word.startswith("-") or word == "-" or " " in word or _NUMBER.fullmatch(word):
                if self._subparsers is not None:
                    return  # What follows the command is the command's.
                continue
            flag = word.partition("=")[0]
            if not self._knows(flag):
                self._refuse_flag(flag)

    def _knows(self, flag: str) -> bool:
        flags = self._option_string_actions
        if flag.startswith("--"):
            return any(known.startswith(flag) for known in flags)
        return flag[:2] in flags

    def _refuse_flag(self, flag: str) -> NoReturn:
        near = _nearest(flag, self._option_string_actions)
        what = f"There is no flag {flag}."
        if near:
            self.refuse(what, f"Write {near}, or see {self._help()}.")
        if self._subparsers is not None:
            what = f"There is no flag {flag} before the command."
            self.refuse(what, f"Write flags behind the command, or see {self._help()}.")
        if not flag.startswith("--") and self._words():
            self.refuse(what, f"Write -- before a word that begins with a dash, or see {self._help()}.")
        self.refuse(what, f"See {self._help()}.")

    def _take_more(self, found: argparse.Namespace, words: list[str]) -> None:
        """Put words that stood behind a flag to those before it, which argparse does not do."""
        for action in self._words():
            if action.nargs in ("*", "+"):
                getattr(found, action.dest).extend(words)
                return
        what = f"{words[0]!r} is one word more than `{self.prog}` takes."
        todo = "Put a name of several words in quotes" if self._words() else "Leave it out"
        self.refuse(what, f"{todo}, or see {self._help()}.")

    def _words(self) -> list[argparse.Action]:
        return [action for action in self._actions if not action.option_strings]

    # What argparse asks of itself: the only places where it still knows what was allowed.
    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        near = _nearest(str(value), known)
        todo = f"Write {near}, or see {self._help()}." if near else f"See {self._help()}."
        if isinstance(action, argparse._SubParsersAction):
            self.refuse(f"There is no {str(action.metavar or 'COMMAND').lower()} {value!r}.", todo)
        self.refuse(f"{_name(action)} is {value!r}, which is none of {', '.join(known)}.", todo)

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        try:
            return super()._get_value(action, arg_string)
        except argparse.ArgumentError as error:
            # Our types say what a value must be; the others (Path) refuse nothing.
            self.refuse(f"{_name(action)} is {arg_string!r}, and {error.message}.", "Write another value.")

    def _help(self) -> str:
        return f"`{self.prog} --help`"


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return a type for `add_argument`: a whole number in a range, both ends within; None: without an upper end."""
    told = (
        f"must be a whole number of at least {least}" if most is None else f"must be a whole number, {least} to {most}"
    )

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(told) from None
        if value < least or (most is not None and value > most):
            raise argparse.ArgumentTypeError(told)
        return value

    return read


def between(least: float, most: float) -> Callable[[str], float]:
    """Return a type for `add_argument`: a number in a range, both ends within."""
    told = f"must be a number, {least:,} to {most:,}"

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(told) from None
        if math.isnan(value) or not least <= value <= most:
            raise argparse.ArgumentTypeError(told)
        return value

    return read


def _nearest(written: str, known: Iterable[str]) -> str | None:
    near = difflib.get_close_matches(written, list(known), n=1, cutoff=0.6)
    return near[0] if near else None


def _name(action: argparse.Action) -> str:
    return action.option_strings[-1] if action.option_strings else str(action.metavar or action.dest)


def _visible(text: str) -> str:
    # The user's own words come back: none may act on the terminal.
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
