"""Storage from one address, as it stands in the settings. Secrets never stand in it."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from media_pipeline.errors import StorageError
from media_pipeline.local import LocalStorage
from media_pipeline.storage import Storage

_S3_OPTIONS = {"endpoint", "region"}


class StorageAddressInvalid(StorageError, ValueError):
    """The address names no storage (data: reason)."""

    default_code = "storage_address_invalid"


def storage_from_url(
    url: str, *, access_key: str | None = None, secret_key: str | None = None
) -> Storage:
    """`file:///folder` or `s3://bucket/prefix?endpoint=https://...&region=...`.

    Without keys, boto3 looks where it usually does. Raises StorageAddressInvalid.
    """
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise StorageAddressInvalid(reason="secrets_in_address")
    if parts.scheme == "file":
        return _local(parts.netloc, unquote(parts.path))
    if parts.scheme != "s3" or not parts.netloc:
        raise StorageAddressInvalid(reason="scheme")
    return _s3(parts.netloc, unquote(parts.path), _options(parts.query), access_key, secret_key)


def _local(host: str, folder: str) -> Storage:
    if host not in ("", "localhost") or not folder.startswith("/"):
        raise StorageAddressInvalid(reason="folder_not_absolute")
    return LocalStorage(Path(folder))


def _s3(
    bucket: str,
    prefix: str,
    options: dict[str, str],
    access_key: str | None,
    secret_key: str | None,
) -> Storage:
    # boto3 takes long to import, and a local folder does not need it.
    from media_pipeline.s3 import S3Storage

    return S3Storage(
        bucket,
        prefix=prefix.strip("/"),
        endpoint=options.get("endpoint"),
        region=options.get("region", "us-east-1"),
        access_key=access_key,
        secret_key=secret_key,
    )


def _options(query: str) -> dict[str, str]:
    found = {name: values[-1] for name, values in parse_qs(query).items()}
    unknown = set(found) - _S3_OPTIONS
    if unknown:
        raise StorageAddressInvalid(reason="unknown_option", options=sorted(unknown))
    return found
