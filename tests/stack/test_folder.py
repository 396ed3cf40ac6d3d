import os
import stat
import subprocess
import sys

import pytest

from stack import StackError
from stack.folder import Folder
from stack.stack import ROOT


def test_a_folder_serves_one_stack_at_a_time(tmp_path):
    with Folder(tmp_path / "demo"):
        with pytest.raises(StackError) as refused, Folder(tmp_path / "demo"):
            pass
        assert f"in use by process {os.getpid()}" in str(refused.value)
        assert "\n" not in str(refused.value)
    with Folder(tmp_path / "demo") as again:
        assert again.path == tmp_path / "demo"


def test_the_folder_of_a_killed_stack_is_free(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from stack.folder import Folder\n"
        "with Folder(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "demo"], cwd=ROOT, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        with pytest.raises(StackError, match=str(holder.pid)), Folder(tmp_path / "demo"):
            pass
        holder.kill()
    with Folder(tmp_path / "demo"):
        pass


def test_a_full_disk_is_named_before_anything_starts(tmp_path):
    with pytest.raises(StackError, match=r"MiB left .* are needed: free some space"):
        Folder(tmp_path / "demo", min_free_bytes=2**62).__enter__()
    with Folder(tmp_path / "demo"):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match=f"No permission to write in {tmp_path}/file"):
        Folder(tmp_path / "file").__enter__()


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.odt").touch()
    with pytest.raises(StackError, match="holds other files"):
        Folder(tmp_path).__enter__()
    assert [f.name for f in tmp_path.iterdir()] == ["thesis.odt"]


def test_clearing_removes_all_but_the_lock(tmp_path):
    with Folder(tmp_path / "demo") as folder:
        (folder.subfolder("storage") / "film.mp4").touch()
        (folder.path / "plural.sqlite").touch()
        folder.clear()
        assert [f.name for f in folder.path.iterdir()] == ["stack.lock"]


def test_a_secret_is_made_once_and_for_the_owner_only(tmp_path):
    with Folder(tmp_path / "demo") as folder:
        secret = folder.secret("secret_key")
        assert len(secret) == 43
        assert folder.secret("secret_key") == secret
        assert stat.S_IMODE((folder.path / "secret_key").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
