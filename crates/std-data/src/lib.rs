//! Native modules about data: numbers, text, bytes.
//!
//! | module | what it has |
//! |---|---|
//! | `_codecs`, `_string` | the codec registry; the parsers of format strings |
//! | `math`, `cmath`, `_random`, `_statistics` | functions of numbers |
//! | `_struct`, `array`, `binascii` | values to bytes and back |
//! | `unicodedata` | the character database |
//! | `_sre`, `_json`, `_pickle` | the engine of regular expressions; the fast parts of `json` and `pickle` |
//! | `zlib` | compression |
//! | `_csv` | comma-separated values |
//! | `_md5`, `_sha1`, `_sha2`, `_sha3`, `_blake2`, `_hmac` | hash functions |

pub mod array;
pub mod binascii;
pub mod cmath;
pub mod codecs;
pub mod csv;
pub mod hashes;
pub mod json;
mod library;
pub mod math;
pub mod pickle;
pub mod random;
pub mod sre;
pub mod statistics;
pub mod string_module;
pub mod structs;
pub mod unicodedata;
pub mod zlib;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;

static MODULES: &[&ModuleSpec] = &[
    &array::MODULE,
    &binascii::MODULE,
    &cmath::MODULE,
    &codecs::MODULE,
    &csv::MODULE,
    &hashes::BLAKE2_MODULE,
    &hashes::HMAC_MODULE,
    &hashes::MD5_MODULE,
    &hashes::SHA1_MODULE,
    &hashes::SHA2_MODULE,
    &hashes::SHA3_MODULE,
    &json::MODULE,
    &math::MODULE,
    &pickle::MODULE,
    &random::MODULE,
    &sre::MODULE,
    &statistics::MODULE,
    &string_module::MODULE,
    &structs::MODULE,
    &unicodedata::MODULE,
    &zlib::MODULE,
];

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

static TYPES: &[(&StaticType, &TypeSpec)] = &[
    (
        &string_module::FORMATTER_ITERATOR,
        &string_module::FORMATTER_SPEC,
    ),
    (
        &string_module::FIELD_NAME_ITERATOR,
        &string_module::FIELD_NAME_SPEC,
    ),
    (&array::ARRAY_ITERATOR, &array::ITERATOR_SPEC),
    (&structs::UNPACK_ITERATOR, &structs::UNPACK_ITERATOR_SPEC),
    (&sre::PATTERN, &sre::PATTERN_SPEC),
    (&zlib::COMPRESS, &zlib::COMPRESS_SPEC),
    (&zlib::DECOMPRESS, &zlib::DECOMPRESS_SPEC),
    (&sre::MATCH, &sre::MATCH_SPEC),
    (&sre::SCANNER, &sre::SCANNER_SPEC),
    (&sre::TEMPLATE, &sre::TEMPLATE_SPEC),
];

/// Types of this crate that no module's table has.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    TYPES
}
