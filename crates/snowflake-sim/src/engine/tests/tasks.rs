//! Tasks: made, scheduled, run, shown.

use std::time::Duration;

use super::harness::Db;

const MINUTE: Duration = Duration::from_secs(60);

/// Moves the clock and runs what has come due, as the next statement would.
async fn after(db: &Db, time: Duration) {
    db.clock.advance(time);
    db.engine.run_due_tasks().await;
}

/// The names and states of all runs.
fn runs(db: &Db) -> Vec<String> {
    let told =
        |run: &crate::engine::history::TaskRun| format!("{} {} {}", run.name, run.state, run.scheduled_from);
    db.engine.book().tasks().iter().map(told).collect()
}

async fn count(db: &Db) -> String {
    db.run("select count(*) from t").await.body()
}

#[tokio::test]
async fn h11_a_task_runs_once_for_each_time_that_it_was_due() {
    let db = Db::new().await;
    db.run("create table t (at timestamp_ltz)").await;
    let made = db.run("create task tick warehouse = wh schedule = '10 MINUTES' as insert into t values (current_timestamp())");
    assert_eq!(made.await.body(), "Task TICK successfully created.");
    after(&db, MINUTE * 60).await;
    assert_eq!(count(&db).await, "0", "a new task is suspended");
    db.run("alter task tick resume").await;
    after(&db, MINUTE * 9).await;
    assert_eq!(count(&db).await, "0");
    after(&db, MINUTE * 56).await;
    assert_eq!(count(&db).await, "6");
    assert_eq!(runs(&db), ["TICK SUCCEEDED SCHEDULE"; 6]);
    let times: Vec<_> = db.engine.book().tasks().iter().map(|run| run.scheduled).collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] == MINUTE * 10), "{times:?}");
    db.run("alter task tick suspend").await;
    after(&db, MINUTE * 60).await;
    assert_eq!(count(&db).await, "6");
}

#[tokio::test]
async fn a_task_runs_when_it_is_told_to_where_it_is_at_home() {
    let db = Db::new().await;
    db.run("create table t (who varchar, wh varchar, tag varchar)").await;
    db.run(
        "create task once warehouse = wh query_tag = 'nightly'
         as insert into t select current_user(), current_warehouse(), current_schema()",
    )
    .await;
    db.run("create schema elsewhere").await;
    let told = db.run("execute task public.once").await;
    assert_eq!(told.body(), "Task ONCE is scheduled to run immediately.");
    assert_eq!(db.run("select * from public.t").await.body(), "SYSTEM|WH|PUBLIC");
    assert_eq!(runs(&db), ["ONCE SUCCEEDED EXECUTE TASK"]);
    let run = db.engine.book().tasks().remove(0);
    let entry = db.engine.book().find(run.query_id.as_deref().unwrap()).unwrap();
    assert_eq!((entry.asked.tag.as_str(), entry.status()), ("nightly", "SUCCESS"));
    assert_eq!(db.fail("execute task nope").await.code, "002003");
}

#[tokio::test]
async fn h11_those_after_it_run_when_all_before_them_have_succeeded() {
    let db = Db::new().await;
    db.run("create table t (name varchar)").await;
    let makes =
        |name: &str, how: &str| format!("create task {name} {how} as insert into t values ('{name}')");
    for (name, how) in [
        ("a", "schedule = 'using cron 0 * * * * UTC'"),
        ("b", "after a"),
        ("c", "after a"),
        ("d", "after b, c"),
        ("e", "after d"),
    ] {
        db.run(&makes(name, how)).await;
    }
    for name in ["a", "b", "c", "d"] {
        db.run(&format!("alter task {name} resume")).await;
    }
    after(&db, MINUTE * 30).await;
    assert_eq!(db.run("select listagg(name) from t").await.body(), "abcd");
    db.run("alter task c modify as select 1 / 0").await;
    db.run("execute task a").await;
    assert_eq!(db.run("select listagg(name) from t").await.body(), "abcdab");
    let failed = db.engine.book().tasks().into_iter().find(|run| run.state == "FAILED").unwrap();
    assert_eq!(failed.failure.unwrap().0, "100051");
    let shown = db.run("show tasks root only").await;
    assert_eq!(shown.rows.len(), 1);
    let relations = db.run("describe task d").await;
    assert_eq!(relations.rows[0][9], "[\"DB.PUBLIC.B\",\"DB.PUBLIC.C\"]");
}

#[tokio::test]
async fn a_condition_that_is_false_skips_a_run() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    db.run("create table wanted (a int)").await;
    db.run("create task maybe schedule = '1 minute' when (select count(*) from wanted) > 0 as insert into t values (1)").await;
    db.run("alter task maybe resume").await;
    after(&db, MINUTE).await;
    assert_eq!(runs(&db), ["MAYBE SKIPPED SCHEDULE"]);
    db.run("insert into wanted values (1)").await;
    after(&db, MINUTE).await;
    assert_eq!(runs(&db), ["MAYBE SKIPPED SCHEDULE", "MAYBE SUCCEEDED SCHEDULE"]);
    assert_eq!(count(&db).await, "1");
}

#[tokio::test]
async fn a_task_that_fails_again_and_again_is_suspended() {
    let db = Db::new().await;
    db.run(
        "create task bad schedule = '1 minute' suspend_task_after_num_failures = 3 as select * from nothing",
    )
    .await;
    db.run("alter task bad resume").await;
    after(&db, MINUTE * 10).await;
    assert_eq!(runs(&db).len(), 3);
    let shown = db.run("show tasks").await;
    assert_eq!(
        (shown.rows[0][10].as_str(), shown.rows[0][21].as_str()),
        ("suspended", "SUSPENDED_DUE_TO_ERRORS")
    );
}

#[tokio::test]
async fn tasks_are_shown_changed_and_dropped() {
    let db = Db::new().await;
    db.run("create task one warehouse = wh schedule = '5 minutes' comment = 'first' as select 1").await;
    db.run("create task two after one as select 2").await;
    let shown = db.run("show tasks in schema public").await;
    assert_eq!(
        shown.names().join(" "),
        "created_on name id database_name schema_name owner comment warehouse schedule predecessors state definition \
         condition allow_overlapping_execution error_integration last_committed_on last_suspended_on owner_role_type \
         config budget task_relations last_suspended_reason"
    );
    assert_eq!(
        shown.rows[0][5..12],
        ["ACCOUNTADMIN", "first", "WH", "5 minutes", "[]", "suspended", "select 1"]
    );
    assert_eq!(
        db.run("show terse tasks like 'one'").await.names(),
        ["created_on", "name", "kind", "database_name", "schema_name", "schedule", "state"]
    );
    db.run("alter task one set schedule = 'using cron 0 9 * * * Europe/Berlin' comment = 'x'").await;
    db.run("alter task one unset comment").await;
    let described = db.run("desc task one").await;
    assert_eq!(
        (described.rows[0][6].as_str(), described.rows[0][8].as_str()),
        ("", "using cron 0 9 * * * Europe/Berlin")
    );
    let refused = [
        ("create task one as select 1", "002002"),
        ("create task three schedule = 'now and then' as select 1", "001008"),
        ("create task three schedule = '9 days' as select 1", "001008"),
        ("create task three wharehouse = wh as select 1", "001007"),
        ("create task three after nothing as select 1", "002003"),
        ("create task three", "001003"),
        ("create task three as begin select 1 end", "002040"),
        ("alter task nothing resume", "002003"),
        ("drop task nothing", "002003"),
    ];
    for (sql, code) in refused {
        assert_eq!(db.fail(sql).await.code, code, "{sql}");
    }
    db.run("alter task if exists nothing resume").await;
    db.run("drop task two").await;
    assert_eq!(db.run("show tasks").await.rows.len(), 1);
}
