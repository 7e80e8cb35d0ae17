"""The official ADBC driver against our simulator: bulk ingest, and what the driver tells of the catalogue.

usage: adbc.py PROGRAM

PROGRAM is the binary `snowflake-sim`. To ingest, the driver writes Parquet files into a stage and loads them by column
name. To tell of the catalogue it sends several SHOW commands at once and joins their results in one query.
"""

import contextlib
import datetime
import decimal
import sys

import adbc_driver_manager
import adbc_driver_snowflake.dbapi
import pyarrow

from support import Cases, Server, equal

USER, PASSWORD = "interop", "correct horse"
FILE_SIZE = "adbc.snowflake.statement.ingest_target_file_size"
# The driver insists on TLS for stores that it makes the addresses of itself, and leaves empty files in folders.
SHAPES = ["auto", "gcs-signed"]


def main(program):
    cases = Cases("adbc")
    login = ["--user", USER, "--password", PASSWORD, "--database", "INTEROP", "--schema", "WORK"]
    for shape in SHAPES:
        with Server([program, "serve", "--port", "0", *login, "--stages", shape]) as server:
            for name, case in list(globals().items()):
                if name.startswith("case_"):
                    title = name.removeprefix("case_").replace("_", " ")
                    cases.run(f"{shape}: {title}", in_session, server, case)
    cases.finish()


def in_session(server, case):
    options = {
        "username": USER,
        "password": PASSWORD,
        "adbc.snowflake.sql.account": "interop",
        "adbc.snowflake.sql.uri.host": server.host,
        "adbc.snowflake.sql.uri.port": str(server.port),
        "adbc.snowflake.sql.uri.protocol": "http",
        "adbc.snowflake.sql.db": "INTEROP",
        "adbc.snowflake.sql.schema": "WORK",
        # Whole numbers as int64, not as decimals.
        "adbc.snowflake.sql.client_option.use_high_precision": "false",
    }
    with adbc_driver_snowflake.dbapi.connect(db_kwargs=options, autocommit=True) as connection:
        case(connection)


def case_create_append_replace(connection):
    equal(ingest(connection, "ingested", table(range(500)), "create"), 500, "rows created")
    check(connection, range(500))
    equal(ingest(connection, "ingested", table(range(500, 520)), "append"), 20, "rows appended")
    check(connection, range(520))
    equal(ingest(connection, "ingested", table(range(3)), "replace"), 3, "rows replaced")
    check(connection, range(3))
    equal(ingest(connection, "ingested", table(range(3, 5)), "create_append"), 2, "rows appended or created")
    check(connection, range(5))


def case_several_files(connection):
    wanted = pyarrow.table({"id": range(30_000), "text": [f"row {number}" for number in range(30_000)]})
    reader = pyarrow.RecordBatchReader.from_batches(wanted.schema, wanted.to_batches(max_chunksize=3000))
    equal(ingest(connection, "in_files", reader, "create", {FILE_SIZE: "4096"}), 30_000, "rows created")
    got = read(connection, 'SELECT "id", "text" FROM "in_files" ORDER BY "id"')
    equal(got.to_pydict(), wanted.to_pydict(), "rows")


def case_a_table_that_exists_is_not_created(connection):
    ingest(connection, "taken", table(range(2)), "create")
    try:
        ingest(connection, "taken", table(range(7)), "create")
    except adbc_driver_manager.Error as error:
        assert "already exists" in str(error), error
    else:
        raise AssertionError("created twice")
    equal(read(connection, 'SELECT "id" FROM "taken" ORDER BY 1').to_pydict(), {"id": [0, 1]}, "rows")


def case_no_rows(connection):
    equal(ingest(connection, "nothing", table(range(0)), "create"), 0, "rows created")
    got = read(connection, 'SELECT * FROM "nothing"')
    equal((got.num_rows, got.column_names), (0, table(range(0)).column_names), "rows and columns")


def case_catalogs_and_schemas(connection):
    with shop(connection):
        found = objects(connection, depth="catalogs")
        equal([each["catalog_name"] for each in found], ["INTEROP"], "catalogs")
        equal(objects(connection, depth="catalogs", catalog_filter="nothing"), [], "catalogs of another name")
        (found,) = objects(connection, depth="db_schemas", catalog_filter="INTEROP")
        schemas = sorted(each["db_schema_name"] for each in found["catalog_db_schemas"])
        equal(schemas, ["INFORMATION_SCHEMA", "PUBLIC", "WORK"], "schemas")
        (found,) = objects(connection, depth="db_schemas", db_schema_filter="W%")
        equal([each["db_schema_name"] for each in found["catalog_db_schemas"]], ["WORK"], "schemas like W%")


def case_tables_and_views(connection):
    with shop(connection):
        equal(tables(connection), {"CUSTOMERS": "TABLE", "ORDERS": "TABLE", "CHEAP": "VIEW"}, "tables and views")
        equal(tables(connection, table_types_filter=["VIEW"]), {"CHEAP": "VIEW"}, "views")
        equal(tables(connection, table_types_filter=["TABLE"], table_name_filter="O%"), {"ORDERS": "TABLE"}, "tables like O%")
        equal(tables(connection, table_name_filter="nothing"), {}, "tables of another name")
        types = connection.adbc_get_table_types()
        equal(sorted(types), ["TABLE", "VIEW"], "types of tables")


def case_columns_and_keys(connection):
    with shop(connection):
        everything = {"depth": "all", "catalog_filter": "INTEROP", "db_schema_filter": "WORK"}
        (found,) = objects(connection, **everything)
        (schema,) = found["catalog_db_schemas"]
        found = {table["table_name"]: table for table in schema["db_schema_tables"]}
        equal(sorted(found), ["CHEAP", "CUSTOMERS", "ORDERS"], "tables and views")
        columns = sorted(found["ORDERS"]["table_columns"], key=lambda column: column["ordinal_position"])
        told = [
            (each["column_name"], each["xdbc_type_name"], each["xdbc_is_nullable"], each["xdbc_column_size"]) for each in columns
        ]
        wanted = [("NUMBER", "NUMBER", "NO", 38), ("BUYER", "NUMBER", "YES", 38), ("Note", "TEXT", "YES", 10)]
        equal(told, wanted, "columns")
        equal((columns[2]["remarks"], columns[2]["xdbc_char_octet_length"]), ("what else", 40), "comment and bytes")
        keys = {each["constraint_type"]: each for each in found["ORDERS"]["table_constraints"]}
        equal(sorted(keys), ["FOREIGN KEY", "PRIMARY KEY"], "kinds of keys")
        equal(keys["PRIMARY KEY"]["constraint_column_names"], ["NUMBER"], "primary key")
        (usage,) = keys["FOREIGN KEY"]["constraint_column_usage"]
        wanted = {"fk_catalog": "INTEROP", "fk_db_schema": "WORK", "fk_table": "CUSTOMERS", "fk_column_name": "ID"}
        equal(usage, wanted, "what a foreign key refers to")
        unique = [each for each in found["CUSTOMERS"]["table_constraints"] if each["constraint_type"] == "UNIQUE"]
        equal([each["constraint_column_names"] for each in unique], [["MAIL", "ID"]], "unique keys")
        (found,) = objects(connection, **everything, table_name_filter="ORDERS", column_name_filter="B%")
        (table,) = found["catalog_db_schemas"][0]["db_schema_tables"]
        equal([each["column_name"] for each in table["table_columns"]], ["BUYER"], "columns like B%")


def case_schema_of_a_table(connection):
    with shop(connection):
        schema = connection.adbc_get_table_schema("ORDERS")
        equal(schema.names, ["NUMBER", "BUYER", "Note"], "names")
        equal([str(field.type) for field in schema], ["int64", "int64", "string"], "types")
        equal([field.nullable for field in schema], [False, True, True], "NULL allowed")
        metadata = {name.decode(): value.decode() for name, value in schema.field("NUMBER").metadata.items()}
        equal((metadata["PRIMARY_KEY"], metadata["DATA_TYPE"]), ("Y", "NUMBER(38,0)"), "metadata")
        equal(schema.field("Note").metadata[b"COMMENT"], b"what else", "comment")
        try:
            connection.adbc_get_table_schema("NOTHING")
        except adbc_driver_manager.Error as error:
            assert "does not exist" in str(error), error
        else:
            raise AssertionError("a table that is not there has a schema")


@contextlib.contextmanager
def shop(connection):
    """Two tables with keys and a view, in a schema that holds nothing else."""
    statements = [
        "CREATE OR REPLACE SCHEMA work",
        "CREATE TABLE customers (id INT PRIMARY KEY, mail VARCHAR, UNIQUE (mail, id))",
        """CREATE TABLE orders (number INT PRIMARY KEY, buyer INT REFERENCES customers (id),
           "Note" VARCHAR(10) COMMENT 'what else')""",
        "CREATE VIEW cheap AS SELECT number FROM orders",
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        yield
        cursor.execute("CREATE OR REPLACE SCHEMA work")


def objects(connection, **options):
    return connection.adbc_get_objects(**options).read_all().to_pylist()


def tables(connection, **options):
    found = objects(connection, depth="tables", catalog_filter="INTEROP", db_schema_filter="WORK", **options)
    schemas = [schema for catalog in found for schema in catalog["catalog_db_schemas"]]
    return {table["table_name"]: table["table_type"] for schema in schemas for table in schema["db_schema_tables"]}


def ingest(connection, name, data, mode, options=None):
    with connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**(options or {}))
        return cursor.adbc_ingest(name, data, mode=mode)


def read(connection, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def table(numbers):
    start = datetime.datetime(2024, 2, 29, 12, 34, 56, 789012)
    texts = [None if number % 4 == 0 else f"'{number}' \u00fc" for number in numbers]
    days = [datetime.date(1960, 1, 1) + datetime.timedelta(days=number) for number in numbers]
    moments = [start + datetime.timedelta(microseconds=number) for number in numbers]
    return pyarrow.table(
        {
            "id": pyarrow.array(numbers, pyarrow.int64()),
            "Ratio": pyarrow.array([number / 3 for number in numbers], pyarrow.float64()),
            "text": pyarrow.array(texts, pyarrow.string()),
            "flag": pyarrow.array([number % 2 == 0 for number in numbers], pyarrow.bool_()),
            "day": pyarrow.array(days, pyarrow.date32()),
            "moment": pyarrow.array(moments, pyarrow.timestamp("us")),
            "price": pyarrow.array([decimal.Decimal(number) / 100 for number in numbers], pyarrow.decimal128(12, 2)),
            "bytes": pyarrow.array([bytes([number % 256, 0, 255]) for number in numbers], pyarrow.binary()),
        }
    )


def check(connection, numbers):
    got, wanted = read(connection, 'SELECT * FROM "ingested" ORDER BY "id"'), table(numbers)
    equal(got.column_names, wanted.column_names, "columns")
    equal(got.num_rows, wanted.num_rows, "number of rows")
    for name in wanted.column_names:
        left, right = got[name].to_pylist(), wanted[name].to_pylist()
        if name == "price":
            left = [round(decimal.Decimal(value), 2) for value in left]
        for row, (one, other) in enumerate(zip(left, right)):
            equal(one, other, f"{name} of row {row}")


if __name__ == "__main__":
    main(*sys.argv[1:])
