//! Writing DER (X.690): each function returns one whole value.

use crate::asn1::tag;

/// A value with this tag.
#[must_use]
pub fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let digits = content.len().to_be_bytes();
            let digits: Vec<u8> = digits.into_iter().skip_while(|digit| *digit == 0).collect();
            // A usize has at most 8 digits.
            out.push(0x80 | digits.len().to_le_bytes()[0]);
            out.extend(digits);
        }
    }
    out.extend(content);
    out
}

/// `SEQUENCE` of these values.
#[must_use]
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    value(tag::SEQUENCE, &parts.concat())
}

/// `SET OF` these values, in the order DER demands (X.690, 11.6).
#[must_use]
pub fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    value(tag::SET, &parts.concat())
}

/// `INTEGER` of a small number.
#[must_use]
pub fn integer(number: u8) -> Vec<u8> {
    if number < 0x80 { value(tag::INTEGER, &[number]) } else { value(tag::INTEGER, &[0, number]) }
}

/// `OCTET STRING`
#[must_use]
pub fn octet_string(bytes: &[u8]) -> Vec<u8> {
    value(tag::OCTET_STRING, bytes)
}

/// `NULL`
#[must_use]
pub fn null() -> Vec<u8> {
    value(tag::NULL, &[])
}

/// `OBJECT IDENTIFIER` from its dotted form, which is always one of this crate's constants.
#[must_use]
pub fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').filter_map(|arc| arc.parse().ok()).collect();
    let mut content = Vec::new();
    if let [root, second, others @ ..] = arcs.as_slice() {
        push_arc(&mut content, root * 40 + second);
        for arc in others {
            push_arc(&mut content, *arc);
        }
    }
    value(tag::OBJECT_IDENTIFIER, &content)
}

fn push_arc(out: &mut Vec<u8>, arc: u64) {
    let groups = (0..10u32).rev().map(|group| (arc >> (7 * group)).to_le_bytes()[0] & 0x7F);
    let significant: Vec<u8> = groups.skip_while(|group| *group == 0).collect();
    match significant.split_last() {
        Some((last, leading)) => {
            out.extend(leading.iter().map(|group| group | 0x80));
            out.push(*last);
        }
        None => out.push(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::{Tlv, is_der};

    #[test]
    fn object_identifiers_read_back() {
        for dotted in ["1.2.840.113549.1.9.16.2.47", "2.16.76.1.7.1.11.1.3", "2.5.29.15", "0.4.0"] {
            assert_eq!(Tlv::parse(&oid(dotted)).unwrap().oid().unwrap(), dotted);
        }
    }

    #[test]
    fn lengths_are_minimal() {
        for length in [0, 127, 128, 255, 256, 65_535, 65_536] {
            assert!(is_der(&octet_string(&vec![7; length])), "{length}");
        }
    }
}
