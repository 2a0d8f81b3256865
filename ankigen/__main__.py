"""Where the program begins: `ankigen`, and `python -m ankigen`."""

from __future__ import annotations

import gc
import os
import signal
from types import FrameType


def main() -> None:
    """Run the program, and leave with its exit status."""
    # Hardly anything here is a cycle: to look for those often took a fifth of the time, and found nothing.
    gc.set_threshold(100_000, 50, 50)
    # Loading the program takes a tenth of a second, in which nothing is begun that would have to be cleared away.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):  # Windows has not all of them
            signal.signal(number, _leave)
    from ankigen.cli import main as run

    run()


def _leave(number: int, frame: FrameType | None) -> None:
    os.write(2, b"ankigen: stopped; nothing was changed\n")
    os._exit(130)


if __name__ == "__main__":
    main()
