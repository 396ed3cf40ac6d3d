import hashlib

import pytest

from demo import distributing
from demo.trouble import Trouble

PAGE, FILE = "/en/plural/2026/catalogue/1", "/en/plural/2026/catalogue/1/files/240.mp4"
BYTES = b"a film"
DIGEST = hashlib.sha256(BYTES).hexdigest()
OTHER = hashlib.sha256(b"another film").hexdigest()


def fetch(serve, body=BYTES, on_page=DIGEST, etag=DIGEST):
    """Fetch a file from a page whose other file has the right digest whatever this one says."""
    rows = [("240.mp4", on_page), ("360.mp4", DIGEST)]
    cells = "".join(
        f'<tr><td class="code">{digest}</td><td><a href="{PAGE}/files/{name}">x</a></td></tr>'
        for name, digest in rows
    )
    festival = serve(
        {
            PAGE: (200, {"Content-Type": "text/html"}, f"<table>{cells}</table>".encode()),
            FILE: (200, {"ETag": f'"{etag}"'}, body),
        }
    )
    distributor = festival.browser()
    distributor.open(PAGE)
    return festival, distributing.fetch(festival, distributor, FILE)


def test_a_file_with_the_digest_of_its_row_and_its_etag_is_kept_and_counted(serve):
    festival, kept = fetch(serve)
    assert kept.read_bytes() == BYTES
    assert festival.report.counts.downloads == 1


@pytest.mark.parametrize("wrong", [{"body": b"a fill"}, {"on_page": OTHER}, {"etag": OTHER}])
def test_bytes_page_and_etag_must_agree(serve, wrong):
    with pytest.raises(Trouble, match="does not have the digest that its page names"):
        fetch(serve, **wrong)
