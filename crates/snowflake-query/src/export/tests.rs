//! What is written can be read back, by others than us.

use std::sync::Arc;

use snowflake_proto::{ArrowOptions, Column, DataType, ResultSchema};
use snowflake_sim::SeededEntropy;

use super::{CsvHeader, CsvOptions, Export};
use crate::error::ErrorKind;
use crate::result::{Columns, Rows};

/// All rows of JSON cells.
fn rows(columns: Vec<Column>, cells: &[&[Option<&str>]]) -> Rows {
    let schema = ResultSchema::new(columns.clone(), ArrowOptions::default()).unwrap();
    let rowset: Vec<Vec<Option<String>>> =
        cells.iter().map(|row| row.iter().map(|cell| cell.map(str::to_owned)).collect()).collect();
    let batch = schema.decode_json_rows(&rowset).unwrap();
    Rows::new(schema, Arc::new(Columns::new(columns)), vec![batch], Arc::new(SeededEntropy::new(3))).unwrap()
}

fn column(name: &str, data_type: DataType) -> Column {
    Column::new(name, data_type, true)
}

fn texts(names: &[&str]) -> Vec<Column> {
    names.iter().map(|name| column(name, DataType::Text { length: 100 })).collect()
}

/// One column of each kind.
fn kinds() -> Vec<Column> {
    vec![
        column("N", DataType::Number { precision: 10, scale: 0 }),
        column("D", DataType::Number { precision: 38, scale: 2 }),
        column("F", DataType::Float),
        column("T", DataType::Text { length: 100 }),
        column("B", DataType::Boolean),
        column("DAY", DataType::Date),
        column("CLOCK", DataType::Time { scale: 9 }),
        column("NTZ", DataType::TimestampNtz { scale: 9 }),
        column("LTZ", DataType::TimestampLtz { scale: 6 }),
        column("TZ", DataType::TimestampTz { scale: 9 }),
        column("BIN", DataType::Binary { length: 8 }),
        column("V", DataType::Variant),
    ]
}

const FULL: [Option<&str>; 12] = [
    Some("-7"),
    Some("123456789012345678901234567890123456.78"),
    Some("0.1"),
    Some("say \"hi\",\nthere"),
    Some("1"),
    Some("19782"),
    Some("3661.500000000"),
    Some("-0.000000001"),
    Some("1.500000"),
    Some("0.000000000 1500"),
    Some("00FF"),
    Some("{\n  \"a\": [1, \"x\"]\n}"),
];
const NULLS: [Option<&str>; 12] = [None; 12];

async fn write(rows: &Rows, export: &Export) -> Vec<u8> {
    let mut out = Vec::new();
    let written = rows.write_to(&mut out, export).await.unwrap();
    assert_eq!((written.rows, written.bytes), (rows.len() as u64, out.len() as u64));
    out
}

async fn text(rows: &Rows, export: &Export) -> String {
    String::from_utf8(write(rows, export).await).unwrap()
}

#[tokio::test]
async fn csv_of_every_kind() {
    let text = text(&rows(kinds(), &[&FULL, &NULLS]), &Export::csv()).await;
    let expected = "N,D,F,T,B,DAY,CLOCK,NTZ,LTZ,TZ,BIN,V\n\
        -7,123456789012345678901234567890123456.78,0.1,\"say \"\"hi\"\",\nthere\",true,2024-02-29,01:01:01.5,\
        1969-12-31T23:59:59.999999999,1970-01-01T00:00:01.5Z,1970-01-01T01:00:00+01:00,00FF,\
        \"{\n  \"\"a\"\": [1, \"\"x\"\"]\n}\"\n\
        ,,,,,,,,,,,\n";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn csv_is_read_back_by_another_reader() {
    let names = ["A", "with, comma", "with \"quote\""];
    let cells: [&[Option<&str>]; 4] = [
        &[Some("plain"), Some("a;b"), Some("a,b")],
        &[Some(" spaced "), Some("line\r\nend"), Some("\"")],
        &[None, Some("é😀"), Some("tab\t")],
        &[Some("NULL"), Some("\\"), Some("x")],
    ];
    let rows = rows(texts(&names), &cells);
    let options = CsvOptions::default().with_delimiter(';').with_null("NULL");
    let out = write(&rows, &options.into()).await;
    let read = arrow_csv::ReaderBuilder::new(Arc::clone(rows.schema()))
        .with_header(true)
        .with_delimiter(b';')
        .build(out.as_slice())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let header = std::str::from_utf8(&out).unwrap().lines().next().unwrap();
    assert_eq!(header, "A;with, comma;\"with \"\"quote\"\"\"");
    for (column, array) in read.columns().iter().enumerate() {
        let array = arrow_array::cast::AsArray::as_string::<i32>(array);
        for (row, cells) in cells.iter().enumerate() {
            // That reader does not tell NULL from text; the quotes are looked at below.
            assert_eq!(array.value(row), cells[column].unwrap_or("NULL"));
        }
    }
    assert!(std::str::from_utf8(&out).unwrap().contains("\nNULL;é😀;tab\t\n\"NULL\";\\;x\n"));
}

#[tokio::test]
async fn csv_tells_null_from_the_empty_text_and_can_leave_out_the_header() {
    let rows = rows(texts(&["A", "B"]), &[&[Some(""), None]]);
    let bare = CsvOptions::default().with_header(CsvHeader::Omitted);
    assert_eq!(text(&rows, &bare.clone().into()).await, "\"\",\n");
    assert_eq!(text(&rows, &bare.with_null("\\N").into()).await, ",\\N\n");
}

#[tokio::test]
async fn csv_options_that_cannot_be_read_back_are_refused() {
    let rows = rows(texts(&["A"]), &[]);
    for options in [
        CsvOptions::default().with_delimiter('"'),
        CsvOptions::default().with_delimiter('\n'),
        CsvOptions::default().with_null("a,b"),
        CsvOptions::default().with_null("\""),
    ] {
        let error = rows.write_to(&mut Vec::new(), &options.into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
}

#[tokio::test]
async fn json_lines_of_every_kind() {
    let mut special = NULLS;
    special[2] = Some("NaN");
    special[3] = Some("\u{1}\t\\é");
    special[11] = Some("undefined");
    let text = text(&rows(kinds(), &[&FULL, &NULLS, &special]), &Export::json_lines()).await;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        lines[0],
        r#"{"N":-7,"D":123456789012345678901234567890123456.78,"F":0.1,"T":"say \"hi\",\nthere","B":true,"DAY":"2024-02-29","CLOCK":"01:01:01.5","NTZ":"1969-12-31T23:59:59.999999999","LTZ":"1970-01-01T00:00:01.5Z","TZ":"1970-01-01T01:00:00+01:00","BIN":"00FF","V":{   "a": [1, "x"] }}"#
    );
    let objects: Vec<serde_json::Value> =
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(objects[1].as_object().unwrap().values().all(serde_json::Value::is_null));
    assert_eq!(objects[2]["F"], "NaN");
    assert_eq!(objects[2]["T"], "\u{1}\t\\é");
    assert!(objects[2]["V"].is_null());
}

#[tokio::test]
async fn v13_json_lines_refuse_two_columns_of_one_name() {
    let rows = rows(texts(&["A", "B", "A"]), &[]);
    let error = rows.write_to(&mut Vec::new(), &Export::json_lines()).await.unwrap_err();
    assert_eq!(error.column(), Some("A"));
}

#[tokio::test]
async fn a_result_without_rows_is_a_valid_file() {
    let rows = rows(kinds(), &[]);
    assert_eq!(text(&rows, &Export::csv()).await.lines().count(), 1);
    assert_eq!(text(&rows, &Export::json_lines()).await, "");
}

#[tokio::test]
async fn a_file_appears_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    let names = || {
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>()
    };
    let whole = rows(texts(&["A"]), &[&[Some("1")]]);
    whole.write_file(&path, &Export::csv()).await.unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "A\n1\n");
    assert_eq!(names(), ["out.csv"]);
    // Fails while it is written: the file that was there stays, and nothing is left beside it.
    let twice = rows(texts(&["A", "A"]), &[&[Some("1"), None]]);
    assert!(twice.write_file(&path, &Export::json_lines()).await.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "A\n1\n");
    assert_eq!(names(), ["out.csv"]);
    let error = whole.write_file(folder.path().join("no/folder.csv"), &Export::csv()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[tokio::test]
async fn a_write_that_is_given_up_leaves_nothing_behind() {
    use futures::FutureExt;

    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("given up.csv");
    let (unfinished, file) =
        super::file::Unfinished::create(&name, Arc::new(SeededEntropy::new(1))).await.unwrap();
    let beside = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().file_name();
    let beside = beside.into_string().unwrap();
    assert!(beside.starts_with(".given up.csv.") && beside.ends_with(".part"), "{beside}");
    drop((file, unfinished));
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
    let rows = rows(texts(&["A"]), &[&[Some("1")]]);
    // Dropped while it waits for the disk.
    assert!(rows.write_file(&name, &Export::csv()).now_or_never().is_none());
    assert!(!name.exists());
    let error = rows.write_file(folder.path().join(".."), &Export::csv()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[cfg(feature = "parquet")]
mod parquet {
    use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{
        Date32Type, Decimal128Type, Float64Type, Time64NanosecondType, TimestampMicrosecondType,
        TimestampNanosecondType,
    };
    use arrow_array::{Array, RecordBatch, RecordBatchReader};
    use arrow_schema::{DataType as ArrowType, TimeUnit};

    use super::{DataType, ErrorKind, Export, FULL, NULLS, column, kinds, rows, write};
    use crate::{ParquetOptions, ParquetTimestamps};

    async fn round_trip(rows: &crate::Rows, export: &Export) -> RecordBatch {
        let out = write(rows, export).await;
        let reader =
            ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(out)).unwrap().build().unwrap();
        let schema = reader.schema();
        let batches: Vec<_> = reader.map(Result::unwrap).collect();
        batches.into_iter().next().unwrap_or_else(|| RecordBatch::new_empty(schema))
    }

    #[tokio::test]
    async fn every_kind_is_read_back() {
        let batch = round_trip(&rows(kinds(), &[&FULL, &NULLS]), &Export::parquet()).await;
        assert_eq!(batch.num_rows(), 2);
        assert!(batch.columns().iter().all(|array| array.is_null(1)));
        let schema = batch.schema();
        let kind = |name| schema.field_with_name(name).unwrap().data_type().clone();
        assert_eq!(kind("N"), ArrowType::Decimal128(10, 0));
        assert_eq!(kind("NTZ"), ArrowType::Timestamp(TimeUnit::Nanosecond, None));
        assert_eq!(kind("LTZ"), ArrowType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
        assert_eq!(schema.field(1).metadata()["SNOWFLAKE:type"], "NUMBER(38,2)");
        let array = |name| batch.column_by_name(name).unwrap();
        assert_eq!(array("N").as_primitive::<Decimal128Type>().value(0), -7);
        assert_eq!(
            array("D").as_primitive::<Decimal128Type>().value(0),
            12_345_678_901_234_567_890_123_456_789_012_345_678
        );
        assert!((array("F").as_primitive::<Float64Type>().value(0) - 0.1).abs() < f64::EPSILON);
        assert_eq!(array("T").as_string::<i32>().value(0), "say \"hi\",\nthere");
        assert!(array("B").as_boolean().value(0));
        assert_eq!(array("DAY").as_primitive::<Date32Type>().value(0), 19_782);
        assert_eq!(array("CLOCK").as_primitive::<Time64NanosecondType>().value(0), 3_661_500_000_000);
        assert_eq!(array("NTZ").as_primitive::<TimestampNanosecondType>().value(0), -1);
        assert_eq!(array("LTZ").as_primitive::<TimestampMicrosecondType>().value(0), 1_500_000);
        assert_eq!(array("TZ").as_primitive::<TimestampNanosecondType>().value(0), 0);
        assert_eq!(array("BIN").as_binary::<i32>().value(0), [0, 255]);
        assert_eq!(array("V").as_string::<i32>().value(0), FULL[11].unwrap());
    }

    #[tokio::test]
    async fn v05_timestamps_beyond_nanoseconds_are_refused_with_advice() {
        let stamps = || vec![column("AT", DataType::TimestampNtz { scale: 9 })];
        let last = rows(stamps(), &[&[Some("253402300799.999999999")]]);
        let error = last.write_to(&mut Vec::new(), &Export::parquet()).await.unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::Conversion, Some("AT")));
        assert!(error.to_string().contains("Microseconds"), "{error}");
        let options = ParquetOptions::default().with_timestamps(ParquetTimestamps::Microseconds);
        let batch = round_trip(&last, &options.into()).await;
        let value = batch.column(0).as_primitive::<TimestampMicrosecondType>().value(0);
        assert_eq!(value, 253_402_300_799_999_999);
        for (text, nanoseconds) in [("-9223372036.854775808", i64::MIN), ("9223372036.854775807", i64::MAX)] {
            let edge = round_trip(&rows(stamps(), &[&[Some(text)]]), &Export::parquet()).await;
            assert_eq!(edge.column(0).as_primitive::<TimestampNanosecondType>().value(0), nanoseconds);
        }
        for beyond in ["-9223372036.854775809", "9223372036.854775808"] {
            assert!(
                rows(stamps(), &[&[Some(beyond)]])
                    .write_to(&mut Vec::new(), &Export::parquet())
                    .await
                    .is_err()
            );
        }
    }

    #[tokio::test]
    async fn a_result_without_rows_is_a_valid_file() {
        let batch = round_trip(&rows(kinds(), &[]), &Export::parquet()).await;
        assert_eq!((batch.num_rows(), batch.num_columns()), (0, 12));
    }

    #[tokio::test]
    async fn many_rows_are_read_back_in_order() {
        let texts: Vec<String> = (0..40_000).map(|id| id.to_string()).collect();
        let cells: Vec<[Option<&str>; 1]> = texts.iter().map(|text| [Some(text.as_str())]).collect();
        let cells: Vec<&[Option<&str>]> = cells.iter().map(<[_; 1]>::as_slice).collect();
        let rows = rows(vec![column("ID", DataType::Number { precision: 10, scale: 0 })], &cells);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ids.parquet");
        let written = rows.write_file(&path, &Export::parquet()).await.unwrap();
        assert_eq!(written.bytes, std::fs::metadata(&path).unwrap().len());
        let file = std::fs::File::open(&path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        let ids = reader
            .flat_map(|batch| batch.unwrap().column(0).as_primitive::<Decimal128Type>().values().to_vec());
        assert!(ids.eq(0..40_000));
    }
}
