"""The official Python connector against our simulator.

usage: connector.py PROGRAM

PROGRAM is the binary `snowflake-sim`. Every value that comes back is compared with the one that Snowflake documents.
"""

import base64
import datetime
import decimal
import json
import pathlib
import sys
import time

import snowflake.connector
from snowflake.connector import errors

from support import Cases, Server, equal, raises, rows_equal

USER, PASSWORD = "interop", "correct horse"
CHUNK_ROWS = 1000
MAJOR = int(snowflake.connector.__version__.split(".")[0])
DECIMAL = decimal.Decimal
KEYS = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "keys"


def main(program):
    login = ["--user", USER, "--password", PASSWORD, "--public-key", str(KEYS / "rsa2048.pub.pem")]
    cases = Cases(f"python-{snowflake.connector.__version__}")
    with Server([program, "serve", "--port", "0", *login, "--chunk-rows", str(CHUNK_ROWS)]) as server:
        cases.run("wrong password", wrong_password, server)
        cases.run("connect and close", connect_and_close, server)
        cases.run("key pair", key_pair, server)
        with connect(server) as connection:
            connection.cursor().execute("CREATE DATABASE interop")
            connection.cursor().execute("CREATE SCHEMA interop.work")
        for name, case in list(globals().items()):
            if name.startswith("case_") and MAJOR < LEFT_OUT_FROM.get(name, MAJOR + 1):
                cases.run(name.removeprefix("case_").replace("_", " "), in_session, server, case)
        for style, case in (("qmark", qmark_binds), ("pyformat", pyformat_binds)):
            cases.run(f"{style} binds", in_session, server, case, style)
    cases.finish()


def connect(server, **options):
    if "private_key" not in options:
        options = {"password": PASSWORD} | options
    defaults = {
        "account": "interop",
        "user": USER,
        "host": server.host,
        "port": server.port,
        "protocol": "http",
        "login_timeout": 20,
        "network_timeout": 60,
        "session_parameters": {"CLIENT_TELEMETRY_ENABLED": False},
    }
    return snowflake.connector.connect(**(defaults | options))


def in_session(server, case, style="pyformat"):
    with connect(server, database="interop", schema="work", paramstyle=style) as connection:
        case(connection)


def query(connection, sql, *arguments):
    with connection.cursor() as cursor:
        return cursor.execute(sql, *arguments).fetchall()


# Logins.


def wrong_password(server):
    with raises(errors.DatabaseError, text="ncorrect username or password"):
        connect(server, password="wrong")


def connect_and_close(server):
    connection = connect(server)
    rows_equal(query(connection, "SELECT 1"), [(1,)])
    connection.close()
    assert connection.is_closed()
    with raises(errors.Error):
        query(connection, "SELECT 1")


def key_pair(server):
    with connect(server, authenticator="SNOWFLAKE_JWT", private_key=private_key("rsa2048.p8")) as connection:
        rows_equal(query(connection, "SELECT CURRENT_USER()"), [(USER.upper(),)])
    with raises(errors.Error, text="JWT"):
        connect(server, authenticator="SNOWFLAKE_JWT", private_key=private_key("rsa3072.p8"))


def private_key(name):
    lines = (KEYS / name).read_text().splitlines()
    return base64.b64decode("".join(line for line in lines if not line.startswith("-----")))


# Statements.


def case_names_of_the_session(connection):
    rows_equal(query(connection, "SELECT CURRENT_DATABASE(), CURRENT_SCHEMA(), CURRENT_USER()"), [("INTEROP", "WORK", USER.upper())])
    equal(connection.database, "INTEROP", "connection.database")
    connection.cursor().execute("CREATE SCHEMA IF NOT EXISTS other")
    connection.cursor().execute("USE SCHEMA other")
    equal(connection.schema, "OTHER", "connection.schema")
    connection.cursor().execute("CREATE WAREHOUSE IF NOT EXISTS small")
    connection.cursor().execute("USE WAREHOUSE small")
    equal(connection.warehouse, "SMALL", "connection.warehouse")


def case_tables(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE OR REPLACE TABLE ddl (id INT NOT NULL, name VARCHAR(20))")
    rows_equal(cursor.fetchall(), [("Table DDL successfully created.",)])
    equal([column[0] for column in cursor.description], ["status"], "columns")
    with raises(errors.ProgrammingError, errno=2002, sqlstate="42710"):
        cursor.execute("CREATE TABLE ddl (id INT)")
    names = [row[1] for row in query(connection, "SHOW TABLES LIKE 'DDL'")]
    equal(names, ["DDL"], "SHOW TABLES")
    described = query(connection, "DESCRIBE TABLE ddl")
    equal([(row[0], row[1], row[3]) for row in described], [("ID", "NUMBER(38,0)", "N"), ("NAME", "VARCHAR(20)", "Y")], "DESCRIBE")
    rows_equal(query(connection, "DROP TABLE ddl"), [("DDL successfully dropped.",)])
    with raises(errors.ProgrammingError, errno=2003, sqlstate=("02000", "42S02")):
        cursor.execute("SELECT * FROM ddl")


def case_rows_are_counted(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE OR REPLACE TABLE counted (id INT, name VARCHAR)")
    cursor.execute("INSERT INTO counted VALUES (1, 'one'), (2, 'two'), (3, NULL)")
    equal(cursor.rowcount, 3, "inserted")
    cursor.execute("UPDATE counted SET name = 'drei' WHERE id >= 2")
    equal(cursor.rowcount, 2, "updated")
    rows_equal(cursor.fetchall(), [(2, 0)])
    cursor.execute("DELETE FROM counted WHERE id = 1")
    equal(cursor.rowcount, 1, "deleted")
    rows_equal(query(connection, "SELECT * FROM counted ORDER BY id"), [(2, "drei"), (3, "drei")])
    cursor.execute("CREATE OR REPLACE TABLE copied AS SELECT id * 10 AS id FROM counted")
    rows_equal(query(connection, "SELECT id FROM copied ORDER BY 1"), [(20,), (30,)])
    cursor.execute("CREATE OR REPLACE VIEW seen AS SELECT id FROM copied WHERE id > 20")
    rows_equal(query(connection, "SELECT * FROM seen"), [(30,)])
    cursor.execute("TRUNCATE TABLE copied")
    rows_equal(query(connection, "SELECT COUNT(*) FROM copied"), [(0,)])


def case_names_of_columns(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*), 'x', 1 AS a, 2 AS \"b c\", MAX(1)")
        equal([column[0] for column in cursor.description], ["COUNT(*)", "'X'", "A", "b c", "MAX(1)"], "columns")
    with connection.cursor(snowflake.connector.DictCursor) as cursor:
        equal(cursor.execute("SELECT 1 AS a, 'x' AS b").fetchall(), [{"A": 1, "B": "x"}], "dictionary")


# Values.

TYPES = [
    # SQL, the value in Python, the connector's number of the type
    ("1::INT", 1, 0),
    ("-9223372036854775808::NUMBER(38,0)", -9223372036854775808, 0),
    ("12345678901234567890123456789012345678::NUMBER(38,0)", 12345678901234567890123456789012345678, 0),
    ("1.25::NUMBER(10,2)", DECIMAL("1.25"), 0),
    ("-0.001::NUMBER(10,3)", DECIMAL("-0.001"), 0),
    ("99999999999999999999999999999999999.999::NUMBER(38,3)", DECIMAL("99999999999999999999999999999999999.999"), 0),
    ("2.5::FLOAT", 2.5, 1),
    ("-1e300::FLOAT", -1e300, 1),
    ("'gr\u00fc\u00df, it''s \u2744'::VARCHAR", "gr\u00fc\u00df, it's \u2744", 2),
    ("''::VARCHAR", "", 2),
    ("TRUE", True, 13),
    ("FALSE", False, 13),
    ("'2024-02-29'::DATE", datetime.date(2024, 2, 29), 3),
    ("'1582-10-04'::DATE", datetime.date(1582, 10, 4), 3),
    ("'9999-12-31'::DATE", datetime.date(9999, 12, 31), 3),
    ("'12:34:56.789123'::TIME", datetime.time(12, 34, 56, 789123), 12),
    ("'2024-01-02 03:04:05.123456'::TIMESTAMP_NTZ", datetime.datetime(2024, 1, 2, 3, 4, 5, 123456), 8),
    ("'1969-12-31 23:59:59.5'::TIMESTAMP_NTZ", datetime.datetime(1969, 12, 31, 23, 59, 59, 500000), 8),
    # The simulator's timestamps end in the year 2262.
    ("'2261-12-31 23:59:59.999999'::TIMESTAMP_NTZ", datetime.datetime(2261, 12, 31, 23, 59, 59, 999999), 8),
    ("TO_BINARY('DEADBEEF', 'HEX')", bytearray.fromhex("DEADBEEF"), 11),
    ("''::BINARY", bytearray(), 11),
]


def values_of_all_types(connection):
    sql = "SELECT " + ", ".join(f"{text} AS c{at}" for at, (text, _, _) in enumerate(TYPES))
    with connection.cursor() as cursor:
        row = cursor.execute(sql).fetchone()
        for (text, wanted, number), got, column in zip(TYPES, row, cursor.description):
            if isinstance(wanted, bytearray):
                got, wanted = bytes(got), bytes(wanted)
            equal(got, wanted, text)
            equal(column[1], number, f"type of {text}")


def nulls_of_all_types(connection):
    types = ["INT", "NUMBER(10,2)", "FLOAT", "VARCHAR", "BOOLEAN", "DATE", "TIME", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ", "BINARY", "VARIANT"]
    columns = ", ".join(f"NULL::{name}" for name in types)
    rows_equal(query(connection, f"SELECT {columns}"), [(None,) * len(types)])


def zoned_timestamps(connection):
    query(connection, "ALTER SESSION SET TIMEZONE = 'Europe/Berlin'")
    tz, ltz = query(
        connection,
        "SELECT '2024-07-01 12:00:00.5 -0730'::TIMESTAMP_TZ, '2024-07-01 12:00:00.25 +0000'::TIMESTAMP_LTZ",
    )[0]
    equal(tz.utcoffset(), -datetime.timedelta(hours=7, minutes=30), "offset of TIMESTAMP_TZ")
    equal(tz.replace(tzinfo=None), datetime.datetime(2024, 7, 1, 12, 0, 0, 500000), "TIMESTAMP_TZ")
    equal(ltz.utcoffset(), datetime.timedelta(hours=2), "offset of TIMESTAMP_LTZ")
    equal(ltz.replace(tzinfo=None), datetime.datetime(2024, 7, 1, 14, 0, 0, 250000), "TIMESTAMP_LTZ")


def semi_structured(connection):
    sql = "SELECT PARSE_JSON('{\"a\": [1, null, \"x\"]}'), OBJECT_CONSTRUCT('k', 1), ARRAY_CONSTRUCT(1, 'two', NULL)"
    with connection.cursor() as cursor:
        row = cursor.execute(sql).fetchone()
        equal([column[1] for column in cursor.description], [5, 9, 10], "types")
    variant, object_, array = row
    equal(json.loads(variant), {"a": [1, None, "x"]}, "VARIANT")
    equal(json.loads(object_), {"k": 1}, "OBJECT")
    # Elements that are SQL NULL are written as `undefined`, which is no JSON.
    equal(json.loads(array.replace("undefined", "null")), [1, "two", None], "ARRAY")


def case_values_as_arrow(connection):
    values_of_all_types(connection)


def case_values_as_json(connection):
    use_json(connection)
    values_of_all_types(connection)


def case_nulls_as_arrow(connection):
    nulls_of_all_types(connection)


def case_nulls_as_json(connection):
    use_json(connection)
    nulls_of_all_types(connection)


def case_zoned_timestamps_as_arrow(connection):
    zoned_timestamps(connection)


def case_zoned_timestamps_as_json(connection):
    use_json(connection)
    zoned_timestamps(connection)


def case_semi_structured_as_arrow(connection):
    semi_structured(connection)


def case_semi_structured_as_json(connection):
    use_json(connection)
    semi_structured(connection)


def use_json(connection):
    query(connection, "ALTER SESSION SET PYTHON_CONNECTOR_QUERY_RESULT_FORMAT = 'JSON'")
    if MAJOR < 5:
        # The later version does not show what the server answered in.
        with connection.cursor() as cursor:
            equal(cursor.execute("SELECT 1")._query_result_format, "json", "format")


# Binds.


def qmark_binds(connection):
    aware = datetime.timezone(datetime.timedelta(hours=2))
    query(connection, "CREATE OR REPLACE TABLE bound (i INT, n NUMBER(20,5), f FLOAT, s VARCHAR, b BOOLEAN, d DATE, t TIME, ts TIMESTAMP_NTZ, tz TIMESTAMP_TZ, x BINARY)")
    row = (
        42,
        DECIMAL("-123.45678"),
        0.5,
        "quote ' and \\ and ?",
        True,
        datetime.date(1999, 12, 31),
        datetime.time(1, 2, 3, 4),
        datetime.datetime(2001, 2, 3, 4, 5, 6, 7),
        datetime.datetime(2024, 7, 1, 12, 0, tzinfo=aware),
        b"\x00\xff",
    )
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bound VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        equal(cursor.rowcount, 1, "inserted")
        cursor.execute("INSERT INTO bound (i, s) VALUES (?, ?)", (None, None))
    got = query(connection, "SELECT i, n, f, s, b, d, t, ts, x FROM bound WHERE i = ?", (42,))
    wanted = row[:8] + row[9:]
    rows_equal([value[:8] + (bytes(value[8]),) for value in got], [wanted])
    instant = query(connection, "SELECT tz FROM bound WHERE i = ?", (42,))[0][0]
    # The driver sends an aware time as the wall clock in UTC, which the server reads in the session's zone.
    utc = row[8].astimezone(datetime.timezone.utc)
    equal(instant.replace(tzinfo=None), utc.replace(tzinfo=None), "TIMESTAMP_TZ")
    rows_equal(query(connection, "SELECT COUNT(*) FROM bound WHERE s IS NULL"), [(1,)])
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO bound (i, s) VALUES (?, ?)", [(number, f"row {number}") for number in range(100, 150)])
        equal(cursor.rowcount, 50, "inserted by executemany")
    rows_equal(query(connection, "SELECT COUNT(*), MIN(s), MAX(i) FROM bound WHERE i >= ?", (100,)), [(50, "row 100", 149)])


def pyformat_binds(connection):
    query(connection, "CREATE OR REPLACE TABLE formatted (i INT, s VARCHAR, d DATE)")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO formatted VALUES (%s, %s, %s)", (1, "it's \\ \u00fc\n", datetime.date(2024, 1, 2)))
        cursor.execute("INSERT INTO formatted VALUES (%(i)s, %(s)s, NULL)", {"i": 2, "s": "two"})
        cursor.executemany("INSERT INTO formatted (i, s) VALUES (%s, %s)", [(3, "three"), (4, "four")])
        equal(cursor.rowcount, 2, "inserted by executemany")
    rows_equal(
        query(connection, "SELECT * FROM formatted WHERE i IN (%s) ORDER BY i", ([1, 2],)),
        [(1, "it's \\ \u00fc\n", datetime.date(2024, 1, 2)), (2, "two", None)],
    )


# Large results.


def many_rows(connection):
    rows = 10 * CHUNK_ROWS + 1
    sql = f"SELECT SEQ8() AS id, 'row ' || SEQ8() AS name, SEQ8() / 4 AS part FROM TABLE(GENERATOR(ROWCOUNT => {rows}))"
    query(connection, f"CREATE OR REPLACE TABLE large AS {sql}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM large ORDER BY id")
        equal(cursor.rowcount, rows, "rowcount")
        if MAJOR < 5:
            assert len(cursor.get_result_batches()) > 5, "the result came in too few chunks"
        for wanted, (number, name) in enumerate(cursor):
            if (number, name) != (wanted, f"row {wanted}"):
                raise AssertionError(f"row {wanted} is {(number, name)}")
        equal(wanted, rows - 1, "last row")


def case_several_chunks_as_arrow(connection):
    many_rows(connection)


def case_several_chunks_as_json(connection):
    use_json(connection)
    many_rows(connection)


def case_an_empty_result(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 AS a, 'x' AS b WHERE 1 = 0")
        equal(cursor.fetchall(), [], "rows")
        equal([column[0] for column in cursor.description], ["A", "B"], "columns")
        equal(cursor.rowcount, 0, "rowcount")


# Errors.


def case_errors(connection):
    for sql, errno, states in [
        ("SELEC 1", 1003, "42000"),
        ("SELECT FROM WHERE", 1003, "42000"),
        ("SELECT * FROM no_such_table", 2003, ("02000", "42S02")),
        ("SELECT no_such_column FROM (SELECT 1 AS a)", 904, "42000"),
        ("SELECT no_such_function(1)", 2140, ("42601", "02000")),
        ("SELECT 1 / 0", 100051, "22012"),
        ("SELECT 'abc'::INT", 100038, ("22018", "22003")),
        ("SELECT 'abc'::DATE", 100040, "22007"),
        ("SELECT 'abc'::TIMESTAMP_NTZ", 100035, "22007"),
    ]:
        with raises(errors.ProgrammingError, errno=errno, sqlstate=states):
            query(connection, sql)
    try:
        query(connection, "SELEC 1")
    except errors.ProgrammingError as error:
        assert error.sfqid, "a syntax error has no query id"
    rows_equal(query(connection, "SELECT 1"), [(1,)], "a query after errors")


def case_constraints(connection):
    query(connection, "CREATE OR REPLACE TABLE strict (id INT NOT NULL, name VARCHAR(3))")
    with raises(errors.Error, errno=100072, sqlstate="22000"):
        query(connection, "INSERT INTO strict VALUES (NULL, 'a')")
    with raises(errors.Error, errno=100078, sqlstate="22001"):
        query(connection, "INSERT INTO strict VALUES (1, 'four')")
    rows_equal(query(connection, "SELECT COUNT(*) FROM strict"), [(0,)])


def case_an_unknown_statement_is_refused(connection):
    with raises(errors.ProgrammingError, text="not simulated"):
        query(connection, "CREATE NETWORK POLICY p ALLOWED_IP_LIST = ('10.0.0.1')")


# Running without waiting.

# Version 5 sends no abort for a statement that it waits for.
LEFT_OUT_FROM = {"case_a_timeout_stops_the_query": 5}
SLOW = "SELECT SYSTEM$WAIT(30)"


def case_a_result_by_query_id(connection):
    cursor = connection.cursor()
    cursor.execute_async("SELECT 7 AS seven")
    identifier = cursor.sfqid
    assert identifier
    wait(connection, identifier)
    with connection.cursor() as other:
        other.get_results_from_sfqid(identifier)
        rows_equal(other.fetchall(), [(7,)])


def case_the_state_of_a_failed_query(connection):
    cursor = connection.cursor()
    cursor.execute_async("SELECT 'abc'::INT")
    identifier = cursor.sfqid
    wait(connection, identifier)
    with raises(errors.ProgrammingError):
        connection.get_query_status_throw_if_error(identifier)
    assert connection.is_an_error(connection.get_query_status(identifier))


def case_a_running_query_is_cancelled(connection):
    cursor = connection.cursor()
    cursor.execute_async(SLOW)
    identifier = cursor.sfqid
    assert connection.is_still_running(connection.get_query_status(identifier))
    started = time.monotonic()
    assert cursor.abort_query(identifier), "the abort was refused"
    wait(connection, identifier)
    assert connection.is_an_error(connection.get_query_status(identifier))
    assert time.monotonic() - started < 15, "the query ran on"


def case_a_timeout_stops_the_query(connection):
    started = time.monotonic()
    with raises(errors.ProgrammingError, errno=604):
        connection.cursor().execute(SLOW, timeout=2)
    assert time.monotonic() - started < 15, "the query ran on"
    rows_equal(query(connection, "SELECT 1"), [(1,)], "a query after the timeout")


def wait(connection, identifier, seconds=20):
    end = time.monotonic() + seconds
    while connection.is_still_running(connection.get_query_status(identifier)):
        assert time.monotonic() < end, "the query never ended"
        time.sleep(0.2)


# Describing and transactions.


def case_a_description_without_running(connection):
    query(connection, "CREATE OR REPLACE TABLE described (i INT NOT NULL, n NUMBER(10,2), s VARCHAR(7), t TIMESTAMP_NTZ(3))")
    columns = connection.cursor().describe("SELECT * FROM described")
    got = [(column.name, column.type_code, column.precision, column.scale, column.is_nullable) for column in columns]
    equal(
        got,
        [("I", 0, 38, 0, False), ("N", 0, 10, 2, True), ("S", 2, None, None, True), ("T", 8, 0, 3, True)],
        "description",
    )
    equal(columns[2].internal_size, 7, "length of a text")
    columns = connection.cursor().describe("DELETE FROM described")
    rows_equal(query(connection, "SELECT COUNT(*) FROM described"), [(0,)])


def case_transactions(connection):
    query(connection, "CREATE OR REPLACE TABLE kept (id INT)")
    query(connection, "BEGIN")
    query(connection, "INSERT INTO kept VALUES (1)")
    query(connection, "ROLLBACK")
    rows_equal(query(connection, "SELECT COUNT(*) FROM kept"), [(0,)])
    query(connection, "BEGIN")
    query(connection, "INSERT INTO kept VALUES (2)")
    query(connection, "COMMIT")
    rows_equal(query(connection, "SELECT id FROM kept"), [(2,)])


if __name__ == "__main__":
    main(*sys.argv[1:])
