//! One page for all who scrape within a second.

use std::io::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Exposition;

/// A page of this age is given out again.
pub(in crate::service) const PAGE_AGE: Duration = Duration::from_secs(1);

/// Writes the page of figures, at most once a second however many ask.
#[derive(Debug)]
pub(in crate::service) struct Scrape {
    exposition: Exposition,
    /// Held while a page is written: those who come meanwhile get the same.
    last: Mutex<Option<(Instant, Arc<Rendered>)>>,
}

/// A page of figures.
#[derive(Debug)]
pub(in crate::service) struct Rendered {
    plain: Bytes,
    gzipped: OnceLock<Option<Bytes>>,
}

impl Scrape {
    pub(in crate::service) fn new(exposition: Exposition) -> Self {
        Self { exposition, last: Mutex::new(None) }
    }

    /// The page, written now or within the last second.
    pub(in crate::service) async fn rendered(&self) -> Arc<Rendered> {
        let mut last = self.last.lock().await;
        if let Some((at, rendered)) = &*last
            && at.elapsed() < PAGE_AGE
        {
            return Arc::clone(rendered);
        }
        let rendered = Arc::new(self.render());
        *last = Some((Instant::now(), Arc::clone(&rendered)));
        rendered
    }

    fn render(&self) -> Rendered {
        Rendered { plain: Bytes::from(self.exposition.page()), gzipped: OnceLock::new() }
    }
}

impl Rendered {
    pub(in crate::service) fn plain(&self) -> Bytes {
        self.plain.clone()
    }

    /// The page compressed, once however many ask for it.
    pub(in crate::service) fn gzipped(&self) -> Option<Bytes> {
        self.gzipped.get_or_init(|| gzip(&self.plain)).clone()
    }
}

fn gzip(page: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(page.len() / 4), Compression::fast());
    encoder.write_all(page).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use metrics::gauge;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_page_serves_all_who_ask_within_a_second() {
        let (exposition, recorder) = Exposition::build().unwrap();
        let scrape = Scrape::new(exposition);
        metrics::with_local_recorder(&recorder, || gauge!("snowflake_up").set(1.0));
        let first = scrape.rendered().await;
        metrics::with_local_recorder(&recorder, || gauge!("snowflake_up").set(0.0));
        for _ in 0..1000 {
            assert!(Arc::ptr_eq(&first, &scrape.rendered().await));
        }
        tokio::time::advance(PAGE_AGE).await;
        let page = scrape.rendered().await.plain();
        assert!(String::from_utf8_lossy(&page).contains("snowflake_up 0\n"));
    }

    #[tokio::test]
    async fn the_compressed_page_is_the_same() {
        let (exposition, recorder) = Exposition::build().unwrap();
        metrics::with_local_recorder(&recorder, || gauge!("snowflake_up").set(1.0));
        let rendered = Scrape::new(exposition).rendered().await;
        let mut text = Vec::new();
        GzDecoder::new(&rendered.gzipped().unwrap()[..]).read_to_end(&mut text).unwrap();
        assert_eq!(text, rendered.plain());
        assert!(!text.is_empty());
    }
}
