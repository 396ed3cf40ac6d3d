"""An embedded SeaweedFS for tests: object storage that speaks S3, on loopback only."""

import json
import os
import secrets
import shutil
import subprocess
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

from stack import processes
from stack.errors import StackError
from stack.ports import HOST, free_ports

PROGRAM = Path(sysconfig.get_path("scripts")) / "weed"
PORTS = ("s3", "master", "volume", "filer", "admin")
START_ATTEMPTS = 3  # another process may take a free port before SeaweedFS does


class SeaweedFS:
    """A server in a temporary folder: `with SeaweedFS() as s: s.endpoint, s.access_key, ...`."""

    def __init__(self) -> None:
        self.access_key = secrets.token_hex(8)
        self.secret_key = secrets.token_hex(16)
        self.endpoint = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "SeaweedFS":
        self._folder = Path(tempfile.mkdtemp(prefix="plural-s3-"))
        (self._folder / "data").mkdir()
        (self._folder / "s3.json").write_text(json.dumps(self._identities()))
        for _ in range(START_ATTEMPTS):
            if self._start():
                return self
        message = f"SeaweedFS does not start: {self._last_line()}"
        self.__exit__()
        raise StackError(message)

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        if self._process:
            processes.end(self._process, grace_s=5)
            self._remove_sockets()
        shutil.rmtree(self._folder)

    def _remove_sockets(self) -> None:
        """Remove the sockets that it leaves, wherever it is told to put its files."""
        for port in self._ports:
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                left.unlink()

    def _identities(self) -> dict[str, object]:
        credentials = {"accessKey": self.access_key, "secretKey": self.secret_key}
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        return {"identities": [{"name": "app", "credentials": [credentials], "actions": actions}]}

    def _start(self) -> bool:
        """Start once; False when it ended or did not answer within 30 seconds."""
        self._ports = free_ports(2 * len(PORTS))
        ports = iter(self._ports)
        options = [f"-{name}.port{kind}={next(ports)}" for name in PORTS for kind in ("", ".grpc")]
        self.endpoint = f"http://{HOST}:{options[0].partition('=')[2]}"
        with (self._folder / "log").open("ab") as log:
            environment = os.environ | {"GOMEMLIMIT": "300MiB"}
            self._process = processes.start(self._command(options), environment, log)
        deadline = time.monotonic() + 30
        while self._process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(0.05)
        processes.end(self._process, grace_s=0)
        self._remove_sockets()
        return False

    def _command(self, options: list[str]) -> list[str]:
        return [
            str(PROGRAM), "-logtostderr=true", "mini", f"-dir={self._folder / 'data'}",
            f"-ip={HOST}", f"-ip.bind={HOST}", f"-s3.config={self._folder / 's3.json'}",
            "-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0", *options,
        ]  # fmt: skip

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def _last_line(self) -> str:
        return (self._folder / "log").read_text(errors="replace").strip().splitlines()[-1]
