"""Our client and the official Python connector share stages: what one puts, the other gets, on every store.

usage: storage.py SIMULATOR SQL LOAD EMULATORS

SIMULATOR is the binary `snowflake-sim`, which tells both where a stage lies: in its own store, or in an emulator of a
cloud's. SQL and LOAD are our client's examples `sql` and `load`. EMULATORS is the folder with the emulators.
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
FLIGHT = [
    "year", "month", "day", "dep_time", "sched_dep_time", "dep_delay", "arr_time", "sched_arr_time", "arr_delay",
    "carrier", "flight", "tailnum", "origin", "dest", "air_time", "distance", "hour", "minute", "time_hour",
]


def main(simulator, sql, load, emulators):
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
                    for case in (ours_to_theirs, theirs_to_ours, both_are_loaded, our_records):
                        title = f"{name}, encryption {encryption}: {case.__name__.replace('_', ' ')}"
                        cases.run(title, in_session, access, case, (sql, load), files, encryption)
    cases.finish()


def in_session(access, case, clients, files, encryption):
    with access.connect() as connection, tempfile.TemporaryDirectory() as folder:
        query(connection, "CREATE STAGE IF NOT EXISTS shared FILE_FORMAT = (TYPE = CSV)")
        query(connection, "REMOVE @shared")
        case(Both(access, connection, clients, pathlib.Path(folder), encryption), files)


class File:
    """A file of the matrix: what it is called, what it holds, and whether it is compressed on its way."""

    def __init__(self, folder, name, content, compress):
        self.path = folder / name
        self.path.write_bytes(content)
        self.content, self.compress = content, compress
        self.target = f"{name}.gz" if compress else name

    def check(self, got):
        got = gzip.decompress(got) if self.compress else got
        assert got == self.content, f"{self.target}: {len(got)} other bytes than the {len(self.content)} that were put"


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

    def __init__(self, access, connection, clients, folder, encryption):
        self.access, self.connection = access, connection
        self.sql, self.load = clients
        self.folder, self.encryption = folder, encryption

    def ours(self, statements):
        """Our client runs the statements; the rows of each."""
        return [json.loads(line)["rows"] for line in self.run(self.sql, statements).splitlines()]

    def run(self, program, arguments):
        """What an example of our client prints."""
        login = ["--user", USER, "--password", PASSWORD, "--database", DATABASE, "--schema", SCHEMA]
        server = ["--host", self.access.host, "--port", str(self.access.direct), "--protocol", "http"]
        command = [program, *server, *login, *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"our client failed: {done.stderr}"
        return done.stdout

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


def our_records(both, _):
    """Our client inserts records in bulk, and once more under the same name; the connector reads them."""
    texts = ("carrier", "tailnum", "origin", "dest", "time_hour")
    columns = [f"{name} {'VARCHAR' if name in texts else 'INT'}" for name in FLIGHT]
    query(both.connection, f"CREATE OR REPLACE TABLE flights ({', '.join(columns)})")
    flights = [flight(number) for number in range(6000)]
    source = both.folder / "flights.csv"
    lines = [",".join("NA" if value is None else str(value) for value in row) for row in flights]
    source.write_text("\n".join([",".join(FLIGHT), *lines]) + "\n")
    arguments = ["--mode", "bulk", "--file", source, "--table", "flights", "--batch", "interop"]
    for inserted in (6000, 0):
        said = both.run(both.load, arguments).split()
        equal(said[:2], ["rows", str(inserted)], "what our client says")
        rows_equal(query(both.connection, "SELECT * FROM flights ORDER BY flight"), flights, "records")


def flight(number):
    late = None if number % 9 == 0 else number % 60 - 5
    tail = None if number % 11 == 0 else f"N{number}"
    moment = f"2013-01-01 {number % 24:02}:00:00"
    times = (None if late is None else 517 + late, 517, late, 830, 819, 11)
    return (2013, 1, 1 + number % 28, *times, "\u00dcA", number, tail, "EWR", "IAH", 227, 1400, 5, 15, moment)


if __name__ == "__main__":
    main(*sys.argv[1:])
