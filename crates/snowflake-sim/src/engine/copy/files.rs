//! Which staged files a statement reads.

use super::super::SqlError;
use super::super::stage::{Location, StagedFile, whole_match};
use super::super::syntax::Options;

/// The files at a place that `FILES` and `PATTERN` choose.
///
/// # Errors
/// `100016` when a file of the list is not there, `100048` for a pattern that is none.
pub(super) async fn chosen(location: &Location, options: &Options) -> Result<Vec<StagedFile>, SqlError> {
    let mut files = location.files().await?;
    if let Some(names) = options.list("FILES") {
        let prefix = location.prefix.trim_end_matches('/');
        let wanted: Vec<String> = names
            .iter()
            .map(|name| if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") })
            .collect();
        files.retain(|file| wanted.contains(&file.name));
        if let Some(missing) = wanted.iter().find(|name| files.iter().all(|file| file.name != **name)) {
            return Err(SqlError::new("100016", "22000", format!("Remote file '{missing}' was not found.")));
        }
    }
    if let Some(pattern) = options.text("PATTERN") {
        let pattern = whole_match(pattern)?;
        files.retain(|file| pattern.is_match(&file.name));
    }
    Ok(files)
}
