"""Stages in object stores for drivers that make `https://` addresses of their own from an endpoint.

They put the bucket or the account into the host's name, in front of the endpoint. So a front before the simulator
replaces the endpoint in its answers by a name, and a proxy ends TLS for all hosts below that name. What the proxy passes
on is what the driver sent: the stores know such hosts too.
"""

import contextlib
import json
import urllib.parse

from relay import Handler, Listener
from tls import TlsProxy

NAME = "storage.test"


class HttpsStorage:
    """The front and the proxy, until the block ends."""

    def __init__(self, simulator):
        self.front = Listener(Front, simulator=simulator, endpoint=[])
        self.proxy = TlsProxy([NAME, f"*.{NAME}", f"*.blob.{NAME}"], self.port_behind)
        # Where the driver connects instead of to the simulator.
        self.port = self.front.port
        self.proxy_port = self.proxy.port
        self.authority = self.proxy.authority

    def port_behind(self):
        return urllib.parse.urlsplit(self.front.endpoint[0]).port

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.front)
            stack.enter_context(self.proxy)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()


class Front(Handler):
    """Passes everything on, and replaces the endpoint of stages in object stores."""

    simulator = None
    # The one that was replaced.
    endpoint = None

    def answer(self):
        headers = {name: value for name, value in self.forwarded_headers().items() if name.lower() != "accept-encoding"}
        self.pass_on(self.simulator, self.path, headers)

    def send_back(self, reply):
        if not self.path.startswith("/queries/v1/query-request"):
            return super().send_back(reply)
        body = reply.read()
        if b'"stageInfo"' in body:
            body = self.replaced(body)
        self.reply(reply.status, {"Content-Type": reply.getheader("Content-Type")}, body)

    def replaced(self, body):
        answer = json.loads(body)
        stage = (answer.get("data") or {}).get("stageInfo") or {}
        if stage.get("endPoint"):
            self.endpoint[:] = [stage["endPoint"]]
            stage["endPoint"] = NAME
        return json.dumps(answer).encode()
