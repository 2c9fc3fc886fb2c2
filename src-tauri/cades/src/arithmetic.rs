//! Signatures that the crypto library does not compute: RSA under 2 048 bits or with unusual parameters, and ECDSA over
//! curves that it lacks. Only public values meet here, so nothing has to run in constant time.

use num_bigint::BigUint;

use crate::{
    CadesError, Hash,
    asn1::{Tlv, magnitude, tag},
};

/// Largest modulus in bits; a larger one costs a forger nothing and the verifier seconds.
const MAX_RSA_BITS: u64 = 8_192;

/// Largest public exponent in bits: real ones have 17, and each bit costs a multiplication.
const MAX_EXPONENT_BITS: u64 = 64;

/// An RSA public key (RFC 8017, A.1.1).
struct RsaKey {
    modulus: BigUint,
    exponent: BigUint,
    length: usize,
}

impl RsaKey {
    fn parse(key: &[u8]) -> Result<Self, CadesError> {
        let mut fields = Tlv::parse(key)?.fields()?;
        let modulus = BigUint::from_bytes_be(magnitude(&fields.expect(tag::INTEGER, "RSA modulus")?)?);
        let exponent = BigUint::from_bytes_be(magnitude(&fields.expect(tag::INTEGER, "RSA exponent")?)?);
        fields.end("RSA key")?;
        let odd = modulus.bit(0) && exponent.bit(0);
        if !odd || exponent < BigUint::from(3u8) {
            return Err(CadesError::Malformed("RSA key"));
        }
        if modulus.bits() > MAX_RSA_BITS || exponent.bits() > MAX_EXPONENT_BITS {
            return Err(CadesError::Unsupported(format!("RSA {}", modulus.bits())));
        }
        let length = usize::try_from(modulus.bits().div_ceil(8)).map_err(|_| CadesError::Malformed("RSA key"))?;
        Ok(Self { modulus, exponent, length })
    }

    /// The encoded message that a signature opens to (RFC 8017, 5.2.2), as long as the modulus.
    fn open(&self, signature: &[u8]) -> Result<Vec<u8>, CadesError> {
        let value = BigUint::from_bytes_be(signature);
        if signature.len() != self.length || value >= self.modulus {
            return Err(CadesError::BadSignature);
        }
        let opened = value.modpow(&self.exponent, &self.modulus).to_bytes_be();
        let mut message = vec![0; self.length.saturating_sub(opened.len())];
        message.extend(opened);
        Ok(message)
    }
}

/// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2.2): the whole encoded message is compared, so nothing can hide in its padding.
pub(crate) fn verify_rsa_pkcs1(key: &[u8], digest_info: &[&[u8]], signature: &[u8]) -> Result<(), CadesError> {
    let key = RsaKey::parse(key)?;
    let opened = key.open(signature)?;
    let matches = digest_info.iter().any(|info| {
        let Some(padding) = key.length.checked_sub(info.len() + 3).filter(|padding| *padding >= 8) else {
            return false;
        };
        let expected = [&[0, 1][..], &vec![0xFF; padding], &[0], info].concat();
        expected == opened
    });
    if matches { Ok(()) } else { Err(CadesError::BadSignature) }
}

/// RSASSA-PSS with any hash for the mask and any length of salt (RFC 8017, 9.1.2).
pub(crate) fn verify_rsa_pss(
    key: &[u8],
    hash: Hash,
    mask: Hash,
    salt: usize,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), CadesError> {
    let key = RsaKey::parse(key)?;
    let bits = usize::try_from(key.modulus.bits() - 1).map_err(|_| CadesError::BadSignature)?;
    let length = bits.div_ceil(8);
    let opened = key.open(signature)?;
    // With a modulus of 8n + 1 bits the encoded message is one byte shorter.
    let (leading, message) = opened.split_at_checked(key.length - length).ok_or(CadesError::BadSignature)?;
    let [masked @ .., 0xBC] = message else { return Err(CadesError::BadSignature) };
    let split = masked.len().checked_sub(hash.length()).ok_or(CadesError::BadSignature)?;
    let (masked, h) = masked.split_at(split);
    let unused = 8 * length - bits;
    let top_mask = 0xFFu8 >> unused;
    if leading.iter().any(|byte| *byte != 0) || masked.first().is_none_or(|first| first & !top_mask != 0) {
        return Err(CadesError::BadSignature);
    }
    let mut block: Vec<u8> = masked.iter().zip(mgf1(mask, h, masked.len())).map(|(a, b)| a ^ b).collect();
    if let Some(first) = block.first_mut() {
        *first &= top_mask;
    }
    let zeros = block.len().checked_sub(salt + 1).ok_or(CadesError::BadSignature)?;
    let (padding, rest) = block.split_at(zeros);
    let [1, salt @ ..] = rest else { return Err(CadesError::BadSignature) };
    let expected = hash.digest(&[&[0; 8][..], digest, salt].concat());
    if padding.iter().all(|byte| *byte == 0) && expected == h { Ok(()) } else { Err(CadesError::BadSignature) }
}

fn mgf1(hash: Hash, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::new();
    let mut counter = 0u32;
    while mask.len() < length {
        mask.extend(hash.digest(&[seed, &counter.to_be_bytes()].concat()));
        counter += 1;
    }
    mask.truncate(length);
    mask
}

/// A curve y² = x³ + ax + b over a prime field, with cofactor 1.
pub(crate) struct Curve {
    /// What experts call it.
    pub(crate) name: &'static str,
    /// Its object identifier.
    pub(crate) oid: &'static str,
    /// Bits of the field.
    pub(crate) bits: usize,
    p: &'static str,
    a: &'static str,
    b: &'static str,
    x: &'static str,
    y: &'static str,
    n: &'static str,
}

/// Curves of RFC 5639 and SEC 2.
pub(crate) const CURVES: [Curve; 6] = [
    Curve {
        name: "brainpoolP256r1",
        oid: crate::oid::BRAINPOOL_P256R1,
        bits: 256,
        p: "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
        a: "7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
        b: "26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
        x: "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
        y: "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
        n: "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
    },
    Curve {
        name: "brainpoolP384r1",
        oid: crate::oid::BRAINPOOL_P384R1,
        bits: 384,
        p: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
        a: "7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
        b: "04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
        x: "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
        y: "8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
        n: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
    },
    Curve {
        name: "brainpoolP512r1",
        oid: crate::oid::BRAINPOOL_P512R1,
        bits: 512,
        p: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
        a: "7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
        b: "3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
        x: "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
        y: "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
        n: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
    },
    Curve {
        name: "P-256",
        oid: crate::oid::P256,
        bits: 256,
        p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        a: "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
        b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        x: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        y: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        n: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    },
    Curve {
        name: "P-384",
        oid: crate::oid::P384,
        bits: 384,
        p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
        a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
        b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
        x: "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
        y: "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
        n: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    },
    Curve {
        name: "P-521",
        oid: crate::oid::P521,
        bits: 521,
        p: "1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        a: "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc",
        b: "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
        x: "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
        y: "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
        n: "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    },
];

/// Jacobian coordinates; z = 0 is the point at infinity.
#[derive(Clone)]
struct Point {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

struct Field {
    p: BigUint,
    a: BigUint,
    b: BigUint,
    n: BigUint,
}

impl Field {
    fn mul(&self, a: &BigUint, b: &BigUint) -> BigUint {
        a * b % &self.p
    }

    fn sub(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.p - b) % &self.p
    }

    fn times(&self, a: &BigUint, factor: u8) -> BigUint {
        a * factor % &self.p
    }

    fn contains(&self, x: &BigUint, y: &BigUint) -> bool {
        let right = self.mul(&self.mul(x, x), x) + self.mul(&self.a, x) + &self.b;
        *x < self.p && *y < self.p && self.mul(y, y) == right % &self.p
    }

    fn double(&self, point: &Point) -> Point {
        let yy = self.mul(&point.y, &point.y);
        let s = self.times(&self.mul(&point.x, &yy), 4);
        let zz = self.mul(&point.z, &point.z);
        let m = (self.times(&self.mul(&point.x, &point.x), 3) + self.mul(&self.a, &self.mul(&zz, &zz))) % &self.p;
        let x = self.sub(&self.mul(&m, &m), &self.times(&s, 2));
        let y = self.sub(&self.mul(&m, &self.sub(&s, &x)), &self.times(&self.mul(&yy, &yy), 8));
        let z = self.times(&self.mul(&point.y, &point.z), 2);
        Point { x, y, z }
    }

    fn add(&self, one: &Point, two: &Point) -> Point {
        let zero = BigUint::ZERO;
        if one.z == zero {
            return two.clone();
        }
        if two.z == zero {
            return one.clone();
        }
        let (z1, z2) = (self.mul(&one.z, &one.z), self.mul(&two.z, &two.z));
        let (u1, u2) = (self.mul(&one.x, &z2), self.mul(&two.x, &z1));
        let (s1, s2) = (self.mul(&one.y, &self.mul(&z2, &two.z)), self.mul(&two.y, &self.mul(&z1, &one.z)));
        let (h, r) = (self.sub(&u2, &u1), self.sub(&s2, &s1));
        if h == zero {
            return if r == zero { self.double(one) } else { Point { x: 1u8.into(), y: 1u8.into(), z: zero } };
        }
        let hh = self.mul(&h, &h);
        let hhh = self.mul(&h, &hh);
        let v = self.mul(&u1, &hh);
        let x = self.sub(&self.sub(&self.mul(&r, &r), &hhh), &self.times(&v, 2));
        let y = self.sub(&self.mul(&r, &self.sub(&v, &x)), &self.mul(&s1, &hhh));
        let z = self.mul(&h, &self.mul(&one.z, &two.z));
        Point { x, y, z }
    }

    /// `k1·g + k2·q`, both factors read bit by bit together.
    fn combine(&self, k1: &BigUint, g: &Point, k2: &BigUint, q: &Point) -> Point {
        let both = self.add(g, q);
        let mut sum = Point { x: 1u8.into(), y: 1u8.into(), z: BigUint::ZERO };
        for bit in (0..k1.bits().max(k2.bits())).rev() {
            sum = self.double(&sum);
            match (k1.bit(bit), k2.bit(bit)) {
                (true, true) => sum = self.add(&sum, &both),
                (true, false) => sum = self.add(&sum, g),
                (false, true) => sum = self.add(&sum, q),
                (false, false) => {}
            }
        }
        sum
    }
}

/// ECDSA over one of [`CURVES`] (SEC 1, 4.1.4); `point` is the uncompressed public key, `signature` is DER.
pub(crate) fn verify_ecdsa(curve: &Curve, point: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), CadesError> {
    let number = |text: &str| BigUint::parse_bytes(text.as_bytes(), 16).ok_or(CadesError::Malformed("curve"));
    let field = Field { p: number(curve.p)?, a: number(curve.a)?, b: number(curve.b)?, n: number(curve.n)? };
    let [4, coordinates @ ..] = point else { return Err(CadesError::Unsupported("compressed point".to_owned())) };
    if coordinates.len() != 2 * curve.bits.div_ceil(8) {
        return Err(CadesError::Malformed("public key"));
    }
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    let (x, y) = (BigUint::from_bytes_be(x), BigUint::from_bytes_be(y));
    if !field.contains(&x, &y) {
        return Err(CadesError::Malformed("public key"));
    }
    let mut pair = Tlv::parse(signature).and_then(|value| value.fields()).map_err(|_| CadesError::BadSignature)?;
    let mut component = || -> Result<BigUint, CadesError> {
        let value = pair.expect(tag::INTEGER, "ECDSA value")?.content;
        let positive = value.first().is_some_and(|first| *first < 0x80);
        let value = BigUint::from_bytes_be(value);
        if positive && value > BigUint::ZERO && value < field.n { Ok(value) } else { Err(CadesError::BadSignature) }
    };
    let (r, s) = (component()?, component()?);
    pair.end("ECDSA value").map_err(|_| CadesError::BadSignature)?;
    let mut e = BigUint::from_bytes_be(digest);
    let excess = (digest.len() as u64 * 8).saturating_sub(field.n.bits());
    e >>= excess;
    let inverse = s.modinv(&field.n).ok_or(CadesError::BadSignature)?;
    let (u1, u2) = (e * &inverse % &field.n, &r * &inverse % &field.n);
    let one = BigUint::from(1u8);
    let g = Point { x: number(curve.x)?, y: number(curve.y)?, z: one.clone() };
    let sum = field.combine(&u1, &g, &u2, &Point { x, y, z: one });
    let inverse = sum.z.modinv(&field.p).ok_or(CadesError::BadSignature)?;
    let affine = field.mul(&sum.x, &field.mul(&inverse, &inverse));
    if affine % &field.n == r { Ok(()) } else { Err(CadesError::BadSignature) }
}
