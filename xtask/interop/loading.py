"""The official Python connector loads and unloads: our simulator's stages in every shape that the driver knows.

usage: loading.py PROGRAM

PROGRAM is the binary `snowflake-sim`.
"""

import csv
import datetime
import decimal
import gzip
import io
import pathlib
import sys
import tempfile

import pandas
import snowflake.connector
from snowflake.connector import errors
from snowflake.connector.pandas_tools import write_pandas

from access import MAJOR, Access, query
from support import Cases, equal, raises, rows_equal

# From how many values of `executemany` on they go through a stage.
THRESHOLD = 400
# Version 5 knows no folders. Where addresses are signed it sends all files of a pattern to the address of the first.
SHAPES = ["folder", "s3", "azure", "gcs", "gcs-signed"] if MAJOR < 5 else ["s3", "azure", "gcs", "gcs-signed"]
ONE_FILE_A_PUT = MAJOR >= 5
# Where version 4 does not look whether a file is there: it has no way to, or does not take it.
ALWAYS_OVERWRITTEN = ["folder", "gcs-signed"] if MAJOR < 5 else []


def main(program):
    cases = Cases(f"loading {snowflake.connector.__version__}")
    for shape in SHAPES:
        with Access(program, ["--stages", shape]) as access:
            for name, case in list(globals().items()):
                if name.startswith("case_"):
                    title = name.removeprefix("case_").replace("_", " ")
                    cases.run(f"{shape}: {title}", in_session, access, case, shape)
    cases.finish()


def in_session(access, case, shape):
    parameters = {"CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": THRESHOLD}
    with access.connect(paramstyle="qmark", session_parameters=parameters) as connection:
        with tempfile.TemporaryDirectory() as folder:
            case(connection, pathlib.Path(folder), shape)


# Files.


def case_put_list_copy_get_remove(connection, folder, _shape):
    rows = [(number, f"row {number}, \u00fc") for number in range(2000)]
    text = as_csv(rows)
    (folder / "plain.csv").write_bytes(text)
    (folder / "packed.csv.gz").write_bytes(gzip.compress(text))
    (folder / "as it is \u00e9.csv").write_bytes(text)
    query(connection, "CREATE OR REPLACE STAGE files FILE_FORMAT = (TYPE = CSV FIELD_OPTIONALLY_ENCLOSED_BY = '\"')")
    put(connection, folder / "plain.csv", "@files/in", [("plain.csv", "plain.csv.gz", len(text), "NONE", "GZIP")])
    packed = (folder / "packed.csv.gz").stat().st_size
    put(connection, folder / "packed.csv.gz", "@files/in", [("packed.csv.gz", "packed.csv.gz", packed, "GZIP", "GZIP")])
    name = "as it is \u00e9.csv"
    put(connection, folder / name, "@files/in", [(name, name, len(text), "NONE", "NONE")], "AUTO_COMPRESS = FALSE")
    names = [f"files/in/{name}", "files/in/packed.csv.gz", "files/in/plain.csv.gz"]
    equal(sorted(row[0] for row in query(connection, "LIST @files")), names, "LIST")
    query(connection, "CREATE OR REPLACE TABLE loaded (id INT, name VARCHAR)")
    copied = query(connection, "COPY INTO loaded FROM @files/in")
    equal(sorted((row[0], row[1], row[3]) for row in copied), [(name, "LOADED", 2000) for name in names], "COPY")
    found = query(connection, "SELECT id, name, COUNT(*) FROM loaded GROUP BY 1, 2 ORDER BY 1")
    rows_equal(found, [(number, name, 3) for number, name in rows], "what was loaded")
    target = folder / "back"
    target.mkdir()
    got = query(connection, f"GET @files/in 'file://{target}/'")
    equal(sorted((row[0], row[2]) for row in got), [(name.rpartition("/")[2], "DOWNLOADED") for name in names], "GET")
    equal((target / name).read_bytes(), text, name)
    equal((target / "packed.csv.gz").read_bytes(), (folder / "packed.csv.gz").read_bytes(), "packed.csv.gz")
    equal(gzip.decompress((target / "plain.csv.gz").read_bytes()), text, "plain.csv.gz")
    removed = query(connection, "REMOVE @files/in PATTERN = '.*[.]gz'")
    equal(sorted(tuple(row) for row in removed), [(name, "removed") for name in names[1:]], "REMOVE")
    equal([row[0] for row in query(connection, "LIST @files")], names[:1], "LIST after REMOVE")


def case_files_that_exist_stay_unless_overwritten(connection, folder, shape):
    query(connection, "CREATE OR REPLACE STAGE kept")
    source = folder / "a.txt"
    there = None
    for content, options in [(b"first", ""), (b"second one", ""), (b"third", "OVERWRITE = TRUE")]:
        stays = there is not None and not options and shape not in ALWAYS_OVERWRITTEN
        there = there if stays else content
        source.write_bytes(content)
        got = query(connection, f"PUT 'file://{source}' @kept AUTO_COMPRESS = FALSE {options}")
        equal(got[0][6], "SKIPPED" if stays else "UPLOADED", f"status of {content}")
        equal(fetch(connection, "@kept/a.txt", folder / "back"), {"a.txt": there}, "what is there")


def case_a_pattern_of_files(connection, folder, shape):
    query(connection, "CREATE OR REPLACE STAGE many")
    wanted = {f"part_{number}.csv": as_csv([(number, "x")]) for number in range(12)}
    for name, content in wanted.items():
        (folder / name).write_bytes(content)
    (folder / "other.csv").write_bytes(b"no")
    if shape == "gcs-signed" and ONE_FILE_A_PUT:
        for name in wanted:
            query(connection, f"PUT 'file://{folder}/{name}' @many AUTO_COMPRESS = FALSE")
    else:
        put(
            connection,
            folder / "part_*.csv",
            "@many",
            [(name, name, len(content), "NONE", "NONE") for name, content in wanted.items()],
            "AUTO_COMPRESS = FALSE PARALLEL = 8",
        )
    equal(fetch(connection, "@many", folder / "back"), wanted, "all files")
    chosen = {name: wanted[name] for name in ("part_1.csv", "part_10.csv", "part_11.csv")}
    equal(fetch(connection, "@many", folder / "some", "PATTERN = '.*part_1.*'"), chosen, "files of a pattern")


def case_stages_of_the_user_and_of_a_table(connection, folder, _shape):
    query(connection, "CREATE OR REPLACE TABLE owner (id INT)")
    for stage in ("@~/interop", "@%owner"):
        content = f"1\n2\n{len(stage)}\n".encode()
        (folder / "numbers.csv").write_bytes(content)
        query(connection, f"PUT 'file://{folder}/numbers.csv' {stage} OVERWRITE = TRUE")
        got = fetch(connection, stage, folder / f"back{len(stage)}")
        equal({name: gzip.decompress(packed) for name, packed in got.items()}, {"numbers.csv.gz": content}, stage)
        query(connection, f"REMOVE {stage}")
        rows_equal(query(connection, f"LIST {stage}"), [], f"LIST {stage} after REMOVE")


def case_from_memory(connection, folder, _shape):
    query(connection, "CREATE OR REPLACE STAGE streamed")
    content = as_csv([(number, "from memory") for number in range(5000)])
    with connection.cursor() as cursor:
        cursor.execute("PUT 'file://streamed.csv' @streamed AUTO_COMPRESS = FALSE", file_stream=io.BytesIO(content))
    equal(fetch(connection, "@streamed", folder / "back"), {"streamed.csv": content}, "what is there")


def case_an_empty_file(connection, folder, _shape):
    query(connection, "CREATE OR REPLACE STAGE empty")
    (folder / "nothing.csv").write_bytes(b"")
    query(connection, f"PUT 'file://{folder}/nothing.csv' @empty AUTO_COMPRESS = FALSE")
    equal(fetch(connection, "@empty", folder / "back"), {"nothing.csv": b""}, "what is there")


def case_unloading(connection, folder, _shape):
    query(connection, "CREATE OR REPLACE STAGE unloaded")
    query(connection, "CREATE OR REPLACE TABLE numbers AS SELECT SEQ4() AS id FROM TABLE(GENERATOR(ROWCOUNT => 3000))")
    options = "FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE) SINGLE = TRUE"
    unloaded = query(connection, f"COPY INTO @unloaded/out.csv FROM numbers {options}")
    equal(unloaded[0][0], 3000, "rows unloaded")
    got = fetch(connection, "@unloaded", folder / "back")
    equal(list(got), ["out.csv"], "files")
    equal(sorted(int(line) for line in got["out.csv"].split()), list(range(3000)), "rows")


def case_nothing_to_get(connection, folder, _shape):
    query(connection, "CREATE OR REPLACE STAGE bare")
    with raises(errors.Error, errno=253006):
        query(connection, f"GET @bare 'file://{folder}/'")
    with raises(errors.Error, errno=253006):
        query(connection, f"PUT 'file://{folder}/absent.csv' @bare")
    with raises(errors.ProgrammingError, errno=2003):
        query(connection, f"PUT 'file://{folder}/absent.csv' @no_such_stage")


# Rows.


def case_binds_through_a_stage(connection, _folder, _shape):
    columns = "i INT, n NUMBER(12,3), f FLOAT, s VARCHAR, b BOOLEAN, d DATE, t TIMESTAMP_NTZ"
    query(connection, f"CREATE OR REPLACE TABLE bound ({columns})")
    rows = [
        (
            number,
            decimal.Decimal(number) / 8,
            number / 3,
            None if number % 7 == 0 else f'row "{number}", \u00e9\nand \\more',
            number % 2 == 0,
            # In a stage these are mere digits, and the server takes them for seconds when they are few.
            datetime.date(1999, 12, 30) + datetime.timedelta(days=number),
            datetime.datetime(1999, 12, 31, 23, 59, 59, 500000) + datetime.timedelta(hours=number),
        )
        for number in range(THRESHOLD)
    ]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO bound VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        equal(cursor.rowcount, len(rows), "rows inserted")
    rows_equal(query(connection, "SELECT * FROM bound ORDER BY i"), rows, "rows")
    staged = query(connection, "LIST @SYSTEMBIND" if MAJOR < 5 else "LIST @SYSTEM$BIND")
    assert len(staged) == 1, f"the values went by no stage: {staged}"


def case_write_pandas(connection, _folder, _shape):
    frame = frame_of_many_types(range(1000))
    create = {"auto_create_table": True, "use_logical_type": True}
    equal(write_pandas(connection, frame, "Written", overwrite=True, **create)[:3], (True, 1, 1000), "created")
    check_frame(connection, range(1000))
    more = frame_of_many_types(range(1000, 1300))
    written = write_pandas(connection, more, "Written", chunk_size=100, use_logical_type=True)
    equal(written[:3], (True, 3, 300), "appended in chunks")
    check_frame(connection, range(1300))
    again = frame_of_many_types(range(5))
    equal(write_pandas(connection, again, "Written", overwrite=True, **create)[:3], (True, 1, 5), "overwritten")
    check_frame(connection, range(5))


def frame_of_many_types(numbers):
    moment = pandas.Timestamp("2024-02-29 12:34:56.789012")
    return pandas.DataFrame(
        {
            "id": list(numbers),
            "Ratio": [number / 4 for number in numbers],
            "text": [None if number % 5 == 0 else f"'{number}' \u00fc \U0001f600" for number in numbers],
            "flag": [number % 2 == 1 for number in numbers],
            "day": [datetime.date(1960, 1, 1) + datetime.timedelta(days=number) for number in numbers],
            "moment": [moment + pandas.Timedelta(microseconds=number) for number in numbers],
        }
    )


def check_frame(connection, numbers):
    rows = query(connection, 'SELECT "id", "Ratio", "text", "flag", "day", "moment" FROM "Written" ORDER BY "id"')
    frame = frame_of_many_types(numbers)
    wanted = [
        (number, float(ratio), text, bool(flag), day, moment.to_pydatetime())
        for number, ratio, text, flag, day, moment in frame.itertuples(index=False)
    ]
    rows_equal(rows, wanted, "rows of write_pandas")


# Helpers.


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def put(connection, source, stage, wanted, options=""):
    """PUT, and what it says: source, target, size of the source, and compressions, in any order of the files."""
    got = query(connection, f"PUT 'file://{source}' {stage} {options}")
    got = sorted((row[0], row[1], row[2], row[4], row[5], row[6]) for row in got)
    equal(got, sorted((*row, "UPLOADED") for row in wanted), "PUT")


def fetch(connection, stage, folder, options=""):
    """GET into a new folder: the files by name."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    query(connection, f"GET {stage} 'file://{folder}/' {options}")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir(), key=number_of)}


def number_of(path):
    """Sorts part_2 before part_10."""
    return [int(word) if word.isdigit() else word for word in path.stem.split("_")] + [path.suffix]


if __name__ == "__main__":
    main(*sys.argv[1:])
