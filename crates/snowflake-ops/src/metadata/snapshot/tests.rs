//! A difference is exactly what lies between two snapshots.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;

fn name() -> impl Strategy<Value = String> {
    "[A-D]|\"|a\\.b|[ä ]{1,2}"
}

fn key() -> impl Strategy<Value = KeySnapshot> {
    (option::of("[K-M]"), vec(name(), 1..3)).prop_map(|(name, columns)| KeySnapshot { name, columns })
}

fn foreign_key() -> impl Strategy<Value = ForeignKeySnapshot> {
    (key(), option::of(name()), name(), name()).prop_map(|(key, referenced_database, schema, table)| {
        ForeignKeySnapshot {
            name: key.name,
            referenced_columns: key.columns.clone(),
            columns: key.columns,
            referenced_database,
            referenced_schema: schema,
            referenced_table: table,
        }
    })
}

/// Columns of different names in any order.
fn columns() -> impl Strategy<Value = Vec<ColumnSnapshot>> {
    let column = ("NUMBER|TEXT", any::<bool>(), option::of("1|2"), option::of("[xy]"));
    let columns = btree_map(name(), column, 0..5).prop_map(|columns| {
        let column = |(name, (data_type, nullable, default, comment))| ColumnSnapshot {
            name,
            data_type,
            nullable,
            default,
            comment,
            ..Default::default()
        };
        columns.into_iter().map(column).collect::<Vec<_>>()
    });
    columns.prop_shuffle()
}

fn table() -> impl Strategy<Value = TableSnapshot> {
    let texts = ("TABLE|VIEW", option::of("[c-e]"), option::of("LINEAR\\([A-C]\\)"));
    let keys = (option::of(key()), vec(key(), 0..3), vec(foreign_key(), 0..3));
    (texts, columns(), keys).prop_map(|((kind, comment, cluster_by), columns, keys)| {
        let (primary_key, mut unique_keys, mut foreign_keys) = keys;
        unique_keys.sort();
        foreign_keys.sort();
        TableSnapshot { kind, comment, cluster_by, columns, primary_key, unique_keys, foreign_keys }
    })
}

fn snapshot() -> impl Strategy<Value = SchemaSnapshot> {
    btree_map(name(), btree_map(name(), table(), 0..4), 0..4).prop_map(SchemaSnapshot::new)
}

proptest! {
    #[test]
    fn n03_a_difference_makes_the_one_snapshot_of_the_other(before in snapshot(), after in snapshot()) {
        let difference = before.difference(&after);
        prop_assert_eq!(difference.is_empty(), before == after);
        prop_assert_eq!(&difference.apply(&before).unwrap(), &after);
        prop_assert_eq!(&difference.clone().inverted().apply(&after).unwrap(), &before);
        if before != after {
            prop_assert_eq!(difference.apply(&after).unwrap_err().kind(), ErrorKind::Configuration);
        }
    }

    #[test]
    fn what_is_stored_is_read_back_and_stored_the_same(before in snapshot(), after in snapshot()) {
        let stored = serde_json::to_string(&before).unwrap();
        let read: SchemaSnapshot = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(&read, &before);
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), stored);
        let difference = before.difference(&after);
        let read: SchemaDifference = serde_json::from_str(&serde_json::to_string(&difference).unwrap()).unwrap();
        prop_assert_eq!(read, difference);
    }
}

#[test]
fn columns_that_are_only_appended_need_no_order() {
    let column = |name: &str| ColumnSnapshot { name: name.to_owned(), ..Default::default() };
    let of = |names: &[&str]| {
        let columns = names.iter().map(|name| column(name)).collect();
        let table = TableSnapshot { columns, ..Default::default() };
        SchemaSnapshot::new(BTreeMap::from([("S".to_owned(), BTreeMap::from([("T".to_owned(), table)]))]))
    };
    let appended = of(&["A", "B"]).difference(&of(&["A", "B", "C"]));
    assert_eq!(appended.changed[0].column_order, None);
    assert_eq!(appended.changed[0].added_columns, [column("C")]);
    let moved = of(&["A", "B"]).difference(&of(&["B", "A"]));
    assert!(moved.changed[0].column_order.is_some() && moved.changed[0].added_columns.is_empty());
}
