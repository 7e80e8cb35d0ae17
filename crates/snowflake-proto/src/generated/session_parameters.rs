//! Session parameters, from fixtures/catalog/session_parameters.toml.
//!
//! Written by `cargo xtask codegen`: edit the catalogue instead.

use std::borrow::Cow;

use crate::parameter::{Parameter, ParameterValue};

/// Every session parameter that a login answer carries and that clients look at, in the order of the names.
pub static PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "ABORT_DETACHED_QUERY",
        default: ParameterValue::Boolean(false),
        client: false,
        doc: "whether running statements stop when their client has been silent for five minutes",
    },
    Parameter {
        name: "AUTOCOMMIT",
        default: ParameterValue::Boolean(true),
        client: false,
        doc: "whether each statement outside an explicit transaction commits on its own",
    },
    Parameter {
        name: "BINARY_INPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("HEX")),
        client: false,
        doc: "how text is read as BINARY: HEX, BASE64 or UTF-8",
    },
    Parameter {
        name: "BINARY_OUTPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("HEX")),
        client: false,
        doc: "how BINARY is written as text: HEX or BASE64",
    },
    Parameter {
        name: "CLIENT_DISABLE_INCIDENTS",
        default: ParameterValue::Boolean(true),
        client: true,
        doc: "whether clients keep failures of their own to themselves",
    },
    Parameter {
        name: "CLIENT_MEMORY_LIMIT",
        default: ParameterValue::Integer(1536),
        client: true,
        doc: "how many megabytes a client may hold while it fetches a result",
    },
    Parameter {
        name: "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED",
        default: ParameterValue::Boolean(false),
        client: true,
        doc: "whether clients report to an address outside Snowflake",
    },
    Parameter {
        name: "CLIENT_PREFETCH_THREADS",
        default: ParameterValue::Integer(4),
        client: true,
        doc: "how many chunks of a result a client fetches at once",
    },
    Parameter {
        name: "CLIENT_RESULT_CHUNK_SIZE",
        default: ParameterValue::Integer(160),
        client: true,
        doc: "the largest size of a result chunk in megabytes",
    },
    Parameter {
        name: "CLIENT_RESULT_PREFETCH_SLOTS",
        default: ParameterValue::Integer(2),
        client: true,
        doc: "how many chunks of a result an older client keeps ready",
    },
    Parameter {
        name: "CLIENT_RESULT_PREFETCH_THREADS",
        default: ParameterValue::Integer(1),
        client: true,
        doc: "how many chunks of a result an older client fetches at once",
    },
    Parameter {
        name: "CLIENT_SESSION_KEEP_ALIVE",
        default: ParameterValue::Boolean(false),
        client: true,
        doc: "whether clients keep idle sessions alive with a heartbeat",
    },
    Parameter {
        name: "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY",
        default: ParameterValue::Integer(3600),
        client: true,
        doc: "seconds between two heartbeats, from 900 to 3600",
    },
    Parameter {
        name: "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD",
        default: ParameterValue::Integer(0),
        client: true,
        doc: "from how many values on an array bind goes through a stage; 0 keeps all binds in the request",
    },
    Parameter {
        name: "CLIENT_TELEMETRY_ENABLED",
        default: ParameterValue::Boolean(false),
        client: true,
        doc: "whether clients send telemetry",
    },
    Parameter {
        name: "CLIENT_VALIDATE_DEFAULT_PARAMETERS",
        default: ParameterValue::Boolean(false),
        client: true,
        doc: "whether a login fails when the database, schema, warehouse or role it names does not exist",
    },
    Parameter {
        name: "DATE_INPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("AUTO")),
        client: false,
        doc: "how text is read as DATE",
    },
    Parameter {
        name: "DATE_OUTPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("YYYY-MM-DD")),
        client: false,
        doc: "how DATE is written as text",
    },
    Parameter {
        name: "DOTNET_QUERY_RESULT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("JSON")),
        client: true,
        doc: "format of results for the .NET driver: ARROW, ARROW_FORCE or JSON",
    },
    Parameter {
        name: "ENABLE_STAGE_S3_PRIVATELINK_FOR_US_EAST_1",
        default: ParameterValue::Boolean(false),
        client: true,
        doc: "whether stages of that region are reached through its private link",
    },
    Parameter {
        name: "GO_QUERY_RESULT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("ARROW")),
        client: true,
        doc: "format of results for the Go driver: ARROW, ARROW_FORCE or JSON",
    },
    Parameter {
        name: "JDBC_QUERY_RESULT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("ARROW")),
        client: true,
        doc: "format of results for the JDBC driver: ARROW, ARROW_FORCE or JSON",
    },
    Parameter {
        name: "JS_TREAT_INTEGER_AS_BIGINT",
        default: ParameterValue::Boolean(false),
        client: true,
        doc: "whether the Node driver returns integers as BigInt",
    },
    Parameter {
        name: "LOCK_TIMEOUT",
        default: ParameterValue::Integer(43200),
        client: false,
        doc: "how many seconds a statement waits for a lock",
    },
    Parameter {
        name: "MULTI_STATEMENT_COUNT",
        default: ParameterValue::Integer(1),
        client: false,
        doc: "how many statements one text may hold; 0 allows any number",
    },
    Parameter {
        name: "ODBC_QUERY_RESULT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("ARROW")),
        client: true,
        doc: "format of results for the ODBC driver: ARROW, ARROW_FORCE or JSON",
    },
    Parameter {
        name: "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("ARROW")),
        client: true,
        doc: "format of results for the Python connector: ARROW, ARROW_FORCE or JSON",
    },
    Parameter {
        name: "QUERY_CONTEXT_CACHE_SIZE",
        default: ParameterValue::Integer(5),
        client: true,
        doc: "how many entries a client keeps of the query context",
    },
    Parameter {
        name: "QUERY_TAG",
        default: ParameterValue::Text(Cow::Borrowed("")),
        client: false,
        doc: "a text that is kept with each statement in the query history",
    },
    Parameter {
        name: "ROWS_PER_RESULTSET",
        default: ParameterValue::Integer(0),
        client: false,
        doc: "the largest number of rows of a result; 0 sets no limit",
    },
    Parameter {
        name: "SERVICE_NAME",
        default: ParameterValue::Text(Cow::Borrowed("")),
        client: true,
        doc: "the name of the service that answers; clients send it back with each request",
    },
    Parameter {
        name: "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
        default: ParameterValue::Integer(0),
        client: false,
        doc: "how long a statement may queue for its warehouse; 0 sets no limit",
    },
    Parameter {
        name: "STATEMENT_TIMEOUT_IN_SECONDS",
        default: ParameterValue::Integer(172800),
        client: false,
        doc: "how long a statement may run before it is cancelled",
    },
    Parameter {
        name: "TIMESTAMP_INPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("AUTO")),
        client: false,
        doc: "how text is read as a timestamp",
    },
    Parameter {
        name: "TIMESTAMP_LTZ_OUTPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("")),
        client: false,
        doc: "how TIMESTAMP_LTZ is written as text; empty stands for TIMESTAMP_OUTPUT_FORMAT",
    },
    Parameter {
        name: "TIMESTAMP_NTZ_OUTPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("YYYY-MM-DD HH24:MI:SS.FF3")),
        client: false,
        doc: "how TIMESTAMP_NTZ is written as text",
    },
    Parameter {
        name: "TIMESTAMP_OUTPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM")),
        client: false,
        doc: "how timestamps without a format of their own are written as text",
    },
    Parameter {
        name: "TIMESTAMP_TYPE_MAPPING",
        default: ParameterValue::Text(Cow::Borrowed("TIMESTAMP_NTZ")),
        client: false,
        doc: "which type TIMESTAMP stands for",
    },
    Parameter {
        name: "TIMESTAMP_TZ_OUTPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("")),
        client: false,
        doc: "how TIMESTAMP_TZ is written as text; empty stands for TIMESTAMP_OUTPUT_FORMAT",
    },
    Parameter {
        name: "TIMEZONE",
        default: ParameterValue::Text(Cow::Borrowed("America/Los_Angeles")),
        client: false,
        doc: "the time zone that TIMESTAMP_LTZ is shown in, by its IANA name",
    },
    Parameter {
        name: "TIME_INPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("AUTO")),
        client: false,
        doc: "how text is read as TIME",
    },
    Parameter {
        name: "TIME_OUTPUT_FORMAT",
        default: ParameterValue::Text(Cow::Borrowed("HH24:MI:SS")),
        client: false,
        doc: "how TIME is written as text",
    },
    Parameter {
        name: "TRANSACTION_ABORT_ON_ERROR",
        default: ParameterValue::Boolean(false),
        client: false,
        doc: "whether an error inside a transaction rolls it back",
    },
    Parameter {
        name: "TRANSACTION_DEFAULT_ISOLATION_LEVEL",
        default: ParameterValue::Text(Cow::Borrowed("READ COMMITTED")),
        client: false,
        doc: "how far transactions see each other",
    },
    Parameter {
        name: "TWO_DIGIT_CENTURY_START",
        default: ParameterValue::Integer(1970),
        client: false,
        doc: "the first year that a two-digit year stands for",
    },
    Parameter {
        name: "USE_CACHED_RESULT",
        default: ParameterValue::Boolean(true),
        client: false,
        doc: "whether the result of the same statement may be used again",
    },
    Parameter {
        name: "WEEK_OF_YEAR_POLICY",
        default: ParameterValue::Integer(0),
        client: false,
        doc: "0: weeks after ISO 8601; 1: week 1 holds January 1st",
    },
    Parameter {
        name: "WEEK_START",
        default: ParameterValue::Integer(0),
        client: false,
        doc: "the first day of a week: 0 as ISO, 1 Monday to 7 Sunday",
    },
];
