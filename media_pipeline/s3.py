"""Objects in a bucket that speaks S3, by boto3."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal
from urllib.parse import quote, urlsplit

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody

from media_pipeline import s3_cors
from media_pipeline.digests import Digests, chunks, digests_of, digests_of_chunks
from media_pipeline.errors import (
    ObjectMissing,
    RangeUnsatisfiable,
    StorageError,
    StorageFull,
    StorageRefused,
    StorageUnavailable,
)
from media_pipeline.storage import StoredObject, valid_key, valid_start
from media_pipeline.streams import Wrapper

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CORSRuleOutputTypeDef

_MIB = 1 << 20
_TRANSFER = TransferConfig(
    multipart_threshold=16 * _MIB, multipart_chunksize=16 * _MIB, max_concurrency=4
)
_MISSING = {"404", "NoSuchKey", "NotFound"}
_REFUSED = {"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
_REFUSED_BUCKET = {"NoSuchBucket", "InvalidBucketName"}
_NO_RULES = "NoSuchCORSConfiguration"
_FULL = {"507", "InsufficientStorage", "QuotaExceeded", "XMinioStorageFull"}


class S3Storage:
    """Objects below a prefix of one bucket, which exists.

    Digests travel as metadata of the object; large files go up in parts.
    """

    def __init__(
        self,
        bucket: str,
        *,
        prefix: str = "",
        endpoint: str | None = None,
        region: str = "us-east-1",
        access_key: str | None = None,
        secret_key: str | None = None,
        timeout_s: float = 20.0,
    ) -> None:
        self._bucket = bucket
        self._prefix = f"{valid_key(prefix.strip('/'))}/" if prefix.strip("/") else ""
        # Without an endpoint, `auto` would sign links for a host that serves one region only.
        style: Literal["path", "virtual"] = "path" if endpoint or "." in bucket else "virtual"
        self._client: S3Client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(
                signature_version="s3v4",
                connect_timeout=timeout_s,
                read_timeout=timeout_s,
                retries={"total_max_attempts": 3, "mode": "standard"},
                s3={"addressing_style": style},
            ),
        )
        at = urlsplit(self._client.meta.endpoint_url)
        host = f"{bucket}.{at.netloc}" if style == "virtual" else at.netloc
        self._origin = f"{at.scheme}://{host}"

    def put_file(self, key: str, path: Path) -> StoredObject:
        name = self._name(key)
        digests = digests_of(path)
        with _normalised("put", key):
            self._client.upload_file(
                str(path),
                self._bucket,
                name,
                ExtraArgs={"Metadata": {"sha256": digests.sha256, "crc32": digests.crc32}},
                Config=_TRANSFER,
            )
        stored = self.stat(key)
        if (stored.size_bytes, stored.sha256) != (digests.size_bytes, digests.sha256):
            raise StorageUnavailable(operation="put", reason="another object was stored")
        return stored

    def open_range(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        if start < 0 or length == 0:
            return self._nothing(key, start)
        end = "" if length is None else str(start + length - 1)
        try:
            with _normalised("open", key):
                answer = self._client.get_object(
                    Bucket=self._bucket, Key=self._name(key), Range=f"bytes={start}-{end}"
                )
        except RangeUnsatisfiable:
            return self._nothing(key, start)
        return io.BufferedReader(_Body(answer["Body"], key))

    def stat(self, key: str) -> StoredObject:
        with _normalised("stat", key):
            head = self._client.head_object(Bucket=self._bucket, Key=self._name(key))
        digests = _noted_digests(head["Metadata"])
        if digests:
            return StoredObject(key, head["ContentLength"], *digests)
        computed = self._computed_digests(key)
        return StoredObject(key, computed.size_bytes, computed.sha256, computed.crc32)

    def delete(self, key: str) -> None:
        with _normalised("delete", key):
            self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def keys(self, prefix: str = "") -> Iterator[str]:
        with _normalised("keys", prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            for page in pages:
                for found in page.get("Contents", []):
                    yield found["Key"].removeprefix(self._prefix)

    def link(
        self,
        key: str,
        expires_s: int,
        download_name: str | None = None,
        media_type: str | None = None,
    ) -> str | None:
        asked: dict[str, Any] = {"Bucket": self._bucket, "Key": self._name(key)}
        if download_name:
            name = quote(download_name, safe="")
            asked["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{name}"
        if media_type:
            asked["ResponseContentType"] = media_type
        with _normalised("link", key):
            return self._client.generate_presigned_url(
                "get_object", Params=asked, ExpiresIn=expires_s
            )

    def origin(self) -> str | None:
        return self._origin

    def admits(self, page_origin: str) -> bool:
        return s3_cors.admits(self._cors_rules(), page_origin)

    def admit(self, page_origin: str) -> None:
        """Add one rule to those of the bucket."""
        rules = self._cors_rules()
        if not s3_cors.admits(rules, page_origin):
            with _normalised("admit", ""):
                self._client.put_bucket_cors(
                    Bucket=self._bucket,
                    CORSConfiguration={"CORSRules": [*rules, s3_cors.rule_for(page_origin)]},
                )

    def local_path(self, key: str) -> Path | None:
        valid_key(key)
        return None

    def sweep(self, older_than_s: float) -> int:
        removed, before = 0, datetime.now(UTC) - timedelta(seconds=older_than_s)
        with _normalised("sweep", ""):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            )
            for page in pages:
                for begun in page.get("Uploads", []):
                    if begun["Initiated"] <= before:
                        self._client.abort_multipart_upload(
                            Bucket=self._bucket, Key=begun["Key"], UploadId=begun["UploadId"]
                        )
                        removed += 1
        return removed

    def _name(self, key: str) -> str:
        return self._prefix + valid_key(key)

    def _cors_rules(self) -> list["CORSRuleOutputTypeDef"]:
        with _normalised("admit", ""):
            try:
                return self._client.get_bucket_cors(Bucket=self._bucket)["CORSRules"]
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") == _NO_RULES:
                    return []
                raise

    def _nothing(self, key: str, start: int) -> BinaryIO:
        valid_start(key, start, self.stat(key).size_bytes)
        return io.BytesIO()

    def _computed_digests(self, key: str) -> Digests:
        with self.open_range(key) as stream:
            return digests_of_chunks(chunks(stream))


def _noted_digests(metadata: dict[str, str]) -> tuple[str, str] | None:
    sha256, crc32 = metadata.get("sha256"), metadata.get("crc32")
    return (sha256, crc32) if sha256 and crc32 else None


class _Body(Wrapper):
    """The body of an answer as a stream whose errors are ours."""

    def __init__(self, body: StreamingBody, key: str) -> None:
        super().__init__(body)
        self._key = key

    def take(self, most: int) -> bytes:
        with _normalised("read", self._key):
            piece: bytes = self.inner.read(most)
        return piece


@contextmanager
def _normalised(operation: str, key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _error_of(error, operation, key) from error
    except (BotoCoreError, Boto3Error, OSError) as error:
        if isinstance(error, StorageError | FileNotFoundError):
            raise
        if isinstance(error.__context__, ClientError):
            raise _error_of(error.__context__, operation, key) from error
        raise StorageUnavailable(operation=operation, reason=type(error).__name__) from error


def _error_of(error: ClientError, operation: str, key: str) -> StorageError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _MISSING:
        return ObjectMissing(key=key)
    if code in ("416", "InvalidRange"):
        return RangeUnsatisfiable(key=key)
    if code in _FULL:
        return StorageFull(operation=operation)
    if code in _REFUSED | _REFUSED_BUCKET:
        return StorageRefused(operation=operation, reason=code)
    return StorageUnavailable(operation=operation, reason=code)
