//! The sizes of cells: steps of 8 to 64, then four a doubling to 8 KiB, then 65536/n for n of 6 to 2.

use crate::arena::BLOCK_SIZE;

/// The number of classes.
pub(crate) const CLASSES: usize = 40;

/// The bytes of a cell of each class.
pub(crate) const SIZES: [u32; CLASSES] = [
    16, 24, 32, 40, 48, 56, 64, // steps of 8
    80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024, //
    1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 5120, 6144, 7168, 8192, //
    10912, 13104, 16384, 21840, 32768, // 6, 5, 4, 3 and 2 to a block
];

/// The largest size that shares a block with others; larger cells have their own run of blocks.
pub const MAX_SMALL: usize = 32768;

/// Sizes up to this find their class in a table.
pub(crate) const MAX_TABLE: usize = 1024;

const fn slow_class(size: usize) -> u8 {
    let mut class = 0;
    while (SIZES[class] as usize) < size {
        class += 1;
    }
    class as u8
}

/// The class of each size up to [`MAX_TABLE`], by size in words.
pub(crate) const TABLE: [u8; MAX_TABLE / 8 + 1] = {
    let mut table = [0; MAX_TABLE / 8 + 1];
    let mut words = 0;
    while words < table.len() {
        table[words] = slow_class(words * 8);
        words += 1;
    }
    table
};

/// For each class ceil(2^32 / size): a multiplication instead of a division. Exact for offsets
/// within a block.
pub(crate) const RECIPROCALS: [u32; CLASSES] = {
    let mut table = [0; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        table[class] = ((1u64 << 32).div_ceil(SIZES[class] as u64)) as u32;
        class += 1;
    }
    table
};

/// How many cells of each class a block holds.
pub(crate) const CAPACITIES: [u32; CLASSES] = {
    let mut table = [0; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        table[class] = BLOCK_SIZE as u32 / SIZES[class];
        class += 1;
    }
    table
};

/// The class of a size up to [`MAX_SMALL`].
#[inline(always)]
pub(crate) const fn class_of(size: usize) -> usize {
    if size <= MAX_TABLE {
        TABLE[(size + 7) >> 3] as usize
    } else {
        large_class(size)
    }
}

const fn large_class(size: usize) -> usize {
    let mut class = TABLE[MAX_TABLE / 8] as usize;
    while (SIZES[class] as usize) < size {
        class += 1;
    }
    class
}

/// The index of the cell of `class` that byte `offset` of a block lies in.
#[inline(always)]
pub(crate) const fn cell_index(class: usize, offset: usize) -> usize {
    ((offset as u64 * RECIPROCALS[class] as u64) >> 32) as usize
}

/// What an allocation of `size` bytes really takes: the caller may use all of it.
#[inline]
pub fn rounded_size(size: usize) -> usize {
    if size <= MAX_SMALL {
        SIZES[class_of(size)] as usize
    } else {
        size.next_multiple_of(BLOCK_SIZE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_smallest_class_that_fits() {
        for size in 1..=MAX_SMALL {
            let class = class_of(size);
            assert!(SIZES[class] as usize >= size);
            assert!(class == 0 || (SIZES[class - 1] as usize) < size);
        }
    }

    #[test]
    fn reciprocals_divide_exactly() {
        for (class, &size) in SIZES.iter().enumerate() {
            for offset in 0..BLOCK_SIZE {
                assert_eq!(cell_index(class, offset), offset / size as usize);
            }
        }
    }

    #[test]
    fn sizes_above_56_suit_compressed_references() {
        assert!(
            SIZES
                .iter()
                .all(|size| size % 16 == 0 || [24, 40, 56].contains(size))
        );
    }
}
