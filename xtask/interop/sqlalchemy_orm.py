"""SQLAlchemy with Snowflake's own dialect, against our simulator: tables, what it sees of them, and objects in them.

usage: sqlalchemy_orm.py PROGRAM

PROGRAM is the binary `snowflake-sim`. The file is not named after the package, which it would hide.
"""

import datetime
import decimal
import sys

import sqlalchemy
from snowflake.sqlalchemy import TIMESTAMP_LTZ, TIMESTAMP_NTZ, URL, VARIANT
from sqlalchemy import orm

from support import Cases, Server, equal

USER, PASSWORD = "interop", "correct horse"


class Base(orm.DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    __table_args__ = (
        sqlalchemy.UniqueConstraint("mail", "region", name="uq_mail"),
        {"comment": "who buys"},
    )

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    serial: orm.Mapped[int | None] = orm.mapped_column(sqlalchemy.Identity(start=10, increment=5))
    name: orm.Mapped[str] = orm.mapped_column(sqlalchemy.String(40))
    mail: orm.Mapped[str | None] = orm.mapped_column(comment="an address")
    region: orm.Mapped[int] = orm.mapped_column(default=1)
    orders: orm.Mapped[list["Order"]] = orm.relationship(back_populates="customer", order_by="Order.number")


class Order(Base):
    __tablename__ = "orders"

    number: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    line: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    buyer: orm.Mapped[int | None] = orm.mapped_column(sqlalchemy.ForeignKey("customers.id", name="fk_buyer"))
    price: orm.Mapped[decimal.Decimal] = orm.mapped_column(sqlalchemy.Numeric(12, 2))
    placed: orm.Mapped[datetime.datetime] = orm.mapped_column(TIMESTAMP_NTZ())
    note: orm.Mapped[str | None] = orm.mapped_column("Mixed Case", sqlalchemy.String(10))
    customer: orm.Mapped[Customer | None] = orm.relationship(back_populates="orders")


def main(program):
    cases = Cases("sqlalchemy")
    login = ["--user", USER, "--password", PASSWORD, "--database", "INTEROP", "--schema", "WORK"]
    with Server([program, "serve", "--port", "0", *login]) as server:
        for name, case in list(globals().items()):
            if name.startswith("case_"):
                cases.run(name.removeprefix("case_").replace("_", " "), with_engine, server, case)
    cases.finish()


def with_engine(server, case):
    url = URL(account="interop", user=USER, password=PASSWORD, database="INTEROP", schema="WORK")
    where = {"host": server.host, "port": server.port, "protocol": "http"}
    engine = sqlalchemy.create_engine(url, connect_args=where)
    try:
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE OR REPLACE VIEW cheap AS SELECT number FROM orders WHERE price < 5"))
        case(engine)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("DROP VIEW cheap"))
        Base.metadata.drop_all(engine)
        equal(sqlalchemy.inspect(engine).get_table_names(), [], "tables that are left")
    finally:
        engine.dispose()


def case_names(engine):
    inspector = sqlalchemy.inspect(engine)
    equal(sorted(inspector.get_table_names()), ["customers", "orders"], "tables")
    equal(inspector.get_view_names(), ["cheap"], "views")
    equal(sorted(inspector.get_schema_names()), ["information_schema", "public", "work"], "schemas")
    equal(inspector.get_sequence_names(), [], "sequences")
    equal((inspector.has_table("orders"), inspector.has_table("nothing")), (True, False), "tables that there are")
    equal(inspector.has_sequence("nothing"), False, "a sequence that there is not")
    equal(inspector.get_table_comment("customers"), {"text": "who buys"}, "comment of a table")
    assert "price < 5" in inspector.get_view_definition("cheap"), inspector.get_view_definition("cheap")


def case_columns(engine):
    inspector = sqlalchemy.inspect(engine)
    columns = {column["name"]: column for column in inspector.get_columns("customers")}
    equal(list(columns), ["id", "serial", "name", "mail", "region"], "names of columns")
    equal((columns["id"]["nullable"], columns["mail"]["nullable"]), (False, True), "NULL allowed")
    identity = columns["serial"]["identity"]
    equal((identity["start"], identity["increment"]), (10, 5), "identity")
    equal((columns["id"]["primary_key"], columns["name"]["primary_key"]), (True, False), "in the primary key")
    equal((columns["name"]["type"].length, columns["mail"]["comment"]), (40, "an address"), "length and comment")
    columns = {column["name"]: column["type"] for column in inspector.get_columns("orders")}
    equal((columns["price"].precision, columns["price"].scale), (12, 2), "digits")
    assert isinstance(columns["placed"], TIMESTAMP_NTZ), columns["placed"]
    equal(columns["Mixed Case"].length, 10, "length")
    equal([column["name"] for column in inspector.get_columns("cheap")], ["number"], "columns of a view")


def case_keys(engine):
    inspector = sqlalchemy.inspect(engine)
    equal(inspector.get_pk_constraint("orders")["constrained_columns"], ["number", "line"], "primary key")
    unique = inspector.get_unique_constraints("customers")
    equal([(each["name"], each["column_names"]) for each in unique], [("uq_mail", ["mail", "region"])], "unique keys")
    (foreign,) = inspector.get_foreign_keys("orders")
    equal(foreign["name"], "fk_buyer", "name of a foreign key")
    equal(
        (foreign["constrained_columns"], foreign["referred_table"], foreign["referred_columns"]),
        (["buyer"], "customers", ["id"]),
        "foreign key",
    )
    equal((inspector.get_foreign_keys("customers"), inspector.get_indexes("orders")), ([], []), "keys that are not")


def case_reflection(engine):
    metadata = sqlalchemy.MetaData()
    metadata.reflect(engine, views=True)
    equal(sorted(metadata.tables), ["cheap", "customers", "orders"], "tables and views")
    customers, orders = metadata.tables["customers"], metadata.tables["orders"]
    equal([column.name for column in orders.primary_key], ["number", "line"], "primary key")
    (foreign,) = orders.foreign_keys
    assert foreign.column is customers.c.id, foreign.column
    equal(int(customers.c.serial.identity.increment), 5, "identity")
    equal(str([column.name for column in orders.c][-1]), "Mixed Case", "a name with a blank")
    with engine.connect() as connection:
        joined = sqlalchemy.select(sqlalchemy.func.count()).select_from(orders.join(customers))
        equal(connection.execute(joined).scalar(), 0, "rows of a join over what was reflected")


def case_objects(engine):
    placed = datetime.datetime(2024, 2, 29, 12, 34, 56, 789012)
    with orm.Session(engine) as session:
        session.add_all([Customer(id=1, name="Ann", mail="a@b.c", region=2), Customer(id=2, name="Bob")])
        session.add_all(
            Order(number=number, line=1, buyer=1, price=decimal.Decimal(number) / 4, placed=placed, note="o'n")
            for number in range(1, 4)
        )
        session.commit()
    with orm.Session(engine) as session:
        ann = session.get(Customer, 1)
        equal([order.price for order in ann.orders], [decimal.Decimal(text) for text in ("0.25", "0.50", "0.75")], "prices")
        equal(ann.orders[0].placed, placed, "a time")
        ann.orders[0].note = None
        session.delete(ann.orders[2])
        session.commit()
        asked = sqlalchemy.select(Customer.name, sqlalchemy.func.count(Order.number)).outerjoin(Order)
        rows = session.execute(asked.group_by(Customer.name).order_by(Customer.name)).all()
        equal([tuple(row) for row in rows], [("Ann", 2), ("Bob", 0)], "rows of a join")
        session.get(Customer, 2).name = "Ben"
        session.rollback()
        equal(session.get(Customer, 2).name, "Bob", "a name after a rollback")


def case_types_of_snowflake(engine):
    metadata = sqlalchemy.MetaData()
    table = sqlalchemy.Table(
        "typed",
        metadata,
        sqlalchemy.Column("at", TIMESTAMP_LTZ()),
        sqlalchemy.Column("document", VARIANT()),
        sqlalchemy.Column("flag", sqlalchemy.Boolean()),
        sqlalchemy.Column("day", sqlalchemy.Date()),
        sqlalchemy.Column("bytes", sqlalchemy.LargeBinary(8)),
        sqlalchemy.Column("ratio", sqlalchemy.Float()),
    )
    metadata.create_all(engine)
    try:
        types = {column["name"]: column["type"] for column in sqlalchemy.inspect(engine).get_columns("typed")}
        for column in table.c:
            assert isinstance(types[column.name], type(column.type)) or column.name == "bytes", (column, types)
        with engine.begin() as connection:
            connection.execute(table.insert().values(flag=True, day=datetime.date(2024, 2, 29), ratio=0.5))
            row = connection.execute(sqlalchemy.select(table.c.flag, table.c.day, table.c.ratio)).one()
        equal(tuple(row), (True, datetime.date(2024, 2, 29), 0.5), "a row")
    finally:
        metadata.drop_all(engine)


if __name__ == "__main__":
    main(*sys.argv[1:])
