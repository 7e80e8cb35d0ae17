"""How the official Python connector reaches a simulator whose stages lie in object stores.

Version 5 takes an endpoint with `http://` and names buckets in paths. Version 4 takes no such endpoint.
"""

import contextlib
import os

import snowflake.connector

from https_storage import HttpsStorage
from support import Server

MAJOR = int(snowflake.connector.__version__.split(".")[0])
USER, PASSWORD = "interop", "correct horse"
DATABASE, SCHEMA = "INTEROP", "WORK"


class Access:
    """A simulator, and for version 4 what it takes to reach the storage, until the block ends."""

    def __init__(self, program, options):
        login = ["--user", USER, "--password", PASSWORD, "--database", DATABASE, "--schema", SCHEMA]
        self.server = Server([program, "serve", "--port", "0", *login, *options])

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.server)
            self.host, self.port = self.server.host, self.server.port
            # Where our own client connects.
            self.direct = self.port
            self.options = {}
            if MAJOR < 5:
                storage = stack.enter_context(HttpsStorage(self.port))
                os.environ["REQUESTS_CA_BUNDLE"] = str(storage.authority)
                self.options = {"proxy_host": "127.0.0.1", "proxy_port": storage.proxy_port, "no_proxy": "127.0.0.1"}
                # No server of the authority tells which of its certificates are revoked.
                self.options["disable_ocsp_checks"] = True
                self.port = storage.port
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def connect(self, **options):
        defaults = {
            "account": "interop",
            "user": USER,
            "password": PASSWORD,
            "host": self.host,
            "port": self.port,
            "protocol": "http",
            "database": DATABASE,
            "schema": SCHEMA,
            "login_timeout": 20,
            "network_timeout": 30,
            "session_parameters": {},
        }
        options = defaults | self.options | options
        options["session_parameters"] = {"CLIENT_TELEMETRY_ENABLED": False} | options["session_parameters"]
        return snowflake.connector.connect(**options)


def query(connection, sql, *arguments):
    with connection.cursor() as cursor:
        return cursor.execute(sql, *arguments).fetchall()
