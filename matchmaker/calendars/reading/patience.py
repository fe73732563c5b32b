"""An end for computations of strangers' making: some rules would keep a library busy for ever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNAL = getattr(signal, "SIGVTALRM", None)
AGAIN_SECONDS = 0.05


class OutOfPatienceError(BaseException):
    """The time is over. No `Exception`, so that no library takes it for a mistake of its own."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let the block compute for at most `seconds` of processor time. Raises OutOfPatienceError.

    Only in a main thread, and where the system has such timers; elsewhere the block may take its
    time (the limited process around it does not).
    """
    if SIGNAL is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(SIGNAL, _over)
    try:
        # Again and again: one that falls into a destructor would be swallowed.
        signal.setitimer(signal.ITIMER_VIRTUAL, max(seconds, 0.001), AGAIN_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except OutOfPatienceError:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)  # one more may have come on the way out
        raise
    finally:
        signal.signal(SIGNAL, before)


def _over(_number: int, _frame: FrameType | None) -> None:
    raise OutOfPatienceError
