"""Playlists and segmented files."""

import re
import subprocess

import imageio_ffmpeg
import pytest

from media_pipeline import boxes, packaging
from media_pipeline.errors import NotAsPromised
from media_pipeline.packaging import AudioRendition, Rendition, SubtitleRendition

VIDEO = {
    "duration_s": 10.0,
    "bandwidth": 300_000,
    "average_bandwidth": 200_000,
    "init": {"offset": 0, "length": 800},
    "segments": [
        {"duration_s": 4.0, "offset": 900, "length": 100_000},
        {"duration_s": 4.0, "offset": 100_900, "length": 90_000},
        {"duration_s": 2.0, "offset": 190_900, "length": 50_000},
    ],
    "width": 426,
    "height": 240,
    "frame_rate": 23.976023976023978,
    "codecs": "avc1.640015",
}
MOST_BLOCKS_LOST = 2
SOUND = {"bandwidth": 98_000, "average_bandwidth": 96_000, "codecs": "mp4a.40.2", "channels": 2}


def test_a_media_playlist_names_byte_ranges_of_one_file():
    assert packaging.media_playlist(VIDEO, "/media/9/hls-240.mp4").splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:4",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MAP:URI="/media/9/hls-240.mp4",BYTERANGE="800@0"',
        "#EXTINF:4.000000,",
        "#EXT-X-BYTERANGE:100000@900",
        "/media/9/hls-240.mp4",
        "#EXTINF:4.000000,",
        "#EXT-X-BYTERANGE:90000@100900",
        "/media/9/hls-240.mp4",
        "#EXTINF:2.000000,",
        "#EXT-X-BYTERANGE:50000@190900",
        "/media/9/hls-240.mp4",
        "#EXT-X-ENDLIST",
    ]


def test_the_multivariant_playlist_offers_sizes_sound_and_texts():
    larger = {**VIDEO, "bandwidth": 900_000, "width": 854, "height": 480, "frame_rate": 50.0}
    text = packaging.multivariant_playlist(
        [Rendition("480.m3u8", larger), Rendition("240.m3u8", VIDEO)],
        AudioRendition("audio.m3u8", SOUND, language="ar", name="العربية"),
        [
            SubtitleRendition("en.m3u8", "en", "English", default=True),
            SubtitleRendition("fr.m3u8", "fr", 'Français "SME"\n#EXT', captions=True),
        ],
    )
    lines = text.splitlines()
    assert lines[3] == (
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="العربية",LANGUAGE="ar",'
        'DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio.m3u8"'
    )
    assert "DEFAULT=YES" in lines[4]
    assert "NAME=\"Français 'SME'#EXT\"" in lines[5]
    assert 'CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,' in lines[5]
    assert lines[6:] == [
        "#EXT-X-STREAM-INF:BANDWIDTH=398000,AVERAGE-BANDWIDTH=296000,RESOLUTION=426x240,"
        'FRAME-RATE=23.976,CODECS="avc1.640015,mp4a.40.2",AUDIO="sound",SUBTITLES="text",'
        "CLOSED-CAPTIONS=NONE",
        "240.m3u8",
        "#EXT-X-STREAM-INF:BANDWIDTH=998000,AVERAGE-BANDWIDTH=296000,RESOLUTION=854x480,"
        'FRAME-RATE=50.000,CODECS="avc1.640015,mp4a.40.2",AUDIO="sound",SUBTITLES="text",'
        "CLOSED-CAPTIONS=NONE",
        "480.m3u8",
    ]


def test_without_sound_and_texts_none_are_named():
    text = packaging.multivariant_playlist([Rendition("240.m3u8", VIDEO)], None)
    assert "EXT-X-MEDIA" not in text
    assert 'CODECS="avc1.640015",CLOSED-CAPTIONS=NONE' in text


def test_a_subtitles_playlist_spans_the_film():
    lines = packaging.subtitles_playlist(10.4, "ar.vtt").splitlines()
    assert lines[2] == "#EXT-X-TARGETDURATION:10"
    assert lines[-3:] == ["#EXTINF:10.400000,", "ar.vtt", "#EXT-X-ENDLIST"]


def test_segments_begin_with_keys_every_four_seconds(passed, look):
    details = passed("moving").made["hls-480.mp4"].details
    assert [segment["duration_s"] for segment in details["segments"]] == [4.0, 1.0]
    sound = passed("moving").made["hls-audio.mp4"].details
    assert sum(segment["duration_s"] for segment in sound["segments"]) == pytest.approx(5, abs=0.1)


@pytest.mark.parametrize("name", ["moving", "sixty", "short_sound"])
def test_every_segment_decodes_alone(passed, tmp_path, name):
    """To the same pictures as within the whole, and to as much sound as it says.

    Up to two blocks of sound are lost at the beginning of a segment and of the whole: each of AAC
    is mixed with the one before it.
    """
    made = passed(name).made
    streams = [each for each in made if each.startswith("hls-")]
    assert {"hls-240.mp4", "hls-audio.mp4"} < set(streams)
    for stream in streams:
        *segments, whole = decoded_alone(made[stream], tmp_path)
        assert len(segments) == len(made[stream].details["segments"]) > 0
        if stream == "hls-audio.mp4":
            for segment, told in zip(segments, made[stream].details["segments"], strict=True):
                missing = round(told["duration_s"] * 48_000 / 1024) - len(segment)
                assert 0 <= missing <= MOST_BLOCKS_LOST
        else:
            assert [picture for segment in segments for picture in segment] == whole


def decoded_alone(made, folder):
    """Digests of what each segment decodes to, behind the init part, and at last of the whole.

    One process opens each of them as a file of its own.
    """
    data, init = made.path.read_bytes(), made.details["init"]
    head = data[init["offset"] : init["offset"] + init["length"]]
    pieces = [(each["offset"], each["length"]) for each in made.details["segments"]]
    files = [head + data[offset : offset + length] for offset, length in pieces]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-xerror", "-y"]
    outputs = []
    for number, content in enumerate([*files, data]):
        path = folder / f"{number}-{made.name}"
        path.write_bytes(content)
        command += ["-i", path]
        outputs.append((number, path.with_suffix(".md5")))
    for number, output in outputs:
        command += ["-map", str(number), "-f", "framemd5", output]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    assert told.stderr == ""
    return [digests_in(output.read_text()) for _, output in outputs]


def digests_in(text):
    rows = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
    return [row[-1].strip() for row in rows]


def test_a_player_plays_the_whole_stream_by_its_playlists(passed, tmp_path):
    """ffmpeg as a player, by byte ranges of the files."""
    made = passed("moving").made
    renditions = []
    for name in ("hls-240.mp4", "hls-480.mp4", "hls-audio.mp4"):
        (tmp_path / name).write_bytes(made[name].path.read_bytes())
        playlist = name.replace(".mp4", ".m3u8")
        (tmp_path / playlist).write_text(packaging.media_playlist(made[name].details, name))
        renditions.append(Rendition(playlist, made[name].details))
    *pictures, sound = renditions
    audio = AudioRendition(sound.uri, sound.details)
    (tmp_path / "film.m3u8").write_text(packaging.multivariant_playlist(pictures, audio))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(tmp_path / "film.m3u8")]
    command += ["-map", "0:v", "-map", "0:a", "-f", "framecrc", "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    counts = [len(re.findall(rf"^{stream},", told.stdout, re.MULTILINE)) for stream in range(3)]
    assert counts[:2] == [125, 125]
    assert counts[2] > 200


def test_boxes_of_a_broken_file_are_refused(tmp_path):
    path = tmp_path / "film.mp4"
    for data in (b"\x00\x00\x00\x20ftyp", b"\x00\x00\x00\x02moov____", b"abc"):
        path.write_bytes(data)
        with pytest.raises(NotAsPromised):
            boxes.top_boxes(path)


def test_boxes_of_the_wide_kind_are_read(tmp_path):
    path = tmp_path / "film.mp4"
    wide = b"\x00\x00\x00\x01mdat" + (24).to_bytes(8, "big") + b"12345678"
    path.write_bytes(wide + b"\x00\x00\x00\x00free....")
    assert [(b.kind, b.offset, b.size) for b in boxes.top_boxes(path)] == [
        ("mdat", 0, 24),
        ("free", 24, 12),
    ]
