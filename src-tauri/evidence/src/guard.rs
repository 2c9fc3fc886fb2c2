//! Which addresses may be asked: none that a stranger's file could use to reach into this computer or its network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

/// What may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Public addresses only: for addresses out of documents and certificates.
    Public,
    /// Any address: for what the person typed.
    Anything,
}

/// Why an address is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is no http or https address.
    Scheme,
    /// It names this computer, its network, or nobody.
    LocalAddress,
    /// The name is not known.
    UnknownHost,
}

impl Guard {
    /// Looks at an address; gives its host and where it leads.
    pub(crate) async fn check(self, address: &str) -> Result<(Url, String, Vec<SocketAddr>), Refused> {
        let url = Url::parse(address).map_err(|_| Refused::Scheme)?;
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Scheme);
        }
        let port = url.port_or_known_default().unwrap_or(80);
        let (name, found) = match url.host().ok_or(Refused::Scheme)? {
            Host::Ipv4(address) => (address.to_string(), vec![SocketAddr::new(IpAddr::V4(address), port)]),
            Host::Ipv6(address) => (address.to_string(), vec![SocketAddr::new(IpAddr::V6(address), port)]),
            Host::Domain(name) => {
                let found = tokio::net::lookup_host((name, port)).await.map_err(|_| Refused::UnknownHost)?;
                (name.to_owned(), found.collect())
            }
        };
        if found.is_empty() {
            return Err(Refused::UnknownHost);
        }
        // One local address among others is enough to be refused: the next question might get that one.
        if self == Self::Public && found.iter().any(|address| !is_public(address.ip())) {
            return Err(Refused::LocalAddress);
        }
        Ok((url, name, found))
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped().or_else(|| translated(address)) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

/// The IPv4 address inside 6to4 and NAT64 ones.
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0x2002, high, low, ..] | [0x64, 0xFF9B, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => None,
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmark = a == 198 && (18..20).contains(&b);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || shared
        || benchmark
        || a == 0
        || a >= 240
        || (a == 192 && b == 0))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only the global unicast block is given out, and not all of it.
    first & 0xE000 == 0x2000 && !(first == 0x2001 && (second == 0xDB8 || second < 0x200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_this_computer_or_its_network_is_public() {
        for local in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "ff02::1",
        ] {
            assert!(!is_public(local.parse().unwrap()), "{local}");
        }
        for public in ["200.160.2.3", "2804:10::1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn local_and_odd_addresses_are_refused_before_anything_is_sent() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let refused = |address: &str| runtime.block_on(Guard::Public.check(address)).unwrap_err();
        for (address, why) in [
            ("file:///etc/passwd", Refused::Scheme),
            ("ldap://acraiz.example/cn=x", Refused::Scheme),
            ("http://user:word@200.160.2.3/x", Refused::Scheme),
            ("http://127.0.0.1:8080/x.crl", Refused::LocalAddress),
            ("http://[::1]/x.crl", Refused::LocalAddress),
            ("http://0x7f000001/x.crl", Refused::LocalAddress),
            ("http://2130706433/x.crl", Refused::LocalAddress),
            ("http://localhost/x.crl", Refused::LocalAddress),
            ("http://169.254.169.254/latest/meta-data/", Refused::LocalAddress),
        ] {
            assert_eq!(refused(address), why, "{address}");
        }
    }
}
