//! Statement types, from fixtures/catalog/statement_types.toml.
//!
//! Written by `cargo xtask codegen`: edit the catalogue instead.

use crate::statement_type::{Fact, Outcome, StatementType};

impl StatementType {
    /// 0x0000: unknown.
    pub const UNKNOWN: Self = Self::from_id(0x0000);

    /// 0x1000: SELECT, WITH, VALUES.
    pub const SELECT: Self = Self::from_id(0x1000);

    /// 0x2000: EXPLAIN.
    pub const EXPLAIN: Self = Self::from_id(0x2000);

    /// 0x3000: a data change of no particular kind.
    pub const DML: Self = Self::from_id(0x3000);

    /// 0x3100: INSERT.
    pub const INSERT: Self = Self::from_id(0x3100);

    /// 0x3200: UPDATE.
    pub const UPDATE: Self = Self::from_id(0x3200);

    /// 0x3300: DELETE.
    pub const DELETE: Self = Self::from_id(0x3300);

    /// 0x3400: MERGE.
    pub const MERGE: Self = Self::from_id(0x3400);

    /// 0x3500: INSERT ALL, INSERT FIRST.
    pub const MULTI_TABLE_INSERT: Self = Self::from_id(0x3500);

    /// 0x3600: COPY INTO a table.
    pub const COPY: Self = Self::from_id(0x3600);

    /// 0x3700: COPY INTO a location.
    pub const UNLOAD: Self = Self::from_id(0x3700);

    /// 0x3800: ALTER TABLE … RECLUSTER.
    pub const RECLUSTER: Self = Self::from_id(0x3800);

    /// 0x4000: a session control command.
    pub const SYSTEM: Self = Self::from_id(0x4000);

    /// 0x4100: ALTER SESSION, SET.
    pub const ALTER_SESSION: Self = Self::from_id(0x4100);

    /// 0x4300: USE.
    pub const USE: Self = Self::from_id(0x4300);

    /// 0x4301: USE DATABASE.
    pub const USE_DATABASE: Self = Self::from_id(0x4301);

    /// 0x4302: USE SCHEMA.
    pub const USE_SCHEMA: Self = Self::from_id(0x4302);

    /// 0x4303: USE WAREHOUSE.
    pub const USE_WAREHOUSE: Self = Self::from_id(0x4303);

    /// 0x4400: SHOW.
    pub const SHOW: Self = Self::from_id(0x4400);

    /// 0x4500: DESCRIBE.
    pub const DESCRIBE: Self = Self::from_id(0x4500);

    /// 0x4701: LIST.
    pub const LIST: Self = Self::from_id(0x4701);

    /// 0x5000: BEGIN, ROLLBACK.
    pub const TRANSACTION: Self = Self::from_id(0x5000);

    /// 0x5100: COMMIT.
    pub const COMMIT: Self = Self::from_id(0x5100);

    /// 0x6000: CREATE, ALTER, DROP and the like; subtypes in the low bits.
    pub const DDL: Self = Self::from_id(0x6000);

    /// 0x6244: ALTER USER that manages programmatic access tokens.
    pub const ALTER_USER_ACCESS_TOKEN: Self = Self::from_id(0x6244);

    /// 0x7000: a stage file operation of no particular kind.
    pub const FILE_TRANSFER: Self = Self::from_id(0x7000);

    /// 0x7101: GET.
    pub const GET: Self = Self::from_id(0x7101);

    /// 0x7102: PUT.
    pub const PUT: Self = Self::from_id(0x7102);

    /// 0x7103: REMOVE.
    pub const REMOVE: Self = Self::from_id(0x7103);

    /// 0x8000: a statement that fits nowhere else.
    pub const MISCELLANEOUS: Self = Self::from_id(0x8000);

    /// 0x9000: CALL.
    pub const CALL: Self = Self::from_id(0x9000);

    /// 0xA000: the parent of several statements sent as one text.
    pub const MULTI_STATEMENT: Self = Self::from_id(0xA000);
}

/// What is known of each type, in the order of the ids.
pub(crate) static FACTS: &[Fact] = &[
    Fact { id: 0x0000, name: "UNKNOWN", outcome: Outcome::Unknown },
    Fact { id: 0x1000, name: "SELECT", outcome: Outcome::Rows },
    Fact { id: 0x2000, name: "EXPLAIN", outcome: Outcome::Rows },
    Fact { id: 0x3000, name: "DML", outcome: Outcome::Count },
    Fact { id: 0x3100, name: "INSERT", outcome: Outcome::Count },
    Fact { id: 0x3200, name: "UPDATE", outcome: Outcome::Count },
    Fact { id: 0x3300, name: "DELETE", outcome: Outcome::Count },
    Fact { id: 0x3400, name: "MERGE", outcome: Outcome::Count },
    Fact { id: 0x3500, name: "MULTI_TABLE_INSERT", outcome: Outcome::Count },
    Fact { id: 0x3600, name: "COPY", outcome: Outcome::Rows },
    Fact { id: 0x3700, name: "UNLOAD", outcome: Outcome::Rows },
    Fact { id: 0x3800, name: "RECLUSTER", outcome: Outcome::None },
    Fact { id: 0x4000, name: "SYSTEM", outcome: Outcome::None },
    Fact { id: 0x4100, name: "ALTER_SESSION", outcome: Outcome::None },
    Fact { id: 0x4300, name: "USE", outcome: Outcome::None },
    Fact { id: 0x4301, name: "USE_DATABASE", outcome: Outcome::None },
    Fact { id: 0x4302, name: "USE_SCHEMA", outcome: Outcome::None },
    Fact { id: 0x4303, name: "USE_WAREHOUSE", outcome: Outcome::None },
    Fact { id: 0x4400, name: "SHOW", outcome: Outcome::Rows },
    Fact { id: 0x4500, name: "DESCRIBE", outcome: Outcome::Rows },
    Fact { id: 0x4701, name: "LIST", outcome: Outcome::Rows },
    Fact { id: 0x5000, name: "TRANSACTION", outcome: Outcome::None },
    Fact { id: 0x5100, name: "COMMIT", outcome: Outcome::None },
    Fact { id: 0x6000, name: "DDL", outcome: Outcome::None },
    Fact { id: 0x6244, name: "ALTER_USER_ACCESS_TOKEN", outcome: Outcome::Rows },
    Fact { id: 0x7000, name: "FILE_TRANSFER", outcome: Outcome::Rows },
    Fact { id: 0x7101, name: "GET", outcome: Outcome::Rows },
    Fact { id: 0x7102, name: "PUT", outcome: Outcome::Rows },
    Fact { id: 0x7103, name: "REMOVE", outcome: Outcome::Rows },
    Fact { id: 0x8000, name: "MISCELLANEOUS", outcome: Outcome::None },
    Fact { id: 0x9000, name: "CALL", outcome: Outcome::Rows },
    Fact { id: 0xA000, name: "MULTI_STATEMENT", outcome: Outcome::None },
];
