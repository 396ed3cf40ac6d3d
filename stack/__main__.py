"""`serve` runs the stack in a lasting folder, `flask ...` a command of the portal beside it."""

import os
import sys
import threading
from pathlib import Path

from stack.errors import StackError
from stack.folder import Folder
from stack.signals import interrupt_on_end
from stack.stack import ROOT, Stack, processes_environment

# Read here; the portal itself would not know them.
OURS = ("PLURAL_FOLDER", "PLURAL_PORT")


def main(arguments: list[str]) -> int:
    interrupt_on_end()
    try:
        if arguments == ["serve"]:
            return serve()
        if arguments[:1] == ["flask"]:
            return flask(arguments[1:])
    except StackError as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        where = f"{error.filename} cannot be used" if error.filename else "The disk cannot be used"
        words = f"{where}: {error.strerror or error}. Choose another place with PLURAL_FOLDER."
        print(f"run: {words}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    print("usage: python -m stack serve | flask COMMAND...", file=sys.stderr)
    return 2


def serve() -> int:
    with Stack(lasting_folder(), lasting_port(), given_settings(), show=show) as stack:
        show("stack", f"Plural answers at {stack.address} (Ctrl-C ends it).")
        show("stack", f"Everything it keeps, and its logs: {stack.folder}")
        threading.Event().wait()
    return 0


def flask(arguments: list[str]) -> int:
    folder = Folder(lasting_folder())
    folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = f"http://localhost:{lasting_port()}"
    environment = processes_environment(folder, address, given_settings())
    os.chdir(ROOT)
    command = [sys.executable, "-m", "flask", "--app", "plural", *arguments]
    os.execve(sys.executable, command, environment)


def lasting_folder() -> Path:
    return Path(os.environ.get("PLURAL_FOLDER") or ROOT / "var" / "plural").absolute()


def lasting_port() -> int:
    text = os.environ.get("PLURAL_PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StackError(f"PLURAL_PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def given_settings() -> dict[str, str]:
    """The portal's own settings in the environment of the caller."""
    return {k: v for k, v in os.environ.items() if k.startswith("PLURAL_") and k not in OURS}


def show(name: str, line: str) -> None:
    # In one piece: each process's lines come from a thread of their own.
    sys.stdout.write(f"{name:<8}| {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
