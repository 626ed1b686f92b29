//! The algorithms' states.

use digest::{ExtendableOutput, XofReader};
use sha2::digest;
use sha2::digest::{Digest, Update};

/// The state of one computation.
#[derive(Clone)]
pub(crate) enum State {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Sha3224(sha3::Sha3_224),
    Sha3256(sha3::Sha3_256),
    Sha3384(sha3::Sha3_384),
    Sha3512(sha3::Sha3_512),
    Shake128(shake::Shake128),
    Shake256(shake::Shake256),
    Blake2b(blake2b_simd::State),
    Blake2s(blake2s_simd::State),
}

macro_rules! each_fixed {
    ($self:expr, $h:ident => $fixed:expr, $x:ident => $xof:expr, $b:ident => $blake:expr) => {
        match $self {
            State::Md5($h) => $fixed,
            State::Sha1($h) => $fixed,
            State::Sha224($h) => $fixed,
            State::Sha256($h) => $fixed,
            State::Sha384($h) => $fixed,
            State::Sha512($h) => $fixed,
            State::Sha3224($h) => $fixed,
            State::Sha3256($h) => $fixed,
            State::Sha3384($h) => $fixed,
            State::Sha3512($h) => $fixed,
            State::Shake128($x) => $xof,
            State::Shake256($x) => $xof,
            State::Blake2b($b) => $blake,
            State::Blake2s($b) => $blake,
        }
    };
}

impl State {
    /// Takes more data in.
    pub fn update(&mut self, data: &[u8]) {
        each_fixed!(self,
            h => Update::update(h, data),
            x => Update::update(x, data),
            b => { b.update(data); }
        );
    }

    /// The digest of all data so far, into the front of `out`, which is as long as the digest.
    pub fn digest(&self, out: &mut [u8]) {
        fn copy(out: &mut [u8], digest: &[u8]) {
            let n = out.len().min(digest.len());
            out[..n].copy_from_slice(&digest[..n]);
        }
        each_fixed!(self,
            h => copy(out, &h.clone().finalize()),
            x => x.clone().finalize_xof().read(out),
            b => copy(out, b.finalize().as_bytes())
        );
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    fn hex(state: State, size: usize) -> String {
        let mut out = vec![0; size];
        state.digest(&mut out);
        out.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn digests_are_those_of_the_standards() {
        let mut md5 = State::Md5(Default::default());
        md5.update(b"ab");
        md5.update(b"c");
        assert_eq!(hex(md5, 16), "900150983cd24fb0d6963f7d28e17f72");
        let shake = State::Shake128(Default::default());
        assert_eq!(hex(shake, 8), "7f9c2ba4e88f827d");
        let sha3 = State::Sha3224(Default::default());
        assert_eq!(hex(sha3, 4), "6b4e0342");
    }
}
