//! Points of the curve P-256 (FIPS 186-5, SEC 1 §2.3.3): whether 65 bytes are one. A push service would
//! take anything; the Worker would find out only when it encrypts.

/// The length of an uncompressed point.
pub const POINT: usize = 65;

/// The first byte of an uncompressed point (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

/// Whether the bytes are an uncompressed point of the curve: y² = x³ − 3x + b, modulo p.
pub fn is_on_curve(point: &[u8; POINT]) -> bool {
    let [UNCOMPRESSED, coordinates @ ..] = point else {
        return false;
    };
    let (x, y) = coordinates.split_at(32);
    let (Some(x), Some(y)) = (Field::read(x), Field::read(y)) else {
        return false;
    };
    // Without a subtraction: y² + 3x = x³ + b.
    let left = y.times(y).plus(x).plus(x).plus(x);
    left == x.times(x).times(x).plus(B)
}

/// A number modulo p: four limbs, the lowest first.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Field([u64; 4]);

/// p = 2²⁵⁶ − 2²²⁴ + 2¹⁹² + 2⁹⁶ − 1
const P: Field = Field([
    0xffff_ffff_ffff_ffff,
    0x0000_0000_ffff_ffff,
    0x0000_0000_0000_0000,
    0xffff_ffff_0000_0001,
]);

/// The curve's b.
const B: Field = Field([
    0x3bce_3c3e_27d2_604b,
    0x651d_06b0_cc53_b0f6,
    0xb3eb_bd55_7698_86bc,
    0x5ac6_35d8_aa3a_93e7,
]);

impl Field {
    /// Reads 32 bytes, the highest first. `None`: not below p.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut limbs = [0; 4];
        for (limb, bytes) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
            *limb = bytes
                .iter()
                .fold(0, |limb, byte| limb << 8 | u64::from(*byte));
        }
        let number = Self(limbs);
        let (_, below) = number.less_p();
        below.then_some(number)
    }

    /// The number less p, modulo 2²⁵⁶, and whether it was below p.
    fn less_p(self) -> (Self, bool) {
        let (mut limbs, mut borrow) = (self.0, false);
        for (limb, subtrahend) in limbs.iter_mut().zip(P.0) {
            let (difference, under) = limb.overflowing_sub(subtrahend);
            let (difference, again) = difference.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (difference, under | again);
        }
        (Self(limbs), borrow)
    }

    fn plus(self, other: Self) -> Self {
        let (mut limbs, mut carry) = (self.0, false);
        for (limb, summand) in limbs.iter_mut().zip(other.0) {
            let (sum, over) = limb.overflowing_add(summand);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, over | again);
        }
        let sum = Self(limbs);
        let (reduced, below) = sum.less_p();
        if below && !carry { sum } else { reduced }
    }

    /// By doubling and adding, bit by bit: there is one of these for each subscription, not for each
    /// message.
    fn times(self, other: Self) -> Self {
        let mut product = Self([0; 4]);
        for limb in self.0.into_iter().rev() {
            for bit in (0..u64::BITS).rev() {
                product = product.plus(product);
                if limb >> bit & 1 == 1 {
                    product = product.plus(other);
                }
            }
        }
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::base64url_decode;

    fn point(text: &str) -> [u8; POINT] {
        base64url_decode(text)
            .and_then(|bytes| bytes.try_into().ok())
            .unwrap_or([0; POINT])
    }

    #[test]
    fn keys_of_the_standards_are_points() {
        for key in [
            // RFC 8291 §5
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            // RFC 8292 §2.4
            "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs",
        ] {
            assert!(is_on_curve(&point(key)), "{key}");
        }
    }

    #[test]
    fn whatever_is_a_bit_off_is_none() {
        let key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        let right = point(key);
        assert!(is_on_curve(&right));
        for bit in 0..POINT * 8 {
            let mut wrong = right;
            for byte in wrong.iter_mut().skip(bit / 8).take(1) {
                *byte ^= 1 << (bit % 8);
            }
            assert!(!is_on_curve(&wrong), "bit {bit}");
        }
    }

    #[test]
    fn coordinates_are_below_p() {
        // (0, √b) is a point; with p for its 0 it isn't written as one.
        let root = [
            0x66, 0x48, 0x5c, 0x78, 0x0e, 0x2f, 0x83, 0xd7, 0x24, 0x33, 0xbd, 0x5d, 0x84, 0xa0,
            0x6b, 0xb6, 0x54, 0x1c, 0x2a, 0xf3, 0x1d, 0xae, 0x87, 0x17, 0x28, 0xbf, 0x85, 0x6a,
            0x17, 0x4f, 0x93, 0xf4,
        ];
        let p = P.0.into_iter().rev().flat_map(u64::to_be_bytes);
        for (x, expected) in [(vec![0; 32], true), (p.collect(), false)] {
            let bytes = [vec![UNCOMPRESSED], x, root.to_vec()].concat();
            assert_eq!(
                bytes.try_into().map(|point| is_on_curve(&point)),
                Ok(expected)
            );
        }
    }
}
