//! The alert rules, as Prometheus reads them.

use std::fmt::Write as _;

use super::monitoring::Monitoring;

pub(super) fn rules(monitoring: &Monitoring) -> String {
    let mut text = String::from(
        "# Written by `cargo xtask codegen` from fixtures/catalog/monitoring.toml.\n\
         groups:\n  - name: snowflake\n    rules:\n",
    );
    for alert in &monitoring.alert {
        // The value may end with `or`, which binds less than a comparison does.
        let expression = format!("({}) {}", alert.value, alert.when);
        let _ = writeln!(text, "      - alert: {}", alert.name);
        let _ = writeln!(text, "        expr: {}", quoted(&expression));
        let _ = writeln!(text, "        for: {}", alert.lasting);
        let _ = writeln!(text, "        labels:\n          severity: {}", alert.severity);
        let _ = writeln!(text, "        annotations:\n          summary: {}", quoted(&alert.summary));
        let _ = writeln!(text, "          description: {}", quoted(&alert.advice));
    }
    text
}

/// A text in quotes, in which YAML takes every sign as it is but the quote itself.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::super::monitoring::tests::WATCH;
    use super::*;

    #[test]
    fn an_alert_becomes_a_rule() {
        let text = rules(&toml::from_str(WATCH).unwrap());
        assert!(
            text.contains(
                "- alert: A\n        expr: '(sum(snowflake_b_seconds_count)) > 1'\n        for: 5m\n"
            )
        );
        assert!(text.contains("summary: 'It is: {{ $value }}'"));
        assert_eq!(quoted("it's"), "'it''s'");
    }
}
