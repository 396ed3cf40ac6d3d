"""Whatever a client writes into a header, the answer is one of those that HTTP and tus have."""

import base64
from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest, RequestedRangeNotSatisfiable

from plural import ranges
from plural.views import uploads
from tests.fuzz.effort import effort

app = Flask(__name__)
LATIN = st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")
VALUES = st.text(LATIN, max_size=60)
DIGITS = st.one_of(
    st.integers(-5, 2**70).map(str), st.sampled_from(["", " 1", "+1", "1_0", "²", "9" * 5000])
)
PARTS = st.tuples(DIGITS, st.sampled_from(["-", "--", "", "-,", ", "]), DIGITS).map("".join)
RANGES = st.one_of(
    VALUES,
    st.tuples(
        st.sampled_from(["bytes=", "bytes =", "BYTES=", "items=", "bytes"]),
        st.lists(PARTS, min_size=1, max_size=3).map(",".join),
    ).map("".join),
)
SIZES = st.sampled_from([0, 1, 10, 2**40])
CONDITIONS = st.one_of(st.none(), VALUES, st.sampled_from(['"abc"', 'W/"abc"', "Wed, 21 Oct 2015"]))


def wanted(size_bytes: int) -> ranges.Sendable:
    return ranges.Sendable("key", size_bytes, "abc", "video/mp4", "film.mp4")


@effort()
@given(RANGES, CONDITIONS, SIZES)
@example("bytes=0-" + "9" * 5000, None, 10)
def test_a_range_lies_within_the_object(asked, condition, size):
    headers = {"Range": asked} | ({"If-Range": condition} if condition is not None else {})
    with app.test_request_context(headers=headers), suppress(RequestedRangeNotSatisfiable):
        start, stop = ranges.asked_range(wanted(size))
        assert 0 <= start <= stop <= size
        assert start < stop or size == 0


@effort()
@given(DIGITS)
def test_a_number_is_whole_and_not_negative_or_a_bad_request(text):
    with app.test_request_context(headers={"Upload-Length": text}), suppress(BadRequest):
        assert 0 <= uploads.read_number("Upload-Length") < 10**18
        assert text.isdigit()


@effort()
@given(st.one_of(VALUES, st.lists(VALUES, max_size=4).map(",".join)))
def test_metadata_are_texts_or_a_bad_request(header):
    with suppress(BadRequest):
        found = uploads.read_metadata(header)
        assert all(isinstance(value, str) for value in found.values())


@effort()
@given(
    st.dictionaries(
        st.text(
            st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=","), min_size=1
        ),
        st.text(max_size=40),
        max_size=4,
    )
)
def test_metadata_come_back_as_they_were_sent(values):
    pairs = (f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in values.items())
    assert uploads.read_metadata(",".join(pairs)) == values


@effort()
@given(
    st.one_of(VALUES, st.sampled_from(["null", "http://[", "https://localhost:x", "//localhost"]))
)
@example("http://[")
def test_only_our_own_origin_is_from_here(origin):
    with app.test_request_context(base_url="https://localhost", headers={"Origin": origin}):
        assert not uploads.from_here() or origin.endswith("//localhost")


@pytest.mark.parametrize("origin", ["https://localhost", "http://localhost"])
def test_our_own_origin_is_from_here(origin):
    with app.test_request_context(base_url="https://localhost", headers={"Origin": origin}):
        assert uploads.from_here()
