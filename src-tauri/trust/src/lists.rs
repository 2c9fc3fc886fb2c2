//! The trust lists that come with the program: roots pinned by SHA-256, each for its purpose. The certificates
//! themselves are imported, or come with the documents.

use crate::{Anchors, TrustList};

/// A pinned root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pinned {
    /// As people call it.
    pub name: &'static str,
    /// SHA-256 of the certificate, hexadecimal.
    pub sha256: &'static str,
    /// The list it is on.
    pub list: TrustList,
}

const fn pinned(name: &'static str, sha256: &'static str, list: TrustList) -> Pinned {
    Pinned { name, sha256, list }
}

/// ICP-Brasil's roots by purpose, and gov.br's, which is a list of its own.
pub const PINNED: [Pinned; 13] = [
    pinned(
        "AC Raiz Brasileira v5",
        "CAA53FC6091C6951887C976E378F6EF89AA6377C55D97B6475422B71ED7E9B17",
        TrustList::IcpBrasil,
    ),
    pinned(
        "AC Raiz Brasileira v12",
        "D8478E37CE19C690CF657381E68FE600E4E1A042536830F06847E03E554C4B01",
        TrustList::IcpBrasil,
    ),
    pinned(
        "AC Raiz Brasileira",
        "687EA89089309D2CFE107DB059FB10D676F45D3283AEE056903EEA0CF3C188F8",
        TrustList::IcpBrasilHistorical,
    ),
    pinned(
        "AC Raiz Brasileira v1",
        "CBD8ED38D4A2D677D453D70DD8890AF4F6374CBA6299943F1AB3A6936C6FD795",
        TrustList::IcpBrasilHistorical,
    ),
    pinned(
        "AC Raiz Brasileira v2",
        "FB47D92A9909FD4FA9BEC02737543E1F3514CED747407A8D9CFA397B0915067C",
        TrustList::IcpBrasilHistorical,
    ),
    pinned(
        "AC Raiz Brasileira v3",
        "1226EBF38AF7335FFB346DE68840D5652D9BE7413A65B989375EDAC6A7F16172",
        TrustList::IcpBrasilHistorical,
    ),
    pinned(
        "AC Raiz Brasileira v4",
        "F0C15AFD258FB674E7A96E1A50FF873149364B9EC70D4D93C7A9F1EB6060D020",
        TrustList::IcpBrasilOther,
    ),
    pinned(
        "AC Raiz Brasileira v6",
        "3BDB9B509352F1D3D71C2BF64D9A38A4E6CEBDA27809D77F7AC476CBDE6E314A",
        TrustList::IcpBrasilOther,
    ),
    pinned(
        "AC Raiz Brasileira v7",
        "5657E70580EB678983F3ED7DFCE091D84CAE6549389A47FCCDA8D0E4DC2CF576",
        TrustList::IcpBrasilOther,
    ),
    pinned(
        "AC Raiz Brasileira v10",
        "6E0BFF069A26994C15DE2C4888CC54AF84882E5495B7FBF66BE9CCFFEC7489F6",
        TrustList::IcpBrasilOther,
    ),
    pinned(
        "AC Raiz Brasileira v11",
        "1406710058180FA4081AAB3F246F1702429C552A11FA3143B84C88CB3AB8E5E7",
        TrustList::IcpBrasilOther,
    ),
    pinned(
        "AC Raiz Brasileira v13",
        "2B07D0BC02C4A6E0478ED22D0D99E8F97E1827B269097696A7FEB6AAD30C3AC8",
        TrustList::IcpBrasilOther,
    ),
    pinned(
        "AC Raiz do Governo Federal do Brasil v1",
        "163BD003BC0DF2BEAB88174B6D5B450B6E1DC973A64B2DC2A33218544F49EF4E",
        TrustList::GovBr,
    ),
];

/// The pinned root with this fingerprint.
#[must_use]
pub fn find(fingerprint: &[u8]) -> Option<&'static Pinned> {
    PINNED.iter().find(|pinned| octets(pinned.sha256) == fingerprint)
}

/// Pins every root of the lists.
pub fn pin_all(anchors: &mut Anchors) {
    for pinned in &PINNED {
        anchors.pin(pinned.list, octets(pinned.sha256));
    }
}

/// The octets of a constant of this table.
fn octets(hexadecimal: &str) -> Vec<u8> {
    (0..hexadecimal.len() / 2)
        .filter_map(|index| u8::from_str_radix(hexadecimal.get(2 * index..2 * index + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fingerprint_is_whole_and_stands_once() {
        let mut seen: Vec<Vec<u8>> = PINNED.iter().map(|pinned| octets(pinned.sha256)).collect();
        assert!(seen.iter().all(|fingerprint| fingerprint.len() == 32));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), PINNED.len());
    }
}
