"""Our client and the official Python connector share stages: what one puts, the other gets, on every store.

usage: storage.py SIMULATOR CLIENT EMULATORS

SIMULATOR is the binary `snowflake-sim`, which tells both where a stage lies: in its own store, or in an emulator of a
cloud's. CLIENT is our client's example `sql`. EMULATORS is the folder with the emulators.
"""

import contextlib
import gzip
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import snowflake.connector

from access import DATABASE, MAJOR, PASSWORD, SCHEMA, USER, Access, query
from emulators import Azurite, GcpEmulator, Moto
from support import Cases, equal, rows_equal

# The simulator's own store speaks every dialect. Version 5 knows no folders.
OWN = ["s3", "azure", "gcs", "gcs-signed"] + (["folder"] if MAJOR < 5 else [])
ENCRYPTIONS = ["none", "128", "256"]
# From this size on, files go in parts: two of them, where a store has parts.
THRESHOLD = 1 << 20
LARGE = (8 << 20) + 12_345


def main(simulator, client, emulators):
    cases = Cases(f"storage {snowflake.connector.__version__}")
    with tempfile.TemporaryDirectory(prefix="interop-files-") as folder, contextlib.ExitStack() as stack:
        files = make_files(pathlib.Path(folder))
        stores = [(f"own {shape}", ["--stages", shape]) for shape in OWN]
        for kind in (Moto, Azurite, GcpEmulator):
            emulator = stack.enter_context(kind(emulators))
            stores.append((kind.__name__.lower(), emulator.stages()))
        for name, options in stores:
            for encryption in ENCRYPTIONS if name != "own folder" else ["none"]:
                further = ["--stage-encryption", encryption, "--stage-threshold", str(THRESHOLD)]
                with Access(simulator, [*options, *further]) as access:
                    for case in (ours_to_theirs, theirs_to_ours, both_are_loaded):
                        title = f"{name}, encryption {encryption}: {case.__name__.replace('_', ' ')}"
                        cases.run(title, in_session, access, case, client, files, encryption)
    cases.finish()


def in_session(access, case, client, files, encryption):
    with access.connect() as connection, tempfile.TemporaryDirectory() as folder:
        query(connection, "CREATE STAGE IF NOT EXISTS shared FILE_FORMAT = (TYPE = CSV)")
        query(connection, "REMOVE @shared")
        case(Both(access, connection, client, pathlib.Path(folder), encryption), files)


class File:
    """A file of the matrix: what it is called, what it holds, and whether it is compressed on its way."""

    def __init__(self, folder, name, content, compress):
        self.path = folder / name
        self.path.write_bytes(content)
        self.content, self.compress = content, compress
        self.target = f"{name}.gz" if compress else name

    def check(self, got):
        equal(gzip.decompress(got) if self.compress else got, self.content, self.target)


def make_files(folder):
    chance = random.Random(20240229)
    text = b"".join(b"%d,row %d\n" % (number, number) for number in range(5000))
    return [
        File(folder, "small.csv", text, True),
        File(folder, "as it is.csv", text, False),
        File(folder, "\u00fcn\u00efcode \u65e5\u672c & 100%+#1.csv", text, False),
        File(folder, "empty.bin", b"", False),
        File(folder, "sixteen.bin", chance.randbytes(16), False),
        File(folder, "large.bin", chance.randbytes(LARGE), False),
        File(folder, "large packed.bin", chance.randbytes(2 * THRESHOLD), True),
    ]


class Both:
    """The two clients of one stage."""

    def __init__(self, access, connection, client, folder, encryption):
        self.access, self.connection, self.client = access, connection, client
        self.folder, self.encryption = folder, encryption

    def ours(self, statements):
        """Our client runs the statements; the rows of each."""
        login = ["--user", USER, "--password", PASSWORD, "--database", DATABASE, "--schema", SCHEMA]
        server = ["--host", self.access.host, "--port", str(self.access.direct), "--protocol", "http"]
        command = [self.client, *server, *login, *statements]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"our client failed: {done.stderr}"
        return [json.loads(line)["rows"] for line in done.stdout.splitlines()]

    def theirs(self, statements):
        """The connector runs the statements; the rows of each."""
        return [query(self.connection, statement) for statement in statements]

    def share(self, writes, reads, files):
        statements = [
            f"PUT 'file://{file.path}' '@shared/some dir' AUTO_COMPRESS = {str(file.compress).upper()}" for file in files
        ]
        for file, rows in zip(files, writes(statements), strict=True):
            equal([(row[0], row[1], row[6]) for row in rows], [(file.path.name, file.target, "UPLOADED")], "PUT")
        self.check_sizes(files)
        (rows,) = reads([f"GET '@shared/some dir' 'file://{self.folder}/'"])
        equal(sorted((row[0], row[2]) for row in rows), sorted((file.target, "DOWNLOADED") for file in files), "GET")
        equal(sorted(path.name for path in self.folder.iterdir()), sorted(file.target for file in files), "files")
        for file in files:
            file.check((self.folder / file.target).read_bytes())

    def check_sizes(self, files):
        """LIST tells the sizes that the store has: those of encrypted files are padded."""
        listed = {row[0]: row[1] for row in query(self.connection, "LIST @shared")}
        equal(sorted(listed), sorted(f"shared/some dir/{file.target}" for file in files), "names of LIST")
        for file in (file for file in files if not file.compress):
            size = len(file.content)
            wanted = size if self.encryption == "none" else size + 16 - size % 16
            equal(listed[f"shared/some dir/{file.target}"], wanted, f"stored size of {file.target}")


def ours_to_theirs(both, files):
    both.share(both.ours, both.theirs, files)


def theirs_to_ours(both, files):
    both.share(both.theirs, both.ours, files)


def both_are_loaded(both, files):
    tables = [file for file in files if file.target.endswith((".csv", ".csv.gz"))]
    for writes, path in ((both.ours, "ours"), (both.theirs, "theirs")):
        writes(f"PUT 'file://{file.path}' @shared/{path} AUTO_COMPRESS = {str(file.compress).upper()}" for file in tables)
    connection = both.connection
    query(connection, "CREATE OR REPLACE TABLE loaded (id INT, name VARCHAR)")
    copied = query(connection, "COPY INTO loaded FROM @shared")
    names = sorted(f"shared/{path}/{file.target}" for path in ("ours", "theirs") for file in tables)
    equal(sorted((row[0], row[1], row[3]) for row in copied), [(name, "LOADED", 5000) for name in names], "COPY")
    rows = query(connection, "SELECT id, name, COUNT(*) FROM loaded GROUP BY 1, 2 ORDER BY 1")
    rows_equal(rows, [(number, f"row {number}", len(names)) for number in range(5000)], "rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
