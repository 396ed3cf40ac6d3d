import pytest

from judging.calibration import Observation
from judging.peers import PEERS
from judging.simulation import MODELS, simulate, tau


@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_jurors_who_agree_are_followed(peer):
    observations = [
        Observation(f"f{film}", f"j{juror}", film / 10) for film in range(8) for juror in range(3)
    ]
    scores = peer(observations)
    assert sorted(scores, key=lambda film: scores[film]) == [f"f{film}" for film in range(8)]


@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_each_finds_much_of_the_truth_without_bias(peer):
    """An implementation that is no good would make a cheap comparison."""
    world = simulate(MODELS["unbiased"], seed="1", films=120, jurors=15, reviews=5)
    assert tau(peer(world.observations), world.quality) > 0.55


def test_crowd_bt_hears_through_random_clicking_better_than_bradley_terry():
    taus = {"bradley_terry": 0.0, "crowd_bt": 0.0}
    for seed in range(3):
        world = simulate(MODELS["random_clicking"], seed=str(seed), films=120, jurors=20, reviews=5)
        for name in taus:
            taus[name] += tau(PEERS[name](world.observations), world.quality)
    assert taus["crowd_bt"] > taus["bradley_terry"]
