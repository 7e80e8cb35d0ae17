//! The dashboard, as Grafana imports it.

use serde_json::{Value, json};

use super::monitoring::{Monitoring, Panel};

/// Grafana's grid is so wide; three panels stand side by side.
const WIDTH: usize = 24;
const ACROSS: usize = 3;
const HEIGHT: usize = 8;

pub(super) fn dashboard(monitoring: &Monitoring) -> String {
    let mut panels = Vec::new();
    let mut top = 0;
    for row in &monitoring.row {
        let id = panels.len() + 1;
        panels.push(json!({
            "id": id, "type": "row", "title": row.title, "collapsed": false, "panels": [],
            "gridPos": { "x": 0, "y": top, "w": WIDTH, "h": 1 },
        }));
        top += 1;
        for (index, entry) in row.panels.iter().enumerate() {
            let place = (index % ACROSS * (WIDTH / ACROSS), top + index / ACROSS * HEIGHT);
            panels.push(panel(panels.len() + 1, place, entry));
        }
        top += row.panels.len().div_ceil(ACROSS) * HEIGHT;
    }
    let dashboard = json!({
        "uid": "snowflake",
        "title": "Snowflake",
        "description": "Written by cargo xtask codegen from fixtures/catalog/monitoring.toml.",
        "tags": ["snowflake"],
        "schemaVersion": 39,
        "version": 1,
        "editable": true,
        "graphTooltip": 1,
        "time": { "from": "now-6h", "to": "now" },
        "refresh": "1m",
        "timezone": "",
        "annotations": { "list": [] },
        "links": [],
        "templating": { "list": [{
            "name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0,
            "current": {}, "multi": false, "includeAll": false, "options": [], "refresh": 1, "regex": "",
        }] },
        "panels": panels,
    });
    // A map with text for keys cannot fail to be written.
    let mut text = serde_json::to_string_pretty(&dashboard).unwrap_or_default();
    text.push('\n');
    text
}

fn panel(id: usize, (x, y): (usize, usize), panel: &Panel) -> Value {
    let source = json!({ "type": "prometheus", "uid": "${datasource}" });
    let letters = 'A'..='Z';
    let targets: Vec<Value> = letters
        .zip(&panel.targets)
        .map(|(letter, target)| {
            json!({
                "refId": letter.to_string(), "expr": target.expr, "legendFormat": target.legend,
                "datasource": source, "editorMode": "code", "range": true,
            })
        })
        .collect();
    json!({
        "id": id,
        "type": panel.kind.word(),
        "title": panel.title,
        "description": panel.help,
        "datasource": source,
        "gridPos": { "x": x, "y": y, "w": WIDTH / ACROSS, "h": HEIGHT },
        "fieldConfig": { "defaults": { "unit": panel.unit, "min": 0 }, "overrides": [] },
        "targets": targets,
    })
}

#[cfg(test)]
mod tests {
    use super::super::monitoring::tests::WATCH;
    use super::*;

    #[test]
    fn a_row_and_its_panels_are_drawn() {
        let text = dashboard(&toml::from_str(WATCH).unwrap());
        let dashboard: Value = serde_json::from_str(&text).unwrap();
        let panels = dashboard["panels"].as_array().unwrap();
        assert_eq!(panels[0]["type"], "row");
        assert_eq!(panels[1]["targets"][0]["expr"], "rate(snowflake_a_total{status=\"ok\"}[5m])");
        assert_eq!(panels[1]["gridPos"], json!({ "x": 0, "y": 1, "w": 8, "h": 8 }));
    }

    #[test]
    fn panels_do_not_overlap_and_have_ids_of_their_own() {
        let catalogue = include_str!("../../../../fixtures/catalog/monitoring.toml");
        let dashboard: Value = serde_json::from_str(&dashboard(&toml::from_str(catalogue).unwrap())).unwrap();
        let panels = dashboard["panels"].as_array().unwrap();
        let mut cells = std::collections::BTreeSet::new();
        let mut ids = std::collections::BTreeSet::new();
        for panel in panels {
            let number = |key: &str| panel["gridPos"][key].as_u64().unwrap();
            assert!(number("x") + number("w") <= 24);
            for x in number("x")..number("x") + number("w") {
                for y in number("y")..number("y") + number("h") {
                    assert!(cells.insert((x, y)), "{panel}");
                }
            }
            assert!(ids.insert(panel["id"].as_u64().unwrap()));
        }
    }
}
