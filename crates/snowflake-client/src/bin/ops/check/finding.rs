//! What one step found out.

use std::fmt::Write as _;

use super::super::json::Object;
use super::super::output::on_one_line;

/// What one step found out.
#[derive(Debug)]
pub(super) struct Finding {
    step: &'static str,
    verdict: Verdict,
    detail: String,
    advice: Option<String>,
}

/// How good that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    /// Something works less well than it could, or only some of it.
    Warning,
    Failed,
    /// It could not be found out.
    Skipped,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl Finding {
    pub(super) fn ok(step: &'static str, detail: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Ok, detail: detail.into(), advice: None }
    }

    pub(super) fn skipped(step: &'static str, detail: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Skipped, detail: detail.into(), advice: None }
    }

    pub(super) fn warning(step: &'static str, detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Warning, detail: detail.into(), advice: Some(advice.into()) }
    }

    pub(super) fn failed(step: &'static str, detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Failed, detail: detail.into(), advice: Some(advice.into()) }
    }

    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    pub(super) fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// A line for a person, and a second one with what to do.
    pub(super) fn line(&self) -> String {
        let (verdict, step, detail) = (self.verdict.word(), self.step, on_one_line(&self.detail));
        let mut line = format!("{verdict:<8} {step:<14} {detail}\n");
        if let Some(advice) = &self.advice {
            // Writing to a text does not fail.
            let _ = writeln!(line, "{:23} -> {}", "", on_one_line(advice));
        }
        line
    }

    pub(super) fn json(&self) -> String {
        Object::default()
            .text("step", self.step)
            .text("verdict", self.verdict.word())
            .text("detail", &self.detail)
            .optional("advice", self.advice.as_deref())
            .end()
    }
}
