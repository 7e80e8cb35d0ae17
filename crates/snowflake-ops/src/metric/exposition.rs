//! The one thing that the exporter's text gets wrong: counters of the facade cannot count fractions.

use super::generated::METRICS;

/// The exporter's text, with the metrics that count in fractions shown as the counters that they are.
pub(crate) fn with_fractions(mut text: String) -> String {
    for metric in METRICS.iter().filter(|metric| metric.fraction) {
        let gauge = format!("# TYPE {} gauge\n", metric.name);
        if let Some(at) = text.find(&gauge) {
            let counter = format!("# TYPE {} counter\n", metric.name);
            text.replace_range(at..at + gauge.len(), &counter);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_are_counted_in_fractions() {
        let name = "snowflake_credits_used_total";
        let text =
            format!("# TYPE other gauge\nother 1\n# TYPE {name} gauge\n{name}{{warehouse=\"A\"}} 0.25\n");
        let counted =
            format!("# TYPE other gauge\nother 1\n# TYPE {name} counter\n{name}{{warehouse=\"A\"}} 0.25\n");
        assert_eq!(with_fractions(text), counted);
    }
}
