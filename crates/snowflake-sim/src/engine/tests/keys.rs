//! Primary, unique and foreign keys: declared, shown, altered.

use super::harness::Db;

/// The cells of a list of keys from the given column on, without the names that are made up.
async fn shown(db: &Db, sql: &str, from: usize) -> Vec<String> {
    let rows = db.run(sql).await.rows;
    rows.into_iter().map(|row| row[from..].join(" ")).collect()
}

async fn shop() -> Db {
    let db = Db::new().await;
    db.run("create table customers (id int, region int, mail varchar unique, constraint pk primary key (region, id))")
        .await;
    db.run(
        "create table orders (
            number int primary key,
            customer int,
            region int,
            mail varchar references customers (mail),
            constraint bought foreign key (customer, region) references customers (id, region) on delete cascade)",
    )
    .await;
    db
}

#[tokio::test]
async fn keys_keep_their_order_and_names() {
    let db = shop().await;
    assert_eq!(
        shown(&db, "show primary keys in table customers", 1).await,
        ["DB PUBLIC CUSTOMERS REGION 1 PK false NULL", "DB PUBLIC CUSTOMERS ID 2 PK false NULL"]
    );
    let unique = db.run("show unique keys in schema").await.rows;
    assert_eq!(unique[0][3..6], ["CUSTOMERS", "MAIL", "1"]);
    assert!(unique[0][6].starts_with("SYS_CONSTRAINT_"), "{}", unique[0][6]);
    assert_eq!(db.run("show primary keys in account").await.rows.len(), 3);
    let described = db.run("desc table customers").await;
    assert_eq!(described.rows[0][..6], ["ID", "NUMBER(38,0)", "COLUMN", "N", "NULL", "Y"]);
    assert_eq!(described.rows[2][3..7], ["Y", "NULL", "N", "Y"]);
}

#[tokio::test]
async fn foreign_keys_name_both_sides_column_by_column() {
    let db = shop().await;
    let imported = db.run("show imported keys in table orders").await;
    let bought: Vec<_> = imported.rows.iter().filter(|row| row[12] == "BOUGHT").collect();
    assert_eq!(
        bought[0][1..],
        [
            "DB",
            "PUBLIC",
            "CUSTOMERS",
            "REGION",
            "DB",
            "PUBLIC",
            "ORDERS",
            "REGION",
            "1",
            "NO ACTION",
            "CASCADE",
            "BOUGHT",
            "PK",
            "NOT DEFERRABLE",
            "false",
            "NULL"
        ]
    );
    assert_eq!((bought[1][4].as_str(), bought[1][8].as_str()), ("ID", "CUSTOMER"));
    assert_eq!(imported.rows.len(), 3);
    let exported = db.run("show exported keys in table customers").await;
    assert_eq!(exported.rows.len(), 3);
    assert!(exported.rows.contains(bought[0]));
    assert_eq!(db.run("show imported keys in table customers").await.rows.len(), 0);
    assert_eq!(db.run("show exported keys in table orders").await.rows.len(), 0);
}

#[tokio::test]
async fn a_foreign_key_follows_its_table_and_columns() {
    let db = shop().await;
    db.run("alter table customers rename to clients").await;
    db.run("alter table clients rename column region to area").await;
    db.run("alter table clients rename constraint pk to who").await;
    db.run("alter table clients add column more int").await;
    let rows = shown(&db, "show imported keys in table orders", 3).await;
    assert!(rows.iter().all(|row| row.starts_with("CLIENTS ")), "{rows:?}");
    // A key that has another name is another key.
    assert_eq!(rows.len(), 1, "{rows:?}");
    db.run("drop table clients").await;
    assert_eq!(db.run("show imported keys in table orders").await.rows.len(), 0);
}

#[tokio::test]
async fn keys_are_added_and_dropped_later() {
    let db = Db::new().await;
    db.run("create table a (x int, y int)").await;
    db.run("create table b (x int, y int)").await;
    db.run("alter table a add primary key (x)").await;
    db.run("alter table a add constraint u unique (x, y)").await;
    db.run("alter table b add constraint f foreign key (x) references a").await;
    db.run("alter table b add foreign key (y, x) references a (y, x)").await;
    assert_eq!(db.run("show imported keys in table b").await.rows.len(), 3);
    assert_eq!(db.run("desc table a").await.rows[0][3], "N");
    assert_eq!(db.fail("alter table a add primary key (y)").await.code, "001044");
    assert_eq!(db.fail("alter table b add foreign key (y) references a (y)").await.code, "001044");
    assert_eq!(db.fail("alter table b add foreign key (y) references nothing (y)").await.code, "002003");
    db.run("alter table b drop constraint f").await;
    db.run("alter table b drop foreign key (x, y)").await;
    assert_eq!(db.run("show imported keys in table b").await.rows.len(), 0);
    db.run("alter table a drop unique (x, y)").await;
    db.run("alter table a drop primary key").await;
    assert_eq!(db.run("show unique keys").await.rows.len() + db.run("show primary keys").await.rows.len(), 0);
    assert_eq!(db.fail("alter table a drop constraint u").await.code, "002003");
}

#[tokio::test]
async fn a_table_may_refer_to_itself() {
    let db = Db::new().await;
    db.run("create table tree (id int primary key, parent int references tree (id))").await;
    assert_eq!(
        shown(&db, "show imported keys in table tree", 3).await[0].split(' ').take(6).collect::<Vec<_>>(),
        ["TREE", "ID", "DB", "PUBLIC", "TREE", "PARENT"]
    );
    db.run("create table copy like tree").await;
    assert_eq!(db.run("show primary keys in table copy").await.rows.len(), 1);
    db.run("alter table tree drop column parent").await;
    assert_eq!(db.run("show imported keys in table tree").await.rows.len(), 0);
}

#[tokio::test]
async fn the_information_schema_knows_the_keys() {
    let db = shop().await;
    let kinds = "select table_name, constraint_type, count(*) from information_schema.table_constraints
                 group by 1, 2 order by 1, 2";
    assert_eq!(
        db.run(kinds).await.body(),
        "CUSTOMERS|PRIMARY KEY|1; CUSTOMERS|UNIQUE|1; ORDERS|FOREIGN KEY|2; ORDERS|PRIMARY KEY|1"
    );
    let referential =
        "select constraint_name, unique_constraint_schema, unique_constraint_name, match_option,
                       update_rule, delete_rule
                       from information_schema.referential_constraints where constraint_name = 'BOUGHT'";
    assert_eq!(db.run(referential).await.body(), "BOUGHT|PUBLIC|PK|FULL|NO ACTION|CASCADE");
}
