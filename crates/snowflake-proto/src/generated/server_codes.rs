//! Server codes, from fixtures/catalog/server_codes.toml.
//!
//! Written by `cargo xtask codegen`: edit the catalogue instead.

use crate::code::{Fact, ServerCode};
use crate::recovery::Recovery;

impl ServerCode {
    /// 000008: the text holds another number of statements than announced.
    pub const STATEMENT_COUNT_MISMATCH: Self = Self::known("000008");

    /// 000603: the engine failed while it ran the statement.
    pub const INTERNAL_ERROR: Self = Self::known("000603");

    /// 000604: the statement was cancelled.
    pub const QUERY_CANCELLED: Self = Self::known("000604");

    /// 000605: there is no running statement to cancel.
    pub const QUERY_NOT_EXECUTING: Self = Self::known("000605");

    /// 000606: the session has no warehouse to run the statement on.
    pub const NO_ACTIVE_WAREHOUSE: Self = Self::known("000606");

    /// 000610: the statement waited for has gone.
    pub const CHILD_JOB_NOT_FOUND: Self = Self::known("000610");

    /// 000612: there is no result under this query id.
    pub const RESULT_NOT_FOUND: Self = Self::known("000612");

    /// 000629: the statement ran into its timeout.
    pub const STATEMENT_TIMED_OUT: Self = Self::known("000629");

    /// 000630: the statement ran into its timeout and was cancelled.
    pub const STATEMENT_TIMED_OUT_AND_CANCELLED: Self = Self::known("000630");

    /// 000666: the statement cannot be run in the present context.
    pub const CANNOT_PERFORM: Self = Self::known("000666");

    /// 000707: the result is no longer kept, or belongs to somebody else.
    pub const RESULT_EXPIRED: Self = Self::known("000707");

    /// 000904: a name in the statement stands for no column.
    pub const INVALID_IDENTIFIER: Self = Self::known("000904");

    /// 001003: the statement could not be parsed.
    pub const SYNTAX_ERROR: Self = Self::known("001003");

    /// 001007: an expression has a type that does not fit its place.
    pub const INVALID_TYPE: Self = Self::known("001007");

    /// 001044: a function was called with types it does not take.
    pub const INVALID_ARGUMENT_TYPES: Self = Self::known("001044");

    /// 001104: a selected column is neither grouped nor aggregated.
    pub const NOT_IN_GROUP_BY: Self = Self::known("001104");

    /// 002001: the statement holds a subquery of a kind that cannot be evaluated.
    pub const UNSUPPORTED_SUBQUERY: Self = Self::known("002001");

    /// 002002: an object of this name exists already.
    pub const OBJECT_ALREADY_EXISTS: Self = Self::known("002002");

    /// 002003: the object does not exist, or the role may not see it.
    pub const OBJECT_DOES_NOT_EXIST: Self = Self::known("002003");

    /// 002025: a column is named twice.
    pub const DUPLICATE_COLUMN: Self = Self::known("002025");

    /// 002028: a column name fits more than one table.
    pub const AMBIGUOUS_COLUMN: Self = Self::known("002028");

    /// 002040: the data type is not known.
    pub const UNSUPPORTED_TYPE: Self = Self::known("002040");

    /// 002043: the object does not exist, or the operation cannot be performed on it.
    pub const OBJECT_OR_OPERATION_UNAVAILABLE: Self = Self::known("002043");

    /// 002049: a placeholder has no value, or a value that does not fit.
    pub const BIND_NOT_SET: Self = Self::known("002049");

    /// 002140: there is no function of this name.
    pub const UNKNOWN_FUNCTION: Self = Self::known("002140");

    /// 003001: the role may not do this.
    pub const INSUFFICIENT_PRIVILEGES: Self = Self::known("003001");

    /// 090001: the statement of an SQL API request has been executed.
    pub const SQL_API_DONE: Self = Self::known("090001");

    /// 090105: the statement needs a current database and the session has none.
    pub const NO_CURRENT_DATABASE: Self = Self::known("090105");

    /// 090106: the statement needs a current schema and the session has none.
    pub const NO_CURRENT_SCHEMA: Self = Self::known("090106");

    /// 100035: a text is no timestamp in the expected format.
    pub const TIMESTAMP_NOT_RECOGNISED: Self = Self::known("100035");

    /// 100037: a text is no boolean.
    pub const BOOLEAN_NOT_RECOGNISED: Self = Self::known("100037");

    /// 100038: a text is no number, or one that the target cannot hold.
    pub const NUMBER_NOT_RECOGNISED: Self = Self::known("100038");

    /// 100039: a number does not fit the target's precision and scale.
    pub const NUMBER_OUT_OF_RANGE: Self = Self::known("100039");

    /// 100040: a text is no date in the expected format.
    pub const DATE_NOT_RECOGNISED: Self = Self::known("100040");

    /// 100046: the result of a calculation does not fit a number.
    pub const NUMBER_OVERFLOW: Self = Self::known("100046");

    /// 100051: a division by zero.
    pub const DIVISION_BY_ZERO: Self = Self::known("100051");

    /// 100069: a text is no valid JSON.
    pub const JSON_NOT_RECOGNISED: Self = Self::known("100069");

    /// 100072: a NULL for a column that takes none.
    pub const NULL_NOT_ALLOWED: Self = Self::known("100072");

    /// 100078: a text is longer than its column and would be cut.
    pub const STRING_TOO_LONG: Self = Self::known("100078");

    /// 100132: a number does not fit the type it is turned into.
    pub const NUMBER_OUT_OF_RANGE_OF_TYPE: Self = Self::known("100132");

    /// 200004: the compression of a file is not supported.
    pub const COMPRESSION_NOT_SUPPORTED: Self = Self::known("200004");

    /// 333333: the statement is still running.
    pub const QUERY_IN_PROGRESS: Self = Self::known("333333");

    /// 333334: the statement is still running, on its own.
    pub const QUERY_IN_PROGRESS_ASYNC: Self = Self::known("333334");

    /// 390100: the user name or the password is wrong.
    pub const INCORRECT_CREDENTIALS: Self = Self::known("390100");

    /// 390101: the request carried no authorization.
    pub const AUTHORIZATION_MISSING: Self = Self::known("390101");

    /// 390104: the session token is not valid.
    pub const SESSION_TOKEN_INVALID: Self = Self::known("390104");

    /// 390106: the user is locked for a while after too many failed logins.
    pub const USER_TEMPORARILY_LOCKED: Self = Self::known("390106");

    /// 390110: the cached identity token has expired.
    pub const ID_TOKEN_EXPIRED: Self = Self::known("390110");

    /// 390111: the session no longer exists.
    pub const SESSION_GONE: Self = Self::known("390111");

    /// 390112: the session token has expired.
    pub const SESSION_EXPIRED: Self = Self::known("390112");

    /// 390113: the master token is not known.
    pub const MASTER_TOKEN_NOT_FOUND: Self = Self::known("390113");

    /// 390114: the master token has expired.
    pub const MASTER_TOKEN_EXPIRED: Self = Self::known("390114");

    /// 390115: the master token is not valid.
    pub const MASTER_TOKEN_INVALID: Self = Self::known("390115");

    /// 390120: the second factor was refused.
    pub const EXTERNAL_AUTHENTICATION_DENIED: Self = Self::known("390120");

    /// 390122: the user is not enrolled for the second factor.
    pub const EXTERNAL_AUTHENTICATION_NOT_ENROLLED: Self = Self::known("390122");

    /// 390123: the second factor is locked.
    pub const EXTERNAL_AUTHENTICATION_LOCKED: Self = Self::known("390123");

    /// 390126: nobody answered the request for the second factor.
    pub const EXTERNAL_AUTHENTICATION_TIMED_OUT: Self = Self::known("390126");

    /// 390127: the second factor is not valid.
    pub const EXTERNAL_AUTHENTICATION_INVALID: Self = Self::known("390127");

    /// 390129: the second factor could not be checked.
    pub const EXTERNAL_AUTHENTICATION_FAILED: Self = Self::known("390129");

    /// 390132: push requests are switched off for this user.
    pub const EXTERNAL_AUTHENTICATION_PUSH_DISABLED: Self = Self::known("390132");

    /// 390144: the signed token of a key pair login was refused.
    pub const JWT_INVALID: Self = Self::known("390144");

    /// 390189: the role does not exist, or was not granted to the user.
    pub const ROLE_DOES_NOT_EXIST: Self = Self::known("390189");

    /// 390195: the cached identity token was refused.
    pub const ID_TOKEN_INVALID: Self = Self::known("390195");

    /// 390201: the database, schema or warehouse named at login does not exist, or the role may not see it.
    pub const DEFAULT_OBJECT_DOES_NOT_EXIST: Self = Self::known("390201");

    /// 390303: the OAuth access token was refused.
    pub const OAUTH_TOKEN_INVALID: Self = Self::known("390303");

    /// 390318: the OAuth access token has expired.
    pub const OAUTH_TOKEN_EXPIRED: Self = Self::known("390318");

    /// 390400: the request was not understood; seen when a session is renewed.
    pub const BAD_REQUEST: Self = Self::known("390400");

    /// 390422: a network policy refuses this address.
    pub const IP_NOT_ALLOWED: Self = Self::known("390422");

    /// 391902: the SQL API cannot answer in the format asked for.
    pub const SQL_API_ACCEPT_NOT_SUPPORTED: Self = Self::known("391902");

    /// 391903: the result is too large for the SQL API.
    pub const SQL_API_RESULT_TOO_LARGE: Self = Self::known("391903");

    /// 391908: the partition asked for cannot be had.
    pub const SQL_API_PARTITION_UNAVAILABLE: Self = Self::known("391908");

    /// 391918: the SQL API does not run statements of this type.
    pub const SQL_API_STATEMENT_NOT_SUPPORTED: Self = Self::known("391918");

    /// 391920: too many statements, or too few parameters for them.
    pub const SQL_API_STATEMENT_COUNT: Self = Self::known("391920");

    /// 394300: the signed token of a key pair login is not valid.
    pub const JWT_REFUSED: Self = Self::known("394300");

    /// 394301: the signed token of a key pair login had expired when it arrived.
    pub const JWT_EXPIRED: Self = Self::known("394301");

    /// 394302: the signed token of a key pair login is dated in the future.
    pub const JWT_NOT_YET_VALID: Self = Self::known("394302");

    /// 394303: the expiry of the signed token of a key pair login is out of bounds.
    pub const JWT_BAD_EXPIRATION: Self = Self::known("394303");

    /// 394304: the user has no public key that belongs to the signed token.
    pub const JWT_KEY_UNKNOWN: Self = Self::known("394304");

    /// 394305: the signature algorithm of the signed token is not accepted.
    pub const JWT_BAD_ALGORITHM: Self = Self::known("394305");

    /// 394306: the signed token of a key pair login could not be read.
    pub const JWT_BAD_FORMAT: Self = Self::known("394306");

    /// 394400: the programmatic access token was refused.
    pub const ACCESS_TOKEN_INVALID: Self = Self::known("394400");

    /// 394401: the programmatic access token is switched off, or its user lacks the network policy that it needs.
    pub const ACCESS_TOKEN_DISABLED: Self = Self::known("394401");
}

/// What is known of each code, in the order of the codes.
pub(crate) static FACTS: &[Fact] = &[
    Fact {
        code: "000008",
        name: "STATEMENT_COUNT_MISMATCH",
        meaning: "the text holds another number of statements than announced",
        recovery: Recovery::Never,
        sql_state: Some("0A000"),
        advice: Some("send one statement at a time, or announce the exact number of statements"),
        verified: true,
    },
    Fact {
        code: "000603",
        name: "INTERNAL_ERROR",
        meaning: "the engine failed while it ran the statement",
        recovery: Recovery::RetryIfIdempotent,
        sql_state: Some("XX000"),
        advice: Some("run the statement again; if it fails again, give the query id to Snowflake support"),
        verified: false,
    },
    Fact {
        code: "000604",
        name: "QUERY_CANCELLED",
        meaning: "the statement was cancelled",
        recovery: Recovery::Never,
        sql_state: Some("57014"),
        advice: Some("somebody or something cancelled the statement; run it again if that was not meant"),
        verified: true,
    },
    Fact {
        code: "000605",
        name: "QUERY_NOT_EXECUTING",
        meaning: "there is no running statement to cancel",
        recovery: Recovery::Retry,
        sql_state: Some("02000"),
        advice: Some("the statement has ended already, or has not begun yet"),
        verified: true,
    },
    Fact {
        code: "000606",
        name: "NO_ACTIVE_WAREHOUSE",
        meaning: "the session has no warehouse to run the statement on",
        recovery: Recovery::Never,
        sql_state: Some("57P03"),
        advice: Some("name a warehouse in the configuration or on the query, or run USE WAREHOUSE"),
        verified: true,
    },
    Fact {
        code: "000610",
        name: "CHILD_JOB_NOT_FOUND",
        meaning: "the statement waited for has gone",
        recovery: Recovery::Never,
        sql_state: Some("02000"),
        advice: Some("ask for the result by its query id, or run the statement again"),
        verified: false,
    },
    Fact {
        code: "000612",
        name: "RESULT_NOT_FOUND",
        meaning: "there is no result under this query id",
        recovery: Recovery::Never,
        sql_state: Some("02000"),
        advice: Some(
            "check the query id; results are kept for 24 hours, and those of PUT and GET not at all",
        ),
        verified: true,
    },
    Fact {
        code: "000629",
        name: "STATEMENT_TIMED_OUT",
        meaning: "the statement ran into its timeout",
        recovery: Recovery::Never,
        sql_state: Some("57014"),
        advice: Some(
            "raise STATEMENT_TIMEOUT_IN_SECONDS or the timeout of the query, or use a larger warehouse",
        ),
        verified: true,
    },
    Fact {
        code: "000630",
        name: "STATEMENT_TIMED_OUT_AND_CANCELLED",
        meaning: "the statement ran into its timeout and was cancelled",
        recovery: Recovery::Never,
        sql_state: Some("57014"),
        advice: Some(
            "raise STATEMENT_TIMEOUT_IN_SECONDS or the timeout of the query, or use a larger warehouse",
        ),
        verified: true,
    },
    Fact {
        code: "000666",
        name: "CANNOT_PERFORM",
        meaning: "the statement cannot be run in the present context",
        recovery: Recovery::Never,
        sql_state: Some("0A000"),
        advice: Some("read the message: it names what stands in the way"),
        verified: false,
    },
    Fact {
        code: "000707",
        name: "RESULT_EXPIRED",
        meaning: "the result is no longer kept, or belongs to somebody else",
        recovery: Recovery::Never,
        sql_state: Some("02000"),
        advice: Some("run the statement again"),
        verified: false,
    },
    Fact {
        code: "000904",
        name: "INVALID_IDENTIFIER",
        meaning: "a name in the statement stands for no column",
        recovery: Recovery::Never,
        sql_state: Some("42000"),
        advice: Some(
            "check the spelling of the column; names in double quotes keep their case, others are upper case",
        ),
        verified: true,
    },
    Fact {
        code: "001003",
        name: "SYNTAX_ERROR",
        meaning: "the statement could not be parsed",
        recovery: Recovery::Never,
        sql_state: Some("42000"),
        advice: Some("look at the line and position that come with the error"),
        verified: true,
    },
    Fact {
        code: "001007",
        name: "INVALID_TYPE",
        meaning: "an expression has a type that does not fit its place",
        recovery: Recovery::Never,
        sql_state: Some("22023"),
        advice: Some("cast the expression to the type that is asked for"),
        verified: false,
    },
    Fact {
        code: "001044",
        name: "INVALID_ARGUMENT_TYPES",
        meaning: "a function was called with types it does not take",
        recovery: Recovery::Never,
        sql_state: Some("42P13"),
        advice: Some("cast the arguments to the types the function takes"),
        verified: false,
    },
    Fact {
        code: "001104",
        name: "NOT_IN_GROUP_BY",
        meaning: "a selected column is neither grouped nor aggregated",
        recovery: Recovery::Never,
        sql_state: Some("42601"),
        advice: Some("add the column to GROUP BY or wrap it in an aggregate such as ANY_VALUE"),
        verified: false,
    },
    Fact {
        code: "002001",
        name: "UNSUPPORTED_SUBQUERY",
        meaning: "the statement holds a subquery of a kind that cannot be evaluated",
        recovery: Recovery::Never,
        sql_state: Some("42601"),
        advice: Some("write the subquery as a join"),
        verified: false,
    },
    Fact {
        code: "002002",
        name: "OBJECT_ALREADY_EXISTS",
        meaning: "an object of this name exists already",
        recovery: Recovery::Never,
        sql_state: Some("42710"),
        advice: Some("use CREATE OR REPLACE or CREATE … IF NOT EXISTS, or choose another name"),
        verified: true,
    },
    Fact {
        code: "002003",
        name: "OBJECT_DOES_NOT_EXIST",
        meaning: "the object does not exist, or the role may not see it",
        recovery: Recovery::Never,
        sql_state: Some("02000"),
        advice: Some("check the name, the current database and schema, and the grants of the role"),
        verified: true,
    },
    Fact {
        code: "002025",
        name: "DUPLICATE_COLUMN",
        meaning: "a column is named twice",
        recovery: Recovery::Never,
        sql_state: Some("42601"),
        advice: Some("give each column a name of its own"),
        verified: false,
    },
    Fact {
        code: "002028",
        name: "AMBIGUOUS_COLUMN",
        meaning: "a column name fits more than one table",
        recovery: Recovery::Never,
        sql_state: Some("42601"),
        advice: Some("put the table's name or alias before the column"),
        verified: false,
    },
    Fact {
        code: "002040",
        name: "UNSUPPORTED_TYPE",
        meaning: "the data type is not known",
        recovery: Recovery::Never,
        sql_state: Some("42601"),
        advice: Some("check the spelling of the data type"),
        verified: false,
    },
    Fact {
        code: "002043",
        name: "OBJECT_OR_OPERATION_UNAVAILABLE",
        meaning: "the object does not exist, or the operation cannot be performed on it",
        recovery: Recovery::Never,
        sql_state: Some("02000"),
        advice: Some("check the name, the current database and schema, and the grants of the role"),
        verified: false,
    },
    Fact {
        code: "002049",
        name: "BIND_NOT_SET",
        meaning: "a placeholder has no value, or a value that does not fit",
        recovery: Recovery::Never,
        sql_state: Some("42601"),
        advice: Some("give one value for each placeholder of the statement"),
        verified: false,
    },
    Fact {
        code: "002140",
        name: "UNKNOWN_FUNCTION",
        meaning: "there is no function of this name",
        recovery: Recovery::Never,
        sql_state: Some("42601"),
        advice: Some("check the spelling of the function and the schema it lives in"),
        verified: true,
    },
    Fact {
        code: "003001",
        name: "INSUFFICIENT_PRIVILEGES",
        meaning: "the role may not do this",
        recovery: Recovery::Never,
        sql_state: Some("42501"),
        advice: Some("use a role with the privilege, or have it granted"),
        verified: true,
    },
    Fact {
        code: "090001",
        name: "SQL_API_DONE",
        meaning: "the statement of an SQL API request has been executed",
        recovery: Recovery::Never,
        sql_state: Some("00000"),
        advice: None,
        verified: true,
    },
    Fact {
        code: "090105",
        name: "NO_CURRENT_DATABASE",
        meaning: "the statement needs a current database and the session has none",
        recovery: Recovery::Never,
        sql_state: Some("22000"),
        advice: Some("name a database in the configuration or on the query, or qualify the object's name"),
        verified: false,
    },
    Fact {
        code: "090106",
        name: "NO_CURRENT_SCHEMA",
        meaning: "the statement needs a current schema and the session has none",
        recovery: Recovery::Never,
        sql_state: Some("22000"),
        advice: Some("name a schema in the configuration or on the query, or qualify the object's name"),
        verified: false,
    },
    Fact {
        code: "100035",
        name: "TIMESTAMP_NOT_RECOGNISED",
        meaning: "a text is no timestamp in the expected format",
        recovery: Recovery::Never,
        sql_state: Some("22007"),
        advice: Some("name the format, or use TRY_TO_TIMESTAMP"),
        verified: true,
    },
    Fact {
        code: "100037",
        name: "BOOLEAN_NOT_RECOGNISED",
        meaning: "a text is no boolean",
        recovery: Recovery::Never,
        sql_state: Some("22018"),
        advice: Some("use TRUE or FALSE, or TRY_TO_BOOLEAN"),
        verified: false,
    },
    Fact {
        code: "100038",
        name: "NUMBER_NOT_RECOGNISED",
        meaning: "a text is no number, or one that the target cannot hold",
        recovery: Recovery::Never,
        sql_state: Some("22018"),
        advice: Some("clean the text, widen the target, or use TRY_TO_NUMBER"),
        verified: true,
    },
    Fact {
        code: "100039",
        name: "NUMBER_OUT_OF_RANGE",
        meaning: "a number does not fit the target's precision and scale",
        recovery: Recovery::Never,
        sql_state: Some("22003"),
        advice: Some("widen the column or cast to a wider type"),
        verified: true,
    },
    Fact {
        code: "100040",
        name: "DATE_NOT_RECOGNISED",
        meaning: "a text is no date in the expected format",
        recovery: Recovery::Never,
        sql_state: Some("22007"),
        advice: Some("name the format, or use TRY_TO_DATE"),
        verified: true,
    },
    Fact {
        code: "100046",
        name: "NUMBER_OVERFLOW",
        meaning: "the result of a calculation does not fit a number",
        recovery: Recovery::Never,
        sql_state: Some("22003"),
        advice: Some("calculate with fewer digits, or with FLOAT"),
        verified: false,
    },
    Fact {
        code: "100051",
        name: "DIVISION_BY_ZERO",
        meaning: "a division by zero",
        recovery: Recovery::Never,
        sql_state: Some("22012"),
        advice: Some("use DIV0 or NULLIF on the divisor"),
        verified: true,
    },
    Fact {
        code: "100069",
        name: "JSON_NOT_RECOGNISED",
        meaning: "a text is no valid JSON",
        recovery: Recovery::Never,
        sql_state: Some("22P02"),
        advice: Some("correct the text, or use TRY_PARSE_JSON"),
        verified: false,
    },
    Fact {
        code: "100072",
        name: "NULL_NOT_ALLOWED",
        meaning: "a NULL for a column that takes none",
        recovery: Recovery::Never,
        sql_state: Some("22000"),
        advice: Some("give a value, or drop the NOT NULL"),
        verified: true,
    },
    Fact {
        code: "100078",
        name: "STRING_TOO_LONG",
        meaning: "a text is longer than its column and would be cut",
        recovery: Recovery::Never,
        sql_state: Some("22001"),
        advice: Some("widen the column, or cut the text with LEFT"),
        verified: true,
    },
    Fact {
        code: "100132",
        name: "NUMBER_OUT_OF_RANGE_OF_TYPE",
        meaning: "a number does not fit the type it is turned into",
        recovery: Recovery::Never,
        sql_state: Some("22003"),
        advice: Some("widen the column or cast to a wider type"),
        verified: false,
    },
    Fact {
        code: "200004",
        name: "COMPRESSION_NOT_SUPPORTED",
        meaning: "the compression of a file is not supported",
        recovery: Recovery::Never,
        sql_state: Some("0A000"),
        advice: Some("name a supported SOURCE_COMPRESSION, or NONE"),
        verified: true,
    },
    Fact {
        code: "333333",
        name: "QUERY_IN_PROGRESS",
        meaning: "the statement is still running",
        recovery: Recovery::Retry,
        sql_state: None,
        advice: Some("ask again at the address that the answer names"),
        verified: true,
    },
    Fact {
        code: "333334",
        name: "QUERY_IN_PROGRESS_ASYNC",
        meaning: "the statement is still running, on its own",
        recovery: Recovery::Retry,
        sql_state: None,
        advice: Some("ask for its state or its result by query id"),
        verified: true,
    },
    Fact {
        code: "390100",
        name: "INCORRECT_CREDENTIALS",
        meaning: "the user name or the password is wrong",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("check the account, the user and the password; too many wrong tries lock the user"),
        verified: true,
    },
    Fact {
        code: "390101",
        name: "AUTHORIZATION_MISSING",
        meaning: "the request carried no authorization",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("check that no proxy removes the Authorization header"),
        verified: true,
    },
    Fact {
        code: "390104",
        name: "SESSION_TOKEN_INVALID",
        meaning: "the session token is not valid",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("08003"),
        advice: Some("log in again"),
        verified: true,
    },
    Fact {
        code: "390106",
        name: "USER_TEMPORARILY_LOCKED",
        meaning: "the user is locked for a while after too many failed logins",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("wait fifteen minutes, or have an administrator unlock the user"),
        verified: false,
    },
    Fact {
        code: "390110",
        name: "ID_TOKEN_EXPIRED",
        meaning: "the cached identity token has expired",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("28000"),
        advice: Some("log in through the browser again"),
        verified: true,
    },
    Fact {
        code: "390111",
        name: "SESSION_GONE",
        meaning: "the session no longer exists",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("08003"),
        advice: Some("log in again; transactions and temporary objects of the old session are lost"),
        verified: true,
    },
    Fact {
        code: "390112",
        name: "SESSION_EXPIRED",
        meaning: "the session token has expired",
        recovery: Recovery::RenewSession,
        sql_state: Some("08003"),
        advice: Some("renew the session with its master token"),
        verified: true,
    },
    Fact {
        code: "390113",
        name: "MASTER_TOKEN_NOT_FOUND",
        meaning: "the master token is not known",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("08003"),
        advice: Some("log in again"),
        verified: true,
    },
    Fact {
        code: "390114",
        name: "MASTER_TOKEN_EXPIRED",
        meaning: "the master token has expired",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("08003"),
        advice: Some("log in again; keep sessions alive or close them when they idle for hours"),
        verified: true,
    },
    Fact {
        code: "390115",
        name: "MASTER_TOKEN_INVALID",
        meaning: "the master token is not valid",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("08003"),
        advice: Some("log in again"),
        verified: true,
    },
    Fact {
        code: "390120",
        name: "EXTERNAL_AUTHENTICATION_DENIED",
        meaning: "the second factor was refused",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("approve the request on the device, or give a new passcode"),
        verified: true,
    },
    Fact {
        code: "390122",
        name: "EXTERNAL_AUTHENTICATION_NOT_ENROLLED",
        meaning: "the user is not enrolled for the second factor",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("enrol the user for multi-factor authentication"),
        verified: true,
    },
    Fact {
        code: "390123",
        name: "EXTERNAL_AUTHENTICATION_LOCKED",
        meaning: "the second factor is locked",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("have an administrator unlock the user's second factor"),
        verified: true,
    },
    Fact {
        code: "390126",
        name: "EXTERNAL_AUTHENTICATION_TIMED_OUT",
        meaning: "nobody answered the request for the second factor",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("log in again and approve the request in time"),
        verified: true,
    },
    Fact {
        code: "390127",
        name: "EXTERNAL_AUTHENTICATION_INVALID",
        meaning: "the second factor is not valid",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("give a new passcode"),
        verified: true,
    },
    Fact {
        code: "390129",
        name: "EXTERNAL_AUTHENTICATION_FAILED",
        meaning: "the second factor could not be checked",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("try again later, or use another way to log in"),
        verified: true,
    },
    Fact {
        code: "390132",
        name: "EXTERNAL_AUTHENTICATION_PUSH_DISABLED",
        meaning: "push requests are switched off for this user",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("log in with a passcode"),
        verified: true,
    },
    Fact {
        code: "390144",
        name: "JWT_INVALID",
        meaning: "the signed token of a key pair login was refused",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some(
            "check the clock of this machine, the user and account names, and that RSA_PUBLIC_KEY of the user matches the private key",
        ),
        verified: true,
    },
    Fact {
        code: "390189",
        name: "ROLE_DOES_NOT_EXIST",
        meaning: "the role does not exist, or was not granted to the user",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("check the role's name, or have it granted to the user"),
        verified: true,
    },
    Fact {
        code: "390195",
        name: "ID_TOKEN_INVALID",
        meaning: "the cached identity token was refused",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("28000"),
        advice: Some("log in through the browser again"),
        verified: true,
    },
    Fact {
        code: "390201",
        name: "DEFAULT_OBJECT_DOES_NOT_EXIST",
        meaning: "the database, schema or warehouse named at login does not exist, or the role may not see it",
        recovery: Recovery::Never,
        sql_state: Some("08004"),
        advice: Some("check the names in the configuration and the grants of the role"),
        verified: true,
    },
    Fact {
        code: "390303",
        name: "OAUTH_TOKEN_INVALID",
        meaning: "the OAuth access token was refused",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("28000"),
        advice: Some("get a new access token from the identity provider"),
        verified: true,
    },
    Fact {
        code: "390318",
        name: "OAUTH_TOKEN_EXPIRED",
        meaning: "the OAuth access token has expired",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("28000"),
        advice: Some("get a new access token from the identity provider"),
        verified: true,
    },
    Fact {
        code: "390400",
        name: "BAD_REQUEST",
        meaning: "the request was not understood; seen when a session is renewed",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("08003"),
        advice: Some("log in again"),
        verified: true,
    },
    Fact {
        code: "390422",
        name: "IP_NOT_ALLOWED",
        meaning: "a network policy refuses this address",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("have the address of this machine added to the network policy"),
        verified: true,
    },
    Fact {
        code: "391902",
        name: "SQL_API_ACCEPT_NOT_SUPPORTED",
        meaning: "the SQL API cannot answer in the format asked for",
        recovery: Recovery::Never,
        sql_state: None,
        advice: Some("ask for application/json"),
        verified: false,
    },
    Fact {
        code: "391903",
        name: "SQL_API_RESULT_TOO_LARGE",
        meaning: "the result is too large for the SQL API",
        recovery: Recovery::Never,
        sql_state: None,
        advice: Some("ask for fewer rows, or use the driver protocol"),
        verified: false,
    },
    Fact {
        code: "391908",
        name: "SQL_API_PARTITION_UNAVAILABLE",
        meaning: "the partition asked for cannot be had",
        recovery: Recovery::Never,
        sql_state: None,
        advice: Some("ask for a partition that the result lists"),
        verified: false,
    },
    Fact {
        code: "391918",
        name: "SQL_API_STATEMENT_NOT_SUPPORTED",
        meaning: "the SQL API does not run statements of this type",
        recovery: Recovery::Never,
        sql_state: None,
        advice: Some("use the driver protocol for this statement"),
        verified: false,
    },
    Fact {
        code: "391920",
        name: "SQL_API_STATEMENT_COUNT",
        meaning: "too many statements, or too few parameters for them",
        recovery: Recovery::Never,
        sql_state: None,
        advice: Some("announce the exact number of statements"),
        verified: false,
    },
    Fact {
        code: "394300",
        name: "JWT_REFUSED",
        meaning: "the signed token of a key pair login is not valid",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some(
            "check the user and account names and that RSA_PUBLIC_KEY of the user matches the private key",
        ),
        verified: true,
    },
    Fact {
        code: "394301",
        name: "JWT_EXPIRED",
        meaning: "the signed token of a key pair login had expired when it arrived",
        recovery: Recovery::Reauthenticate,
        sql_state: Some("28000"),
        advice: Some("check the clock of this machine; a slow network path can also outlast the token"),
        verified: true,
    },
    Fact {
        code: "394302",
        name: "JWT_NOT_YET_VALID",
        meaning: "the signed token of a key pair login is dated in the future",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("set the clock of this machine: it is ahead"),
        verified: true,
    },
    Fact {
        code: "394303",
        name: "JWT_BAD_EXPIRATION",
        meaning: "the expiry of the signed token of a key pair login is out of bounds",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("set the clock of this machine: it differs too much from the server's"),
        verified: true,
    },
    Fact {
        code: "394304",
        name: "JWT_KEY_UNKNOWN",
        meaning: "the user has no public key that belongs to the signed token",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("set RSA_PUBLIC_KEY of the user to the public half of this private key"),
        verified: true,
    },
    Fact {
        code: "394305",
        name: "JWT_BAD_ALGORITHM",
        meaning: "the signature algorithm of the signed token is not accepted",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("use an RSA key of at least 2048 bits"),
        verified: true,
    },
    Fact {
        code: "394306",
        name: "JWT_BAD_FORMAT",
        meaning: "the signed token of a key pair login could not be read",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("check that no proxy changes the login request"),
        verified: true,
    },
    Fact {
        code: "394400",
        name: "ACCESS_TOKEN_INVALID",
        meaning: "the programmatic access token was refused",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("check that the token belongs to this user, has not expired and was not revoked"),
        verified: false,
    },
    Fact {
        code: "394401",
        name: "ACCESS_TOKEN_DISABLED",
        meaning: "the programmatic access token is switched off, or its user lacks the network policy that it needs",
        recovery: Recovery::Never,
        sql_state: Some("28000"),
        advice: Some("enable the token, or put the user under a network policy"),
        verified: false,
    },
];
