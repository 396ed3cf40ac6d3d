"""Films, each made and judged once per run of the tests, and eyes to look at what came out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from media_pipeline.encode import MadeOutput, make
from media_pipeline.examination import Examination, examine
from media_pipeline.ladder import GROUPS, plan
from media_pipeline.source import Source
from media_pipeline.verdict import Limits, Verdict, inspect
from tests.media_pipeline.films import Films
from tests.media_pipeline.look import Look
from tests.media_pipeline.making import Shared


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all test processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def films(run_folder: Path) -> Films:
    return Films(run_folder / "films")


@dataclass(frozen=True)
class Passed:
    """A film that went through the pipeline."""

    path: Path
    verdict: Verdict
    made: dict[str, MadeOutput]

    @property
    def source(self) -> Source:
        assert self.verdict.source is not None
        return self.verdict.source

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.verdict.findings}


@pytest.fixture(scope="session")
def judged(films: Films, run_folder: Path) -> Callable[[str], Verdict]:
    shared = Shared(run_folder / "judged")
    return lambda name: shared.once(name, lambda: inspect(films.get(name), Limits()))


@pytest.fixture(scope="session")
def examined(
    films: Films, judged: Callable[[str], Verdict], run_folder: Path
) -> Callable[[str], Examination]:
    shared = Shared(run_folder / "examined")

    def look_through(name: str) -> Examination:
        source = judged(name).source
        assert source, judged(name).findings
        return examine(films.get(name), source, on_progress=lambda share: None)

    return lambda name: shared.once(name, lambda: look_through(name))


@pytest.fixture(scope="session")
def passed(
    films: Films, judged: Callable[[str], Verdict], run_folder: Path
) -> Callable[[str], Passed]:
    """Films after inspection and all groups, each made once per test run."""
    shared = Shared(run_folder / "passed")

    def make_all(name: str) -> dict[str, MadeOutput]:
        source = judged(name).source
        assert source, judged(name).findings
        made: list[MadeOutput] = []
        for group in GROUPS:
            scratch = shared.folder(f"{name}-{group}")
            planned = plan(source)
            made += make(
                group, planned, films.get(name), source, scratch, on_progress=lambda share: None
            )
        return {output.name: output for output in made}

    def pass_through(name: str) -> Passed:
        made = shared.once(name, lambda: make_all(name))
        return Passed(films.get(name), judged(name), made)

    return pass_through


@pytest.fixture(scope="session")
def look() -> Look:
    return Look()
