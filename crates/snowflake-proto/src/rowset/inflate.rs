//! Undoing gzip.

use std::cell::RefCell;
use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use libdeflater::Decompressor;

use crate::{Error, Result};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// Deflate cannot shrink data more than this.
const MAX_DEFLATE_RATIO: usize = 1032;
/// Room beyond the stated size before the data counts as a decompression bomb.
const SLACK: usize = 1 << 20;

thread_local! {
    static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
}

/// The plain bytes of a body that is gzip'd, perhaps in several members, or not compressed at all.
///
/// `stated_size` is what the server says the plain size is; 0 when it says nothing. A body of exactly
/// that size is inflated in one shot into one buffer; anything else is inflated step by step, up to
/// the stated size plus a tenth and 1 MiB, or to `cap` bytes when no size was stated.
///
/// # Errors
/// [`Truncated`](crate::ErrorKind::Truncated) when the compressed data ends early,
/// [`Decode`](crate::ErrorKind::Decode) when it is damaged,
/// [`DecompressLimit`](crate::ErrorKind::DecompressLimit) when it inflates beyond the limit.
pub fn inflate(body: Bytes, stated_size: usize, cap: usize) -> Result<Bytes> {
    if !body.starts_with(&GZIP_MAGIC) {
        return Ok(body);
    }
    if let Some(plain) = inflate_at_once(&body, stated_size, cap) {
        return Ok(plain.into());
    }
    let limit = match stated_size {
        0 => cap,
        size => size.saturating_add(size / 10).saturating_add(SLACK).min(cap),
    };
    inflate_members(&body, limit).map(Bytes::from)
}

/// One member of exactly the stated size, or `None` when the sizes do not say so.
fn inflate_at_once(body: &[u8], stated_size: usize, cap: usize) -> Option<Vec<u8>> {
    let (_, trailer) = body.split_last_chunk::<4>()?;
    let plausible = stated_size <= cap && stated_size <= body.len().saturating_mul(MAX_DEFLATE_RATIO);
    // The trailer of a member holds its plain size modulo 2^32.
    if stated_size == 0 || !plausible || u64::from(u32::from_le_bytes(*trailer)) != stated_size as u64 {
        return None;
    }
    let mut plain = vec![0; stated_size];
    let size =
        DECOMPRESSOR.with_borrow_mut(|decompressor| decompressor.gzip_decompress(body, &mut plain)).ok()?;
    (size == stated_size).then_some(plain)
}

fn inflate_members(body: &[u8], limit: usize) -> Result<Vec<u8>> {
    let mut plain = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    match MultiGzDecoder::new(body).take(bound).read_to_end(&mut plain) {
        Ok(_) if plain.len() > limit => Err(Error::decompress_limit(limit as u64)),
        Ok(_) => Ok(plain),
        Err(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(Error::decode_caused("the compressed data ends early", cause))
        }
        Err(cause) => Err(Error::decode_caused("the compressed data is damaged", cause)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;
    use crate::ErrorKind;

    const CAP: usize = 1 << 30;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn text() -> Vec<u8> {
        (0..20_000_u32).flat_map(|i| i.to_string().into_bytes()).collect()
    }

    #[test]
    fn a_member_of_the_stated_size_and_one_of_unknown_size_inflate_alike() {
        let plain = text();
        for stated in [plain.len(), 0, plain.len() - 1, plain.len() + 7] {
            assert_eq!(inflate(gzip(&plain).into(), stated, CAP).unwrap(), plain);
        }
    }

    #[test]
    fn c05_every_member_is_inflated() {
        let plain = text();
        let body = [gzip(&plain), gzip(&plain)].concat();
        for stated in [2 * plain.len(), 0, plain.len()] {
            let result = inflate(body.clone().into(), stated, CAP);
            if stated == plain.len() {
                // The sizes lie; what comes back may be short, and row counts will tell.
                assert!(result.is_ok());
            } else {
                assert_eq!(result.unwrap().len(), 2 * plain.len());
            }
        }
    }

    #[test]
    fn c04_a_cut_body_is_an_error() {
        let plain = text();
        let body = gzip(&plain);
        for cut in [1, 4, 8, 9, 20] {
            let short = Bytes::copy_from_slice(&body[..body.len() - cut]);
            assert_eq!(inflate(short, plain.len(), CAP).unwrap_err().kind(), ErrorKind::Decode, "cut {cut}");
        }
    }

    #[test]
    fn c17_a_bomb_stops_at_the_stated_size() {
        let bomb = gzip(&vec![0; 64 << 20]);
        let error = inflate(bomb.into(), 1000, CAP).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DecompressLimit);
    }

    #[test]
    fn an_absurd_stated_size_allocates_nothing() {
        let plain = text();
        assert_eq!(inflate(gzip(&plain).into(), usize::MAX, CAP).unwrap(), plain);
    }

    #[test]
    fn plain_bytes_pass() {
        assert_eq!(inflate(Bytes::from_static(b"[1]"), 3, CAP).unwrap(), "[1]");
    }
}
