//! A list is complete however it has to be read.

use std::collections::BTreeSet;

use proptest::collection::btree_set;
use proptest::prelude::*;
use snowflake_proto::Identifier;

use super::super::listing::{Listing, Read};
use super::super::options::ListOptions;
use super::super::scope::Scope;
use super::super::show::Kind;
use super::account::{Account, Path};
use crate::error::{ErrorKind, Result};
use crate::testing::pool;

const PATH: Read<Path> = |row| {
    let text = |column: &str| row.optional_text(column).unwrap_or_default();
    let number = u8::try_from(row.required_count("rows")?).unwrap();
    Ok((text("database_name"), text("schema_name"), row.text("name")?, number))
};

async fn list(
    account: &Account,
    kind: Kind,
    scope: &Scope,
    page: usize,
    limit: Option<u64>,
) -> Result<Vec<Path>> {
    let pool = pool(&account.clone().service());
    let options = ListOptions { limit, ..ListOptions::default() };
    Listing::with_pages(&pool, kind, scope.clone(), options, PATH, page).collect().await
}

fn names() -> impl Strategy<Value = String> {
    "[A-C]|'|\"|\\\\|a\\.b|ä"
}

fn accounts() -> impl Strategy<Value = Account> {
    let path = (names(), names(), "[A-H]|'x|\\\\", 0_u8..2);
    (btree_set(path, 0..60), any::<bool>()).prop_map(|(objects, is_inclusive)| Account {
        objects,
        is_inclusive,
        ..Account::default()
    })
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Namesakes stand in other schemas, and in the same one where one of two is temporary.
    #[test]
    fn n01_every_object_is_listed_once_however_small_the_pages(
        account in accounts(),
        page in 5_usize..9,
        depth in 0_usize..3,
        limit in prop::option::of(0_u64..70),
    ) {
        let first = account.objects.first().cloned().unwrap_or_default();
        let name = |name: &str| Identifier::new(if name.is_empty() { "A" } else { name }).unwrap();
        let scope = match depth {
            0 => Scope::Account,
            1 => Scope::Database(name(&first.0)),
            _ => Scope::Schema(name(&first.0), name(&first.1)),
        };
        let wanted: BTreeSet<Path> = match depth {
            0 => account.objects.clone(),
            1 => account.objects.iter().filter(|path| path.0 == first.0).cloned().collect(),
            _ => account.objects.iter().filter(|path| (&path.0, &path.1) == (&first.0, &first.1)).cloned().collect(),
        };
        let listed = run(list(&account, Kind::Tables, &scope, page, limit)).unwrap();
        let once: BTreeSet<Path> = listed.iter().cloned().collect();
        prop_assert_eq!(once.len(), listed.len(), "none twice");
        let most = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap());
        prop_assert_eq!(listed.len(), wanted.len().min(most));
        prop_assert!(once.is_subset(&wanted));
    }
}

#[tokio::test]
async fn n01_a_service_that_repeats_its_page_ends_the_list_with_an_error() {
    let objects = (0..9).map(|n| ("D".to_owned(), "S".to_owned(), format!("T{n}"), 0)).collect();
    let account = Account { objects, is_stuck: true, ..Account::default() };
    let scope = Scope::schema("d", "s").unwrap();
    let error = list(&account, Kind::Tables, &scope, 5, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    assert!(error.to_string().contains("SHOW TABLES IN SCHEMA \"D\".\"S\""), "{error}");
}

#[tokio::test]
async fn n01_what_has_no_pages_is_read_schema_by_schema() {
    let path = |schema: usize, n: usize| ("D".to_owned(), format!("S{schema}"), format!("T{n}"), 0);
    let objects: BTreeSet<Path> = (0..4).flat_map(|schema| (0..4).map(move |n| path(schema, n))).collect();
    let account = Account { objects: objects.clone(), most: Some(6), ..Account::default() };
    let listed = list(&account, Kind::Stages, &Scope::Account, 6, None).await.unwrap();
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), objects);
    let account = Account { most: Some(3), ..account };
    let error = list(&account, Kind::Stages, &Scope::Account, 6, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
}
