"""Delivery profiles are data: what is in them, and that a change of them is a change of digest."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from media_pipeline import delivery
from media_pipeline.delivery import LANGUAGES, PROFILES, PRORES, WEB, XDCAM, Profile
from tests.media_pipeline.test_ladder import FILM


def test_the_profiles_are_what_distributors_ask_for() -> None:
    assert list(PROFILES) == ["web", "prores", "xdcam"]
    assert (WEB.picture["crf"], WEB.sound["b:a"]) == (14, 320_000)
    assert (PRORES.codec_profile, PRORES.pix_fmt) == ("HQ", "yuv422p10le")
    assert (XDCAM.bit_rate, XDCAM.canvas, XDCAM.rate) == (50_000_000, (1920, 1080), "25")
    assert XDCAM.interlaced
    assert not WEB.interlaced
    for profile in PROFILES.values():
        assert (profile.loudness["integrated"], profile.loudness["true_peak"]) == (-23.0, -1.0)
    assert {PRORES.sound_codec, XDCAM.sound_codec} == {"pcm_s24le"}


def test_names_of_masters_are_unique_and_fit_into_keys() -> None:
    names = {
        delivery.master_name(profile, language)
        for profile, language in product(PROFILES.values(), (None, *LANGUAGES))
    }
    assert len(names) == 3 * 7
    assert all(name.replace("-", "").isalnum() for name in names)


@pytest.mark.parametrize(
    "changed",
    [
        replace(WEB, picture={**WEB.picture, "crf": 15}),
        replace(WEB, sound={**WEB.sound, "b:a": 256_000}),
        replace(WEB, loudness={**WEB.loudness, "integrated": -16.0}),
        replace(WEB, canvas=(1920, 1080)),
        XDCAM,
    ],
)
def test_whatever_changes_a_profile_changes_its_digest(changed: Profile) -> None:
    assert delivery.recipe_digest(WEB, None, None) == delivery.recipe_digest(WEB, None, None)
    assert delivery.recipe_digest(changed, None, None) != delivery.recipe_digest(WEB, None, None)


def test_other_words_or_another_language_are_another_recipe() -> None:
    digests = {
        delivery.recipe_digest(WEB, language, text)
        for language, text in [(None, None), ("ar", "a" * 64), ("ar", "b" * 64), ("fr", "a" * 64)]
    }
    assert len(digests) == 4


def test_sound_that_goes_on_without_pictures_belongs_to_the_master_and_padding_does_not() -> None:
    film = FILM
    assert delivery.length_s(replace(film, picture_s=10.0, duration_s=10.02)) == 10.0
    assert delivery.length_s(replace(film, picture_s=8.0, duration_s=10.0)) == 10.0


def test_only_profiles_with_a_canvas_change_size_and_rate() -> None:
    film = replace(FILM, width=1080, height=1920, frame_rate="30000/1001")
    assert delivery.canvas_of(WEB, film) == (1080, 1920)
    assert delivery.rate_of(WEB, film) == Fraction(30000, 1001)
    assert delivery.canvas_of(XDCAM, film) == (1920, 1080)
    assert delivery.rate_of(XDCAM, film) == 25
