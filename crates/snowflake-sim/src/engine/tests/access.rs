//! Roles, users and grants, and what a role may do without them.

use super::harness::{Db, Table, execute};
use crate::engine::{EngineSession, SqlError, Statement};

/// Somebody with the role ANALYST, which has no privileges.
struct Analyst {
    db: Db,
    session: EngineSession,
}

impl Analyst {
    async fn new() -> Self {
        let db = Db::new().await;
        db.run("create table t (a int, b int)").await;
        db.run("insert into t values (1, 2)").await;
        db.engine.ensure_user("BOB", Some("ANALYST"));
        let session = db.engine.open_session("BOB", 43);
        Self { db, session }
    }

    /// An analyst who may go into the schema DB.PUBLIC.
    async fn inside() -> Self {
        let analyst = Self::new().await;
        for sql in ["database db", "schema db.public"] {
            analyst.db.run(&format!("grant usage on {sql} to role analyst")).await;
        }
        analyst.run("use schema db.public").await;
        analyst
    }

    async fn try_run(&self, sql: &str) -> Result<Table, SqlError> {
        execute(&self.session, Statement { sql: sql.to_owned(), ..Statement::default() }).await
    }

    async fn run(&self, sql: &str) -> Table {
        match self.try_run(sql).await {
            Ok(table) => table,
            Err(error) => panic!("{sql}: {} {}", error.code, error.message),
        }
    }

    async fn fail(&self, sql: &str) -> (&'static str, String) {
        match self.try_run(sql).await {
            Ok(table) => panic!("{sql} answered {}", table.body()),
            Err(error) => (error.code, error.message.lines().last().unwrap_or_default().to_owned()),
        }
    }

    async fn insufficient(&self, sql: &str, object: &str) {
        let message = format!("Insufficient privileges to operate on {object}");
        assert_eq!(self.fail(sql).await, ("003001", message), "{sql}");
    }

    async fn missing(&self, sql: &str, object: &str) {
        let message = format!("{object} does not exist or not authorized.");
        assert_eq!(self.fail(sql).await, ("002003", message), "{sql}");
    }
}

#[tokio::test]
async fn h10_a_role_finds_its_way_to_a_table_one_grant_at_a_time() {
    let bob = Analyst::new().await;
    let query = "select * from db.public.t";
    bob.missing(query, "Database 'DB'").await;
    bob.db.run("grant usage on database db to role analyst").await;
    bob.missing(query, "Schema 'DB.PUBLIC'").await;
    bob.db.run("grant usage on schema db.public to analyst").await;
    bob.missing(query, "Object 'DB.PUBLIC.T'").await;
    bob.db.run("grant insert on table t to role analyst").await;
    bob.insufficient(query, "table 'T'").await;
    bob.db.run("grant select on table t to role analyst").await;
    assert_eq!(bob.run(query).await.body(), "1|2");
    bob.db.run("revoke select, insert on table t from role analyst").await;
    bob.missing(query, "Object 'DB.PUBLIC.T'").await;
    bob.missing("describe table db.public.t", "Table 'DB.PUBLIC.T'").await;
}

#[tokio::test]
async fn rows_are_changed_only_with_the_privilege_for_it() {
    let bob = Analyst::inside().await;
    let statements = [
        ("insert into t values (3, 4)", "insert"),
        ("update t set b = 5 where a = 3", "update"),
        ("delete from t where a = 3", "delete"),
        ("merge into t using (select 9 x) s on a = s.x when not matched then insert values (9, 9)", "insert"),
        ("truncate table t", "truncate"),
    ];
    for (sql, privilege) in statements {
        bob.missing(sql, "Table 'DB.PUBLIC.T'").await;
        bob.db.run("grant references on table t to role analyst").await;
        bob.insufficient(sql, "table 'T'").await;
        bob.db.run(&format!("grant {privilege} on table t to role analyst")).await;
        bob.run(sql).await;
        bob.db.run("revoke all on table t from role analyst").await;
    }
    // The session's own tables need no privilege.
    bob.run("create temporary table mine (a int)").await;
    bob.run("insert into mine values (1)").await;
    assert_eq!(bob.run("select * from mine").await.body(), "1");
    bob.run("drop table mine").await;
}

#[tokio::test]
async fn who_makes_an_object_owns_it_and_may_grant_it_on() {
    let bob = Analyst::inside().await;
    bob.insufficient("create table u (a int)", "schema 'PUBLIC'").await;
    bob.db.run("grant create table on schema public to role analyst").await;
    bob.run("create table u (a int)").await;
    bob.run("insert into u values (7)").await;
    bob.run("alter table u add column b int").await;
    bob.db.run("create role reader").await;
    bob.run("grant select on table u to role reader").await;
    assert_eq!(
        bob.run("show grants on table u").await.rows.iter().map(|row| row[1..].join("|")).collect::<Vec<_>>(),
        [
            "OWNERSHIP|TABLE|DB.PUBLIC.U|ROLE|ANALYST|true|ANALYST",
            "SELECT|TABLE|DB.PUBLIC.U|ROLE|READER|false|ANALYST"
        ]
    );
    bob.missing("drop table t", "Table 'DB.PUBLIC.T'").await;
    bob.db.run("grant select on table t to role analyst").await;
    bob.insufficient("drop table t", "table 'T'").await;
    bob.insufficient("alter table t add column c int", "table 'T'").await;
    bob.insufficient("create or replace table t (x int)", "table 'T'").await;
    bob.insufficient("grant select on table t to role reader", "table 'T'").await;
    bob.db.run("grant ownership on table u to role reader").await;
    bob.missing("drop table u", "Table 'DB.PUBLIC.U'").await;
    // Whoever makes a table anew starts without the grants of the old one.
    bob.db.run("create or replace table t (a int)").await;
    assert_eq!(bob.db.run("show grants on table t").await.rows.len(), 1);
    bob.db.run("drop table t").await;
    bob.db.run("create table t (a int)").await;
    bob.missing("select * from t", "Object 'T'").await;
}

#[tokio::test]
async fn a_view_reads_with_the_rights_of_its_owner() {
    let bob = Analyst::inside().await;
    bob.db.run("create view v as select a from t").await;
    bob.missing("select * from v", "Object 'V'").await;
    bob.db.run("grant select on view v to role analyst").await;
    assert_eq!(bob.run("select * from v").await.body(), "1");
    bob.missing("select * from t", "Object 'T'").await;
}

#[tokio::test]
async fn privileges_are_inherited_through_roles() {
    let bob = Analyst::inside().await;
    bob.db.run("create role reader comment = 'reads'").await;
    bob.db.run("grant select on all tables in schema public to role reader").await;
    bob.missing("select * from t", "Object 'T'").await;
    assert_eq!(bob.fail("use role reader").await.0, "003013");
    bob.db.run("grant role reader to role analyst").await;
    assert_eq!(bob.run("select * from t").await.body(), "1|2");
    bob.run("use role reader").await;
    assert_eq!(bob.run("select current_role()").await.body(), "READER");
    assert_eq!(
        bob.run("select current_available_roles()").await.body(),
        "[\"ANALYST\",\"PUBLIC\",\"READER\"]"
    );
    assert_eq!(bob.fail("use role sysadmin").await.0, "003013");
    assert_eq!(bob.fail("use role nope").await.0, "002043");
    bob.db.run("revoke role reader from role analyst").await;
    bob.db.run("grant role reader to user bob").await;
    let members = bob.db.run("show grants of role reader").await;
    assert_eq!(members.rows[0][1..], ["READER", "USER", "BOB", "ACCOUNTADMIN"]);
    let shown = bob.db.run("show roles like 'reader'").await;
    assert_eq!(shown.rows[0][1..], ["READER", "N", "N", "N", "1", "0", "0", "ACCOUNTADMIN", "reads"]);
    let own = bob.run("show grants to user bob").await;
    assert_eq!(own.names(), ["created_on", "role", "granted_to", "grantee_name", "granted_by"]);
    assert_eq!(own.rows.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), ["ANALYST", "READER"]);
}

#[tokio::test]
async fn grants_on_objects_to_come_are_made_when_they_come() {
    let bob = Analyst::inside().await;
    bob.db.run("grant select on future tables in database db to role analyst").await;
    bob.db.run("create table later (a int)").await;
    assert_eq!(bob.run("select * from later").await.rows.len(), 0);
    bob.missing("select * from t", "Object 'T'").await;
    let shown = bob.db.run("show future grants in database db").await;
    assert_eq!(shown.rows[0][1..], ["SELECT", "TABLE", "DB.<TABLE>", "ROLE", "ANALYST", "false"]);
    // Those of the schema go before those of the database.
    bob.db.run("grant insert on future tables in schema db.public to role analyst").await;
    bob.db.run("create table latest (a int)").await;
    bob.insufficient("select * from latest", "table 'LATEST'").await;
    bob.db.run("revoke select on future tables in database db from role analyst").await;
    assert_eq!(bob.db.run("show future grants in database db").await.rows.len(), 0);
}

#[tokio::test]
async fn h10_a_warehouse_is_used_operated_and_changed_by_privilege() {
    let bob = Analyst::inside().await;
    assert_eq!(bob.fail("use warehouse wh").await.0, "002043");
    assert_eq!(bob.run("show warehouses").await.rows.len(), 0);
    bob.missing("alter warehouse wh suspend", "Warehouse 'WH'").await;
    bob.db.run("grant select on table t to role analyst").await;
    bob.db.run("grant usage on warehouse wh to role analyst").await;
    bob.run("use warehouse wh").await;
    bob.insufficient("alter warehouse wh suspend", "warehouse 'WH'").await;
    bob.db.run("grant operate on warehouse wh to role analyst").await;
    bob.run("alter warehouse wh suspend").await;
    bob.insufficient("alter warehouse wh set warehouse_size = small", "warehouse 'WH'").await;
    bob.insufficient("drop warehouse wh", "warehouse 'WH'").await;
    bob.insufficient("create warehouse other", "account").await;
    let statement = Statement { sql: "select * from t".to_owned(), ..Statement::default() };
    let admit = || bob.db.engine.admit(&bob.session, &statement);
    assert!(admit().await.unwrap().warehouse.is_some());
    bob.db.run("revoke usage on warehouse wh from role analyst").await;
    assert_eq!(admit().await.unwrap_err().code, "000606");
    // Another name changes no privilege.
    bob.db.run("alter warehouse wh rename to \"our wh\"").await;
    bob.run("alter warehouse \"our wh\" suspend").await;
    let shown = bob.db.run("show grants to role analyst").await;
    assert!(shown.rows.iter().any(|row| row[1..4] == ["OPERATE", "WAREHOUSE", "\"our wh\""]));
}

#[tokio::test]
async fn h07_account_usage_needs_imported_privileges_or_a_role_of_the_database() {
    let bob = Analyst::new().await;
    let may = || bob.db.engine.may_read_account_usage("ANALYST");
    assert!(bob.db.engine.may_read_account_usage("ACCOUNTADMIN"));
    assert!(!bob.db.engine.may_read_account_usage("SYSADMIN"));
    assert!(!may());
    bob.db.run("grant imported privileges on database snowflake to role analyst").await;
    assert!(may());
    bob.db.run("revoke imported privileges on database snowflake from role analyst").await;
    assert!(!may());
    bob.db.run("grant database role snowflake.usage_viewer to role analyst").await;
    assert!(may());
    bob.missing("grant imported privileges on database snowflake to role public", "Database 'SNOWFLAKE'")
        .await;
}

#[tokio::test]
async fn users_are_made_changed_and_dropped() {
    let bob = Analyst::new().await;
    let db = &bob.db;
    db.run("create user carol password = 'pw' default_role = analyst default_warehouse = wh email = 'c@x'")
        .await;
    let shown = db.run("show users like 'carol'").await;
    let cell =
        |name: &str| shown.rows[0][shown.names().iter().position(|column| *column == name).unwrap()].clone();
    assert_eq!(
        ["name", "login_name", "email", "default_role", "default_warehouse", "has_password", "owner"]
            .map(cell),
        ["CAROL", "CAROL", "c@x", "ANALYST", "WH", "true", "ACCOUNTADMIN"].map(str::to_owned)
    );
    let password = |text: &str| db.engine.authenticate("carol", &text.into());
    assert_eq!((password("pw"), password("other")), (Some("CAROL".to_owned()), None));
    // A default role that is not granted is not taken.
    let session = db.engine.open_session("CAROL", 44);
    assert_eq!(session.context().role.as_deref(), Some("PUBLIC"));
    db.run("grant role analyst to user carol").await;
    let session = db.engine.open_session("CAROL", 44);
    assert_eq!(session.context().role.as_deref(), Some("ANALYST"));
    db.run("alter user carol set disabled = true").await;
    assert!(!db.engine.may_log_in("CAROL"));
    assert_eq!(db.fail("alter user carol set colour = 'red'").await.code, "001420");
    assert_eq!(db.fail("create user carol").await.code, "002002");
    db.run("create user if not exists carol").await;
    db.run("drop user carol").await;
    assert_eq!(db.fail("drop user carol").await.code, "002003");
    db.run("drop user if exists carol").await;
    bob.insufficient("create user dave", "account").await;
    bob.insufficient("create role boss", "account").await;
    bob.insufficient("grant role accountadmin to user bob", "role 'ACCOUNTADMIN'").await;
    assert_eq!(db.fail("drop role accountadmin").await.code, "003001");
    db.run("drop role analyst").await;
    assert_eq!(db.run("show grants to user bob").await.rows.len(), 0);
}

#[tokio::test]
async fn what_cannot_be_granted_is_refused() {
    let bob = Analyst::new().await;
    for (sql, code) in [
        ("grant select on warehouse wh to role analyst", "001003"),
        ("grant usage on warehouse nope to role analyst", "002003"),
        ("grant usage on warehouse wh to role nope", "002003"),
        ("grant role nope to role analyst", "002003"),
        ("grant select on all tables in warehouse wh to role analyst", "001003"),
        ("grant usage on", "001003"),
        ("revoke select on table nope from role analyst", "002003"),
        ("show grants on table nope", "002003"),
        ("show grants to role nope", "002003"),
    ] {
        assert_eq!(bob.db.fail(sql).await.code, code, "{sql}");
    }
}
