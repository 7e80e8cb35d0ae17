"""Object stores of other hands that run on this machine: moto for S3, azurite for Azure, an emulator for GCS.

Each is a context manager: it starts on a free port with nothing in it and is gone when the block ends, whatever happens
there. `endpoint` is where clients find it by plain HTTP.
"""

import pathlib
import subprocess
import sys
import tempfile

import gcs_xml
from support import free_port, wait_for_port


class Emulator:
    """A program that serves on a free port."""

    def __init__(self, tools):
        self.tools = pathlib.Path(tools)
        self.port = free_port()

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="interop-emulator-")
        self.output = pathlib.Path(self.folder.name, "output.txt")
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.folder.name
            )
        try:
            wait_for_port(self.port)
            self.prepare()
        except BaseException:
            print(self.output.read_text(errors="replace"), file=sys.stderr)
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def stages(self):
        """The simulator's options that put its stages here. It makes the bucket."""
        return ["--stages", self.kind, "--stage-endpoint", self.endpoint, "--stage-bucket", "interop"]


class Moto(Emulator):
    """S3. It takes any key, but a request must be signed to be let in."""

    kind = "s3"
    key_id, secret, token = "AKIAINTEROP", "interop-secret", "interop-session"

    def command(self):
        return [self.tools / "moto/bin/moto_server", "-H", "127.0.0.1", "-p", str(self.port)]

    def prepare(self):
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def stages(self):
        keys = ["--stage-key-id", self.key_id, "--stage-secret", self.secret, "--stage-session-token", self.token]
        return [*super().stages(), *keys]


class Azurite(Emulator):
    """Azure. It knows one account, whose name and key are the same everywhere, and checks every signature."""

    kind = "azure"
    account = "devstoreaccount1"
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

    def command(self):
        program = self.tools / "azurite/node_modules/azurite/dist/src/blob/main.js"
        options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"]
        return ["node", program, "--blobHost", "127.0.0.1", "--blobPort", str(self.port), *options]

    def prepare(self):
        self.endpoint = f"http://127.0.0.1:{self.port}/{self.account}"

    def stages(self):
        return [*super().stages(), "--stage-key-id", self.account, "--stage-secret", self.key]


class GcpEmulator(Emulator):
    """GCS. The emulator keeps the objects; `gcs_xml` stands before it, for it speaks the JSON API only."""

    kind = "gcs"
    token = "interop-token"

    def command(self):
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--in-memory", "--quiet"]
        return [self.tools / "gcs/bin/gcp-storage-emulator", "start", *options]

    def prepare(self):
        self.front = gcs_xml.front(self.port, self.token).__enter__()
        self.endpoint = f"http://127.0.0.1:{self.front.port}"

    def stages(self):
        return [*super().stages(), "--stage-secret", self.token]

    def __exit__(self, *_):
        if hasattr(self, "front"):
            self.front.__exit__()
        super().__exit__()
