//! The figures as Prometheus reads them.

mod recorder;
mod scrape;

pub use recorder::Exposition;
#[cfg(test)]
pub(super) use scrape::PAGE_AGE;
pub(super) use scrape::Scrape;
