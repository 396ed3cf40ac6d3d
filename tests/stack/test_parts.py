import socket

import boto3
import psycopg
import pytest
import redis
import sqlalchemy
from botocore.config import Config
from botocore.exceptions import ClientError

from stack import StackError, ports
from stack.postgres import Postgres
from stack.seaweedfs import SeaweedFS
from stack.valkey import LONGEST_SOCKET_PATH, Valkey, socket_path


def test_valkey_keeps_what_was_written_before_its_end(tmp_path):
    with Valkey(tmp_path) as first, redis.Redis.from_url(first.url) as client:
        client.set("round", "closed")
    with Valkey(tmp_path) as second, redis.Redis.from_url(second.url) as client:
        assert client.get("round") == b"closed"


def test_valkey_runs_in_a_folder_whose_path_no_socket_could_have(tmp_path):
    folder = tmp_path / ("long-" * 30)
    folder.mkdir()
    assert len(str(socket_path(folder))) <= LONGEST_SOCKET_PATH
    with Valkey(folder) as server, redis.Redis.from_url(server.url) as client:
        assert client.config_get("dir") == {"dir": str(folder)}
        assert client.config_get("appendonly") == {"appendonly": "yes"}


def test_postgres_copies_a_database_from_a_template():
    with Postgres() as server:
        server.create("template")
        engine = sqlalchemy.create_engine(server.url("template"))
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE film AS SELECT 7 AS number"))
        engine.dispose()
        server.create("copy", template="template")
        copy = sqlalchemy.create_engine(server.url("copy"))
        with copy.connect() as connection:
            assert connection.execute(sqlalchemy.text("SELECT number FROM film")).scalar() == 7
        server.drop("copy")  # the pool of `copy` still holds a connection
        copy.dispose()
        gone = sqlalchemy.create_engine(server.url("copy"))
        with pytest.raises(sqlalchemy.exc.OperationalError, match="does not exist"):
            gone.connect()
        gone.dispose()


def test_postgres_is_gone_afterwards():
    with Postgres() as server:
        folder = server.url("postgres").partition("host=")[2]
        psycopg.connect(host=folder, user="postgres").close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=folder, user="postgres")


def test_seaweedfs_answers_its_own_key_only():
    with SeaweedFS() as server:
        films = client(server, server.secret_key)
        films.create_bucket(Bucket="films")
        films.put_object(Bucket="films", Key="a/b.mp4", Body=b"moov")
        assert films.get_object(Bucket="films", Key="a/b.mp4")["Body"].read() == b"moov"
        with pytest.raises(ClientError) as refused:
            client(server, "wrong").get_object(Bucket="films", Key="a/b.mp4")
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def client(server, secret_key):
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=secret_key,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
    )


def test_a_taken_port_is_named_with_a_way_out():
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(StackError, match=f"Port {port} is taken: .*PLURAL_PORT={port + 1}"):
            ports.require_free(port, wait_s=0)
    assert ports.require_free(port) == port


def test_free_ports_are_different_ones():
    assert len(set(ports.free_ports(10))) == 10
