//! Whether what a program believes is what happened: nine assertions in one call.

mod assertion;
mod auditing;
mod claims;
mod effects;
mod executions;
mod limits;
mod reading;
mod rows;
mod secrets;
mod timing;
mod violations;

pub use assertion::Assertion;
pub use auditing::Audit;
pub use claims::Claims;
pub use reading::Reading;
pub use timing::Deadline;
pub use violations::{Violation, Violations};

#[cfg(test)]
mod tests;
