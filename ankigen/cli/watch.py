"""Rounds without end: `--watch` does again what a command does, whenever what it reads has changed.

What has changed is told by the linter's own list of files (`ankigen.lint.sight`). What the system tells of folders
says no more than when to look: where it tells nothing, as on many network drives, a look is taken now and then.
"""

from __future__ import annotations

import gc
import os
import select
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ankigen.cli.console import CHANGED, Stop, begin_anew, complain, plainly, plural

if TYPE_CHECKING:
    from ankigen.lint.cache import Cache
    from ankigen.lint.sight import Sight

_SELDOM = 1.0
"""How many seconds pass at most until a look is taken, as long as looking is quick."""
_SHARE = 50
"""Looking takes at most one part in so many of the time, however many files there are."""
_MOST_NAMES = 3
_MOST_BYTES = 128 * 1024 * 1024
"""What a cache in memory may take."""


def kept(no_cache: bool) -> bool | Cache:
    """The cache of all rounds: the user's own, or one that leaves nothing on the disk."""
    from ankigen.lint.cache import MEMORY, Cache

    return Cache(MEMORY, _MOST_BYTES) if no_cache else True


def watching(paths: Sequence[Path], beside: Sequence[Path], act: Callable[[], object]) -> NoReturn:
    """Act, and act anew each time that the content at the paths, or a file beside it, has changed.

    What stops an action is said, and the next change begins another. Only what would be wrong use of a single run
    is raised from the first one. It ends with the KeyboardInterrupt of whoever stops the program.
    """
    from ankigen.lint.sight import look

    def now() -> Sight:
        return look(paths, beside)

    waiting = Waiting(now)
    seen, first = now(), True
    while True:
        written = _round(act, first)
        if written:
            seen = seen.taking(now(), written)
        print(f"\nWatching {names(paths)}. Ctrl-C ends it.", flush=True)
        gc.collect()
        later = waiting.until_other_than(seen)
        _begin(seen.changed(later))
        seen, first = later, False


def _round(act: Callable[[], object], first: bool) -> set[Path]:
    """Act once; gives the files that were written."""
    earlier = set(CHANGED)
    CHANGED.clear()
    try:
        act()
    except Stop as stop:
        if first and stop.status == 2:
            raise
        say(str(stop))
    except BrokenPipeError:
        raise  # no one reads any more
    except OSError as error:
        if first:
            raise
        say(plainly(error))
    finally:
        written = set(CHANGED)
        CHANGED.update(earlier)
    return written


def _is_unread() -> bool:
    """Whether standard output is a pipe whose reader has gone: who waits there would wait for ever."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
    except (AttributeError, OSError, ValueError):  # Windows has no poll, and tests may have no descriptor
        return False
    return any(event & select.POLLERR for _, event in poll.poll(0))


def say(text: str) -> None:
    """Complain of what does not end the program."""
    sys.stdout.flush()  # what was printed before it comes before it
    complain(text)


def names(paths: Iterable[Path]) -> str:
    """Files or folders, as they are called in what is printed."""
    from ankigen.report.full import visible

    return ", ".join("this folder" if path == Path() else visible(path.as_posix()) for path in paths)


def _begin(changed: list[Path]) -> None:
    """Part a round from the one before."""
    begin_anew()
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        from rich.console import Console

        Console(file=sys.stdout).clear()
    else:
        print()
    print(f"---- {since(changed)}")


def since(changed: list[Path]) -> str:
    """The time of day, and what has changed."""
    what = names(changed) if len(changed) <= _MOST_NAMES else plural(len(changed), "file")
    return time.strftime("%H:%M:%S") + (f" {what} changed" if changed else "")


class Waiting:
    """Waits for changes: told by the system where it tells of them, else by looking again and again.

    It ends with a BrokenPipeError where no one reads any more what the program says.
    """

    def __init__(self, look: Callable[[], Sight]) -> None:
        self._look = look
        self._told = True
        self._pause = _SELDOM

    def until_other_than(self, seen: Sight) -> Sight:
        """What is seen when it is something else than before."""
        while (now := self._timed()) == seen:
            for _ in self._moments(now.folders):
                later = self._timed()
                if later != seen:
                    return later
                if later.folders != now.folders:
                    break  # a new one is to be watched, too
        return now

    def _timed(self) -> Sight:
        if _is_unread():
            raise BrokenPipeError
        started = time.monotonic()
        found = self._look()
        self._pause = max(_SELDOM, _SHARE * (time.monotonic() - started))
        return found

    def _moments(self, folders: Iterable[Path]) -> Iterator[object]:
        """The moments at which to look."""
        if self._told:
            from watchfiles import watch

            try:
                # Each folder by itself: what lies below it and is no content may be very large.
                yield from watch(
                    *folders, recursive=False, watch_filter=None, step=50, debounce=1000,
                    rust_timeout=int(1000 * self._pause), yield_on_timeout=True,
                )  # fmt: skip
            except (FileNotFoundError, PermissionError):
                pass  # it was there just now; the next look will tell
            except (OSError, RuntimeError):
                self._told = False
                say(
                    "the system does not tell of changes, since too much is watched already; they are seen a "
                    "moment later"
                )
        time.sleep(self._pause)
        yield None
