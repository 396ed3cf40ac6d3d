"""Films on their way in, by a real tus client, as from a phone that loses its link."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError
from tusclient.storage.filestorage import FileStorage

from demo.browser import Browser
from demo.trouble import Trouble

CHUNK_BYTES = 256 * 1024
Progress = Callable[[int, int], None]


def upload(
    browser: Browser,
    film: Path,
    film_id: str,
    progress: Progress,
    interrupt: bool = False,
    memory: Path | None = None,
) -> None:
    """Send a film in small pieces; with `interrupt`, stop half-way and resume as a new client.

    Raises Trouble when the portal does not take it.
    """
    try:
        send(browser, film, film_id, progress, interrupt, memory)
    except TusCommunicationError as error:
        raise Trouble(f"{film.name} was not taken: {error}") from None


def send(
    browser: Browser,
    film: Path,
    film_id: str,
    progress: Progress,
    interrupt: bool,
    memory: Path | None,
) -> None:
    size = film.stat().st_size
    if interrupt:
        halfway = uploader(browser, film, film_id, memory)
        while halfway.offset < size // 2:
            halfway.upload_chunk()
            progress(halfway.offset, size)
    sender = uploader(browser, film, film_id, memory)
    if interrupt and not sender.offset:
        raise Trouble("The second client has not found what the first one had sent.")
    while sender.offset < size:
        sender.upload_chunk()
        progress(sender.offset, size)


def uploader(browser: Browser, film: Path, film_id: str, memory: Path | None) -> Any:
    place = urlsplit(browser.place)
    _empty, _language, festival, edition = place.path.rstrip("/").split("/")
    origin = f"{place.scheme}://{place.netloc}"
    client = TusClient(
        f"{origin}/api/v1/{festival}/{edition}/uploads",
        headers={"Cookie": browser.cookies(), "Origin": origin},
    )
    return client.uploader(
        str(film),
        chunk_size=CHUNK_BYTES,
        retries=30,
        retry_delay=1,
        metadata={"film": film_id, "filename": film.name},
        store_url=memory is not None,
        url_storage=FileStorage(str(memory)) if memory else None,
    )
