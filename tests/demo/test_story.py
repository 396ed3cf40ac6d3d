from dataclasses import asdict, replace

import pytest

from demo import story
from demo.report import Counts
from demo.trouble import Trouble


def test_the_cast_implies_what_a_complete_festival_is():
    assert story.expected() == Counts(
        films=7, renditions=7, scores=21, distinctions=3, recognitions=5, downloads=8
    )


def test_a_festival_with_all_of_it_and_more_renditions_is_complete():
    story.require_complete(replace(story.expected(), renditions=21))


@pytest.mark.parametrize("what", list(asdict(story.expected())))
def test_each_thing_that_did_not_happen_is_named_in_one_line(what):
    wanted = getattr(story.expected(), what)
    counts = replace(story.expected(), **{what: wanted - 1})
    with pytest.raises(Trouble) as trouble:
        story.require_complete(counts)
    assert str(trouble.value) == (
        f"The festival is not complete: {wanted - 1} {what} instead of {wanted}."
    )


@pytest.mark.parametrize("what", ["films", "scores", "distinctions", "recognitions", "downloads"])
def test_more_than_there_can_be_is_no_complete_festival(what):
    counts = replace(story.expected(), **{what: getattr(story.expected(), what) + 1})
    with pytest.raises(Trouble, match=f"{what} instead of"):
        story.require_complete(counts)
