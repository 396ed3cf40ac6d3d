"""How well a round hangs together: the graph of jurors who share films."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from judging.rounds import Pair

DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Connectedness:
    """`second_eigenvalue` is that of the normalised Laplacian of the co-review graph: 0 when the
    graph falls apart, higher the better mixed. Jurors without a film are left out."""

    components: tuple[tuple[str, ...], ...]
    second_eigenvalue: float

    @property
    def connected(self) -> bool:
        return len(self.components) <= 1


def measure(pairs: Iterable[Pair]) -> Connectedness:
    """Measure the graph whose edges weigh how many films two jurors both review."""
    known = sorted(set(pairs))
    films = sorted({pair.film_id for pair in known})
    jurors = sorted({pair.juror_id for pair in known})
    if not jurors:
        return Connectedness((), 0.0)
    weights = _shared_films(known, films, jurors)
    count, labels = connected_components(csr_array(weights), directed=False)
    components = tuple(
        tuple(juror for juror, label in zip(jurors, labels, strict=True) if label == wanted)
        for wanted in range(count)
    )
    return Connectedness(
        tuple(sorted(components)), _second_eigenvalue(weights) if count == 1 else 0.0
    )


def _shared_films(
    pairs: list[Pair], films: list[str], jurors: list[str]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    film_at = {film: index for index, film in enumerate(films)}
    juror_at = {juror: index for index, juror in enumerate(jurors)}
    reviewed = csr_array(
        (
            np.ones(len(pairs)),
            (
                np.array([film_at[pair.film_id] for pair in pairs]),
                np.array([juror_at[pair.juror_id] for pair in pairs]),
            ),
        ),
        shape=(len(films), len(jurors)),
    )
    weights: np.ndarray[tuple[int, int], np.dtype[np.float64]] = (reviewed.T @ reviewed).toarray()
    np.fill_diagonal(weights, 0.0)
    return weights


def _second_eigenvalue(weights: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float:
    if len(weights) < 2:
        return 0.0
    root = np.sqrt(weights.sum(axis=1))
    laplacian = np.eye(len(weights)) - weights / np.outer(root, root)
    return round(float(np.linalg.eigvalsh(laplacian)[1]), DECIMALS)
