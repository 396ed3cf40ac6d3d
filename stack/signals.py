"""Ending on Ctrl-C, on SIGTERM and when the terminal closes, all in the same way."""

import signal

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt_on_end() -> None:
    """Raise KeyboardInterrupt in the main thread on the first such signal, ignore the next ones.

    So that what the first one began, ending every process in order, is not itself interrupted.
    """
    for number in ENDING:
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: object) -> None:
    for ending in ENDING:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt
