//! All digests of a file in one pass over its bytes.
//!
//! Signatures cover growing prefixes, each with its own gap. One running state per hash goes over the file; at each
//! gap it is cloned, and the clone goes on to the end of its revision. The cost is the file's size plus the short tails.

use std::ops::Range;

use aws_lc_rs::digest::{Context, SHA256};
use cades::Hash;

/// What one signature covers: everything before `end` but for the gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Covered {
    pub(crate) hash: Hash,
    pub(crate) gap: Range<usize>,
    pub(crate) end: usize,
}

/// Digests in the order of `covered`, and SHA-256 of the whole file.
///
/// Ranges must lie inside the bytes; those that do not give an empty digest, which matches nothing.
pub(crate) fn digests(bytes: &[u8], covered: &[Covered]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let mut results = vec![Vec::new(); covered.len()];
    let mut whole = Vec::new();
    for hash in Hash::ALL {
        let mut order: Vec<(usize, &Covered)> =
            covered.iter().enumerate().filter(|(_, range)| range.hash == hash).collect();
        if order.is_empty() && hash != Hash::Sha256 {
            continue;
        }
        order.sort_by_key(|(_, range)| range.gap.start);
        let mut running = Context::new(hash.algorithm());
        let mut at = 0;
        for (index, range) in order {
            let (Some(before), Some(tail)) = (bytes.get(at..range.gap.start), bytes.get(range.gap.end..range.end))
            else {
                continue;
            };
            running.update(before);
            at = range.gap.start;
            let mut own = running.clone();
            own.update(tail);
            if let Some(result) = results.get_mut(index) {
                *result = own.finish().as_ref().to_vec();
            }
        }
        if *hash.algorithm() == SHA256 {
            running.update(bytes.get(at..).unwrap_or_default());
            whole = running.finish().as_ref().to_vec();
        }
    }
    (results, whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn one_pass_gives_what_separate_passes_give(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            cuts in proptest::collection::vec((0usize..300, 0usize..300, 0usize..300, 0usize..3), 0..6),
        ) {
            let covered: Vec<Covered> = cuts.into_iter().map(|(a, b, c, hash)| {
                let mut cuts = [a.min(bytes.len()), b.min(bytes.len()), c.min(bytes.len())];
                cuts.sort_unstable();
                Covered { hash: [Hash::Sha256, Hash::Sha384, Hash::Sha512][hash], gap: cuts[0]..cuts[1], end: cuts[2] }
            }).collect();
            let (results, whole) = digests(&bytes, &covered);
            prop_assert_eq!(whole, Hash::Sha256.digest(&bytes));
            for (range, result) in covered.iter().zip(results) {
                let joined = [&bytes[..range.gap.start], &bytes[range.gap.end..range.end]].concat();
                prop_assert_eq!(result, range.hash.digest(&joined));
            }
        }
    }
}
