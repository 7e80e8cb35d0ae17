//! How large the parts of an object are.

/// The part size of all drivers, in bytes, where the object is not too large for it.
const DEFAULT: u64 = 8 << 20;

/// The limits of a store's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartLimits {
    /// The most parts of one object.
    pub(crate) most: u64,
    /// A part's size in bytes is a multiple of this.
    pub(crate) unit: u64,
    /// Whether parts may be written at the same time and in any order.
    pub(crate) parallel: bool,
}

impl PartLimits {
    /// Amazon S3: up to 10,000 parts.
    pub(crate) const S3: Self = Self { most: 10_000, unit: 1, parallel: true };

    /// Azure: up to 50,000 blocks.
    pub(crate) const AZURE: Self = Self { most: 50_000, unit: 1, parallel: true };

    /// Google Cloud: as many as need be, one after the other, in units of 256 KiB.
    #[cfg_attr(not(test), allow(dead_code, reason = "uploads to Google Cloud are one request so far"))]
    pub(crate) const GCS: Self = Self { most: u64::MAX, unit: 256 << 10, parallel: false };

    /// A folder: as many as need be.
    pub(crate) const FOLDER: Self = Self { most: u64::MAX, unit: 1, parallel: true };

    /// The size in bytes of all parts but the last of an object of `size` bytes: 8 MiB, or more for an object
    /// that would have too many of them.
    pub(crate) fn part_size(&self, size: u64) -> u64 {
        size.div_ceil(self.most).max(DEFAULT).next_multiple_of(self.unit)
    }

    /// How many parts an object of `size` bytes has.
    pub(crate) fn count(&self, size: u64) -> u64 {
        size.div_ceil(self.part_size(size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIB: u64 = 1 << 40;

    #[test]
    fn f15_an_object_of_a_tebibyte_has_no_more_parts_than_its_store_allows() {
        for (limits, most) in [(PartLimits::S3, 10_000), (PartLimits::AZURE, 50_000)] {
            for size in [TIB, 5 * TIB, TIB - 1, most * DEFAULT, most * DEFAULT + 1] {
                let (count, part) = (limits.count(size), limits.part_size(size));
                assert!(count <= most, "{count} parts of {part}");
                assert!((count - 1) * part < size && size <= count * part);
            }
        }
        // S3 takes parts of 5 GiB, Azure blocks of 100 MiB up to its largest object.
        assert!(PartLimits::S3.part_size(5 * TIB) <= 5 << 30);
        assert!(PartLimits::AZURE.part_size(50_000 * (100 << 20)) <= 100 << 20);
    }

    #[test]
    fn f15_objects_that_are_not_huge_go_in_parts_of_8_mib() {
        for limits in [PartLimits::S3, PartLimits::AZURE, PartLimits::GCS, PartLimits::FOLDER] {
            for size in [0, 1, DEFAULT, 1 << 30, 70 << 30] {
                assert_eq!(limits.part_size(size), DEFAULT, "{limits:?} {size}");
            }
        }
        assert_eq!(PartLimits::GCS.part_size(TIB) % (256 << 10), 0);
        assert_eq!(PartLimits::GCS.count(DEFAULT + 1), 2);
    }
}
