//! The text of PUT and GET statements.

use snowflake_proto::Literal;
use snowflake_query::Query;

use super::SourceCompression;
use crate::location::StageLocation;
use crate::options::{DownloadOptions, UploadOptions};

/// The local folder in a statement, as in those of other clients that move what is in no file.
const PLACEHOLDER: &str = "/tmp/placeholder";

/// A PUT of any number of files, one after the other or at the same time.
#[derive(Clone, Debug)]
pub(super) struct Put {
    pub(super) location: StageLocation,
    pub(super) options: UploadOptions,
}

impl Put {
    /// The statement for content of this name.
    ///
    /// It only tells the server what the file is called; where it comes from is nobody's business there.
    pub(super) fn named(&self, name: &str) -> Query {
        let (put, compression) = (self.options.put, self.options.source_compression);
        let mut sql = format!(
            "PUT {} {} AUTO_COMPRESS = {} OVERWRITE = {} PARALLEL = {}",
            Literal::text(format!("file://{PLACEHOLDER}/{name}")),
            self.location,
            sql(put.auto_compress),
            sql(put.overwrite),
            put.parallel,
        );
        if compression != SourceCompression::AutoDetect {
            sql.push_str(" SOURCE_COMPRESSION = ");
            sql.push_str(compression.name());
        }
        sql.into()
    }
}

/// A GET. Its local folder is a placeholder: where files are written is decided here.
pub(super) fn get(location: &StageLocation, options: &DownloadOptions) -> Query {
    let folder = Literal::text(format!("file://{PLACEHOLDER}/"));
    let mut sql = format!("GET {location} {folder} PARALLEL = {}", options.parallel);
    if let Some(pattern) = &options.pattern {
        sql.push_str(&format!(" PATTERN = {}", Literal::text(pattern)));
    }
    sql.into()
}

fn sql(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::PutOptions;

    fn put(options: impl Into<UploadOptions>) -> Put {
        Put { location: StageLocation::parse("@s/it's").unwrap(), options: options.into() }
    }

    #[test]
    fn q02_f11_paths_locations_and_patterns_stay_inside_their_quotes() {
        assert_eq!(
            put(PutOptions::default()).named("it's [1]*$$.csv.").sql(),
            "PUT 'file:///tmp/placeholder/it''s [1]*$$.csv.' '@s/it''s' AUTO_COMPRESS = TRUE OVERWRITE = FALSE PARALLEL = 4"
        );
        let options = UploadOptions::from(PutOptions { parallel: 1000, ..PutOptions::default() })
            .with_source_compression(SourceCompression::Gzip);
        assert!(put(options).named("a").sql().ends_with(" PARALLEL = 99 SOURCE_COMPRESSION = GZIP"));
        let options = DownloadOptions::default().with_pattern("it's\\.csv");
        assert_eq!(
            get(&StageLocation::parse("@s").unwrap(), &options).sql(),
            r"GET '@s' 'file:///tmp/placeholder/' PARALLEL = 10 PATTERN = 'it''s\\.csv'"
        );
    }
}
