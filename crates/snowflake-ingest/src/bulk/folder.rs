//! The folder of a stage that the files of one batch lie in, and what tells that they were loaded.
//!
//! The folder is named for the table and the batch, its files for their contents. That makes a repeat recognise what
//! is there, whichever moment the load before it ended at:
//!
//! | what lies there | what happened | what a repeat does |
//! |---|---|---|
//! | nothing | nothing yet | everything |
//! | some files or all of them | the load ended before the `COPY`, or its end was not seen | uploads what is missing; the `COPY` leaves out files that it loaded before |
//! | the marker | the rows are in the table | nothing, but to compare the rows and to remove files |
//!
//! The files are removed after the `COPY` and not by it (`PURGE`): once a file is gone and uploaded again, its
//! encryption has made other bytes of it, and the load history of the table would not know it any more.

use ring::digest::{SHA256, digest};
use snowflake_proto::ObjectName;
use snowflake_query::{Pool, Session};

use super::parts::hex;
use crate::error::Result;
use crate::location::StageLocation;
use crate::stage::{list_stage, remove};

/// Where files go if no stage is named: every user has this one, whatever the role may do.
const DEFAULT_STAGE: &str = "@~/bulk_insert";

/// The folder of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder {
    pub(super) location: String,
}

/// What lay in the folder when the load began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The names of files that wait for their load.
    pub(super) files: Vec<String>,
    /// What the marker tells of a load that is done.
    pub(super) loaded: Option<Marker>,
}

/// A file that tells, by its name, which rows were loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) rows: u64,
    pub(super) digest: String,
}

impl Folder {
    /// The folder of a batch for a table, whose name is complete so that every session means the same one.
    pub(super) fn new(stage: Option<&str>, table: &ObjectName, batch_id: &str) -> Result<Self> {
        let root = stage.unwrap_or(DEFAULT_STAGE).trim_end_matches('/');
        StageLocation::parse(root)?;
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
        let readable: String = table.name().name().chars().take(40).map(plain).collect();
        let exact: String =
            hex(digest(&SHA256, table.to_string().as_bytes()).as_ref()).chars().take(12).collect();
        Ok(Self { location: format!("{root}/{readable}-{exact}/{batch_id}") })
    }

    /// What lies in it.
    pub(super) async fn look(&self, pool: &Pool) -> Result<Found> {
        let mut found = Found::default();
        for file in list_stage(pool, &format!("{}/", self.location), None).await? {
            let name = file.name.rsplit('/').next().unwrap_or_default();
            match Marker::read(name) {
                Some(marker) => found.loaded = Some(marker),
                None => found.files.push(name.to_owned()),
            }
        }
        Ok(found)
    }

    /// Takes the loaded files away. A failure costs space and nothing else, and is logged.
    pub(super) async fn clear(&self, pool: &Pool) {
        if let Err(error) = remove(pool, &format!("{}/", self.location), Some("part-*.parquet")).await {
            tracing::warn!(kind = ?error.kind(), "files of a bulk load were left in the stage");
        }
    }
}

impl Marker {
    pub(super) fn name(&self) -> String {
        format!("loaded-{}-{}", self.rows, self.digest)
    }

    fn read(name: &str) -> Option<Self> {
        let (rows, digest) = name.strip_prefix("loaded-")?.split_once('-')?;
        Some(Self { rows: rows.parse().ok()?, digest: digest.to_owned() })
    }
}

/// The table's name with its database and schema, as the session completes it.
pub(super) fn complete(table: &ObjectName, session: &Session) -> ObjectName {
    let name = |text: Option<String>| text.and_then(|text| snowflake_proto::Identifier::new(text).ok());
    let database = table.database().cloned().or_else(|| name(session.database()));
    let schema = table.schema().cloned().or_else(|| name(session.schema()));
    match (database, schema) {
        (Some(database), Some(schema)) => ObjectName::in_database(database, schema, table.name().clone()),
        _ => table.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(table: &str, batch: &str) -> String {
        Folder::new(None, &ObjectName::parse(table).unwrap(), batch).unwrap().location
    }

    #[test]
    fn every_table_and_batch_has_a_folder_of_its_own() {
        let one = folder("db.s.t", "b");
        assert!(one.starts_with("@~/bulk_insert/T-") && one.ends_with("/b"), "{one}");
        assert_eq!(one, folder("DB.S.T", "b"));
        let others =
            [folder("db.s.t", "c"), folder("db.r.t", "b"), folder("db.s.\"t\"", "b"), folder("t", "b")];
        assert!(others.iter().all(|other| *other != one), "{others:?}");
    }

    #[test]
    fn q01_a_hostile_table_leaves_no_trace_in_a_path() {
        let hostile = folder("db.s.\"../x'; DROP TABLE t; --\"", "b");
        assert!(hostile.chars().all(|c| c.is_ascii_alphanumeric() || "@~/_-".contains(c)), "{hostile}");
        let table = ObjectName::parse("t").unwrap();
        assert!(Folder::new(Some("no stage"), &table, "b").is_err());
        assert!(Folder::new(Some("@s/x/"), &table, "b").unwrap().location.starts_with("@s/x/T-"));
    }

    #[test]
    fn a_marker_is_read_from_its_name() {
        let marker = Marker { rows: 7, digest: "00ff".to_owned() };
        assert_eq!(Marker::read(&marker.name()), Some(marker));
        for other in ["part-000001-00ff.parquet", "loaded-", "loaded-x-00", "loaded-1"] {
            assert_eq!(Marker::read(other), None, "{other}");
        }
    }
}
