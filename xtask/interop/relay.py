"""Passing HTTP requests on to a server of this machine, changed on the way."""

import contextlib
import http.client
import http.server
import sys
import threading

# They say something about one connection only.
OF_THE_CONNECTION = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "upgrade", "expect"}
PIECE = 1 << 20


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers every method with `answer`; connections are kept."""

    protocol_version = "HTTP/1.1"
    # Small answers go out in two writes otherwise, and the second waits for the other side's word.
    disable_nagle_algorithm = True
    wbufsize = -1

    def answer(self):
        raise NotImplementedError

    def do_GET(self):
        self.answer()

    do_PUT = do_POST = do_HEAD = do_DELETE = do_GET

    def log_message(self, *_):
        pass

    def read_body(self):
        """The whole body of the request, which must be read before the next request of the connection."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def forwarded_headers(self):
        return {name: value for name, value in self.headers.items() if name.lower() not in OF_THE_CONNECTION}

    def pass_on(self, port, path, headers):
        """Sends the request to a port of this machine and its answer back."""
        body = self.read_body()
        headers = {name: value for name, value in headers.items() if name.lower() != "content-length"}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as upstream:
            upstream.putrequest(self.command, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                upstream.putheader(name, value)
            if body or self.command in ("PUT", "POST"):
                upstream.putheader("Content-Length", str(len(body)))
            upstream.endheaders(body or None)
            self.send_back(upstream.getresponse())

    def send_back(self, reply):
        length = reply.getheader("Content-Length")
        body = None
        if length is None and self.command != "HEAD":
            body = reply.read()
            length = len(body)
        self.send_response_only(reply.status, reply.reason)
        for name, value in reply.getheaders():
            if name.lower() not in OF_THE_CONNECTION | {"content-length"}:
                self.send_header(name, value)
        if length is not None and reply.status not in (204, 304):
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            for piece in [body] if body is not None else iter(lambda: reply.read(PIECE), b""):
                self.wfile.write(piece)
        self.wfile.flush()

    def reply(self, status, headers=None, body=b""):
        """An answer of our own."""
        self.send_response_only(status)
        headers = {"Content-Length": str(len(body))} | (headers or {})
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        # A client that goes away in the middle is no news.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Listener:
    """Serves with a handler on a free port of this machine until the block ends."""

    def __init__(self, handler, **attributes):
        handler = type(handler.__name__, (handler,), attributes)
        self.server = Server(("127.0.0.1", 0), handler)
        self.port = self.server.server_port
        self.__dict__ |= attributes

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
