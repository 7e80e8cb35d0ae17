//! COPY INTO of JSON files, and of CSV files by the names of their header.

use super::copying::put;
use super::harness::Db;

async fn with(content: &str) -> Db {
    let db = Db::new().await;
    db.run("create table v (c variant)").await;
    db.run("create table t (id int, at timestamp_ntz, note varchar, tags array)").await;
    db.run("create stage st file_format = (type = json)").await;
    put(&db, "@st", "a.json", content.as_bytes()).await;
    db
}

const BY_NAME: &str = "match_by_column_name = case_insensitive";

#[tokio::test]
async fn each_value_is_a_row_and_an_outer_array_may_be_taken_off() {
    let db = with("{\"b\": 1,\n \"a\": [true, null]}\n\n{\"a\": \"x\"} 5\n").await;
    let loaded = db.run("copy into v from @st").await;
    assert_eq!(loaded.rows[0][1..4], ["LOADED", "3", "3"]);
    assert_eq!(db.run("select c from v").await.body(), "{\"a\":[true,null],\"b\":1}; {\"a\":\"x\"}; 5");
    let db = with("[{\"a\": 1}, {\"a\": null},\n{\"a\": [null, 2]}]").await;
    db.run("copy into v from @st").await;
    assert_eq!(db.run("select count(*) from v").await.body(), "1");
    db.run("truncate table v").await;
    db.run(
        "copy into v from @st file_format = (type = json strip_outer_array = true strip_null_values = true)",
    )
    .await;
    assert_eq!(db.run("select c from v").await.body(), "{\"a\":1}; {}; {\"a\":[2]}");
}

#[tokio::test]
async fn members_go_into_columns_of_their_name() {
    let db = with(
        "{\"ID\": 1, \"at\": \"02.01.2024 03:04\", \"note\": \"  blank \", \"tags\": [\"x\"]}\n{\"id\": \"2\", \"note\": \"none\", \"more\": 1}\n{\"note\": {\"k\": 1}, \"tags\": null}",
    )
    .await;
    let format = "file_format = (type = json trim_space = true null_if = ('none') timestamp_format = 'DD.MM.YYYY HH24:MI')";
    db.run(&format!("copy into t from @st {format} {BY_NAME}")).await;
    assert_eq!(
        db.run("select * from t").await.body(),
        "1|2024-01-02 03:04:00.000000000|blank|[\"x\"]; NULL|NULL|NULL|NULL; NULL|NULL|{\"k\":1}|NULL"
    );
    let error = db.fail("copy into t from @st").await;
    assert_eq!((error.code, error.sql_state), ("002019", "0A000"));
    assert!(error.message.contains("JSON file format can produce one and only one column"));
}

#[tokio::test]
async fn records_that_are_no_json_are_told_by_line_and_character() {
    let db = with("{\"a\": 1}\n{\"a\": oops}\n{\"a\": 1, \"a\": 2}\n{\"a\": 3}\n").await;
    let error = db.fail("copy into v from @st").await;
    assert_eq!(error.code, "100069");
    assert!(error.message.starts_with("Error parsing JSON: "), "{}", error.message);
    assert!(error.message.contains("File 'a.json', line 2, character 7\n  Row 2"), "{}", error.message);
    let rejected = db.run("copy into v from @st validation_mode = return_errors").await;
    assert_eq!(rejected.rows.len(), 2);
    assert_eq!(rejected.rows[0][5..7], ["parsing", "100069"]);
    assert_eq!(rejected.rows[0][11], "{\"a\": oops}");
    assert!(rejected.rows[1][0].contains("duplicate object attribute \"a\""), "{}", rejected.rows[1][0]);
    assert_eq!(
        db.run("copy into v from @st on_error = continue").await.rows[0][1..6],
        ["PARTIALLY_LOADED", "4", "2", "4", "2"]
    );
    assert_eq!(db.run("select c from v").await.body(), "{\"a\":1}; {\"a\":3}");
    let twice = db.run("copy into v from @st on_error = continue force = true file_format = (type = json allow_duplicate = true)").await;
    assert_eq!(twice.rows[0][3], "3");
    let refused = db.fail("copy into v from @st file_format = (type = json enable_octal = true)").await;
    assert!(refused.message.starts_with("not simulated: ENABLE_OCTAL"), "{}", refused.message);
}

#[tokio::test]
async fn members_that_do_not_fit_are_told() {
    let db = with("{\"id\": 1}\n\n  {\"id\": \"x\",\n \"note\": \"n\"}\n{\"id\": 3}").await;
    let error = db.fail(&format!("copy into t from @st {BY_NAME}")).await;
    assert_eq!(error.code, "100038");
    assert!(
        error.message.contains("line 3, character 1\n  Row 2, column \"T\"[\"ID\":1]"),
        "{}",
        error.message
    );
    let rejected = db.run(&format!("copy into t from @st {BY_NAME} validation_mode = return_errors")).await;
    assert_eq!(rejected.rows[0][11], "{\"id\": \"x\",\n \"note\": \"n\"}");
    db.run(&format!("copy into t from @st {BY_NAME} on_error = skip_file_2")).await;
    assert_eq!(db.run("select id from t order by id").await.body(), "1; 3");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_replaced_on_request() {
    let db = with("").await;
    put(&db, "@st", "b.json", b"{\"a\": \"x\xff\"}").await;
    assert_eq!(db.fail("copy into v from @st").await.code, "100144");
    db.run("copy into v from @st file_format = (type = json ignore_utf8_errors = true)").await;
    assert_eq!(db.run("select c:a::varchar from v").await.body(), "x\u{fffd}");
}

#[tokio::test]
async fn fields_of_csv_go_into_columns_of_the_headers_names() {
    let db = with("").await;
    put(&db, "@st/csv", "a.csv", b"note,Other, ID \nhello,1,7\n\"a,b\",2,8\nshort\n").await;
    let format = "file_format = (type = csv parse_header = true field_optionally_enclosed_by = '\"')";
    let loaded = db.run(&format!("copy into t from @st/csv {format} {BY_NAME} on_error = continue")).await;
    assert_eq!(loaded.rows[0][1..6], ["PARTIALLY_LOADED", "3", "2", "3", "1"]);
    assert!(loaded.rows[0][6].starts_with("Number of columns in file (1)"), "{}", loaded.rows[0][6]);
    assert_eq!(db.run("select id, note from t").await.body(), "7|hello; 8|a,b");
    let headless = format!("copy into t from @st/csv file_format = (type = csv) {BY_NAME}");
    assert_eq!(db.fail(&headless).await.code, "001044");
    assert_eq!(
        db.fail("copy into t from @st file_format = (type = csv parse_header = true skip_header = 1)")
            .await
            .code,
        "001044"
    );
}
