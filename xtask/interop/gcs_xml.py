"""The XML API of GCS in front of `gcp-storage-emulator`, which speaks the JSON API.

All drivers use the XML API: objects at /bucket/key, with their metadata in `x-goog-meta-` headers, read with GET and
HEAD and written with one PUT whatever their size. The emulator lacks HEAD of that API, metadata at PUT, and
preconditions. Objects, metadata and ranges are the emulator's own here: this only translates. Requests of the JSON API
pass through as they are.
"""

import contextlib
import datetime
import email.utils
import http.client
import json
import re
import threading
import urllib.parse

from relay import Handler, Listener

META = "x-goog-meta-"


def front(port, token):
    """A server before the emulator at a port, for those who bear the token."""
    return Listener(XmlApi, emulator=port, token=token, writing=threading.Lock())


class XmlApi(Handler):
    emulator = None
    token = None
    # Held between asking whether an object is there and writing it.
    writing = None

    def answer(self):
        if self.path.startswith(("/storage/v1/", "/upload/storage/v1/", "/download/storage/v1/")):
            return self.pass_on(self.emulator, self.path, self.forwarded_headers())
        self.bucket, _, key = urllib.parse.urlsplit(self.path).path.lstrip("/").partition("/")
        self.key = urllib.parse.unquote(key)
        body = self.read_body()
        if self.headers.get("Authorization") != f"Bearer {self.token}":
            return self.refuse(401, "AuthenticationRequired")
        if not self.key or self.command not in ("GET", "HEAD", "PUT"):
            return self.refuse(405, "MethodNotAllowed")
        self.write(body) if self.command == "PUT" else self.read()

    def read(self):
        found = self.resource()
        if found is None:
            return self.refuse(404, "NoSuchKey")
        if self.command == "HEAD":
            return self.reply(200, self.describe(found) | {"Content-Length": found["size"]})
        wanted = {"Range": self.headers["Range"]} if "Range" in self.headers else {}
        if wanted and int(re.match(r"bytes=(\d+)", wanted["Range"])[1]) >= int(found["size"]):
            return self.refuse(416, "InvalidRange")
        status, headers, content = self.ask("GET", f"/download{self.object_path()}?alt=media", headers=wanted)
        ranges = {"Content-Range": headers["Content-Range"]} if "Content-Range" in headers else {}
        self.reply(status, self.describe(found) | ranges, content)

    def write(self, body):
        with self.writing:
            if self.headers.get("x-goog-if-generation-match") == "0" and self.resource() is not None:
                return self.refuse(412, "PreconditionFailed")
            upload = self.begin()
            span = f"bytes 0-{len(body) - 1}/{len(body)}" if body else "bytes */0"
            status, _, content = self.ask("PUT", upload, body, {"Content-Range": span})
        if status != 200:
            return self.refuse(status, "EmulatorFailed")
        self.reply(200, self.describe(json.loads(content)))

    def resource(self):
        status, _, content = self.ask("GET", self.object_path())
        return json.loads(content) if status == 200 else None

    def begin(self):
        """Begins a resumable upload, which takes any bytes, with the metadata of this request; where they go."""
        metadata = {name.lower()[len(META) :]: value for name, value in self.headers.items() if name.lower().startswith(META)}
        query = urllib.parse.urlencode({"uploadType": "resumable", "name": self.key})
        path = f"/upload/storage/v1/b/{self.bucket}/o?{query}"
        body = json.dumps({"metadata": metadata}).encode()
        _, headers, _ = self.ask("POST", path, body, {"Content-Type": "application/json"})
        location = urllib.parse.urlsplit(headers["Location"])
        return f"{location.path}?{location.query}"

    def object_path(self):
        return f"/storage/v1/b/{self.bucket}/o/{urllib.parse.quote(self.key, safe='')}"

    def describe(self, found):
        headers = {
            "Content-Type": "application/octet-stream",
            "ETag": f'"{found["etag"]}"',
            "Last-Modified": email.utils.format_datetime(datetime.datetime.fromisoformat(found["updated"]), usegmt=True),
            "x-goog-generation": found["generation"],
            "x-goog-hash": f"crc32c={found['crc32c']}",
        }
        return headers | {META + name: value for name, value in (found.get("metadata") or {}).items()}

    def ask(self, method, path, body=b"", headers=None):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.emulator, timeout=60)) as connection:
            connection.request(method, path, body=body, headers=headers or {})
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()

    def refuse(self, status, code):
        text = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code></Error>'
        self.reply(status, {"Content-Type": "application/xml"}, text.encode())
