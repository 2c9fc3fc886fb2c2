//! Signature policies of ICP-Brasil for PAdES (DOC-ICP-15.03): which they are, when they hold, and by which hash a
//! signature pins them.

use chrono::NaiveDate;

/// Families of policies, each asking for more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// AD-RB: basic reference.
    Basic,
    /// AD-RT: with a time stamp.
    Time,
    /// AD-RC: with complete references.
    Complete,
    /// AD-RA: for the archive.
    Archive,
}

/// One version of one policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignaturePolicy {
    /// As people call it.
    pub name: &'static str,
    /// Its family.
    pub family: Family,
    /// Its object identifier.
    pub oid: &'static str,
    /// First day, as yyyymmdd.
    from: u32,
    /// Last day, as yyyymmdd.
    until: u32,
    /// `signPolicyHash` inside the policy, SHA-256 in lower-case hexadecimal: what a signature has to carry. It is not
    /// the hash of the policy's file.
    pub hash: &'static str,
    /// Whether it also admits elliptic curves.
    pub admits_curves: bool,
}

impl SignaturePolicy {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        let number = |date: NaiveDate| date.format("%Y%m%d").to_string().parse::<u32>().unwrap_or(0);
        (self.from..=self.until).contains(&number(day))
    }
}

/// All of them.
pub const POLICIES: [SignaturePolicy; 18] = [
    SignaturePolicy {
        name: "PAdES AD-RB v1.0",
        family: Family::Basic,
        oid: "2.16.76.1.7.1.11.1",
        from: 2015_0825,
        until: 2029_0302,
        hash: "501d69b4b71fc6e57323c2c74131a9c8c62409be378ba788dc288555611b9e58",
        admits_curves: false,
    },
    SignaturePolicy {
        name: "PAdES AD-RB v1.1",
        family: Family::Basic,
        oid: "2.16.76.1.7.1.11.1.1",
        from: 2018_0514,
        until: 2029_0302,
        hash: "44fc5816eb2d705d8c8f022a7f93b3fb49edfae1a7b9149ef6fab833e9bb63f8",
        admits_curves: false,
    },
    SignaturePolicy {
        name: "PAdES AD-RB v1.2",
        family: Family::Basic,
        oid: "2.16.76.1.7.1.11.1.2",
        from: 2025_0612,
        until: 2037_1022,
        hash: "bf22358c963b52971f18c822d8529c5163fe55fa8eed1068d327adc6bc082ee2",
        admits_curves: true,
    },
    SignaturePolicy {
        name: "PAdES AD-RB v1.3",
        family: Family::Basic,
        oid: "2.16.76.1.7.1.11.1.3",
        from: 2025_0723,
        until: 2037_1022,
        hash: "23e4be4b9b362172e4ebb0e72b86a133ece5aad843d8651c6e38a0ba3f08fc60",
        admits_curves: true,
    },
    SignaturePolicy {
        name: "PAdES AD-RT v1.0",
        family: Family::Time,
        oid: "2.16.76.1.7.1.12.1",
        from: 2015_0825,
        until: 2029_0302,
        hash: "cefbba0147077bd216eb04d2b25c56c3d4ac60dbbe08cdd697d2dcd0029b56e8",
        admits_curves: false,
    },
    SignaturePolicy {
        name: "PAdES AD-RT v1.1",
        family: Family::Time,
        oid: "2.16.76.1.7.1.12.1.1",
        from: 2018_0514,
        until: 2029_0302,
        hash: "fa1d44e76ad91e2f6cd471b6987e9c0f1c70d4b70da0956e7becf4dc792c0c1f",
        admits_curves: false,
    },
    SignaturePolicy {
        name: "PAdES AD-RT v1.2",
        family: Family::Time,
        oid: "2.16.76.1.7.1.12.1.2",
        from: 2025_0612,
        until: 2037_1022,
        hash: "19e0be31d91a6ffa694bbe0e9b35e4bc2f877f62dc6ac7a7833ada6345e15af8",
        admits_curves: true,
    },
    SignaturePolicy {
        name: "PAdES AD-RT v1.3",
        family: Family::Time,
        oid: "2.16.76.1.7.1.12.1.3",
        from: 2025_0723,
        until: 2037_1022,
        hash: "21d6e8d9f85e5626dc71307337a7cabd6ffef8d085038746775cf0ce6ba4d3b5",
        admits_curves: true,
    },
    SignaturePolicy {
        name: "PAdES AD-RC v1.0",
        family: Family::Complete,
        oid: "2.16.76.1.7.1.13.1",
        from: 2015_0825,
        until: 2029_0302,
        hash: "b3d8a9ef6b475a8cd62f07b3edb8b0bd974dd15a165eeb197bd987d7591e0fee",
        admits_curves: false,
    },
    SignaturePolicy {
        name: "PAdES AD-RC v1.1",
        family: Family::Complete,
        oid: "2.16.76.1.7.1.13.1.1",
        from: 2016_0715,
        until: 2029_0302,
        hash: "3fe5e1eeea9f6723568dc9e2c313c0e19c817faa923ab29b52ea76d1fb53027c",
        admits_curves: false,
    },
    SignaturePolicy {
        name: "PAdES AD-RC v1.2",
        family: Family::Complete,
        oid: "2.16.76.1.7.1.13.1.2",
        from: 2018_0514,
        until: 2029_0302,
        hash: "9f743696b821e535252c17df754cd9379fd2d3b6870179248c64a5c80604399d",
        admits_curves: false,
    },
    SignaturePolicy {
        name: "PAdES AD-RC v1.3",
        family: Family::Complete,
        oid: "2.16.76.1.7.1.13.1.3",
        from: 2025_0612,
        until: 2037_1022,
        hash: "235488859f7ada5d4984c364cc1c8eee4673fb7c70ff8b19dd236a86f3d87cc2",
        admits_curves: true,
    },
    SignaturePolicy {
        name: "PAdES AD-RC v1.4",
        family: Family::Complete,
        oid: "2.16.76.1.7.1.13.1.4",
        from: 2025_0723,
        until: 2037_1022,
        hash: "712f18a9f0163c1e90da6ff0b7165543378a18a0f06d3cb21668067cac229bd2",
        admits_curves: true,
    },
    SignaturePolicy {
        name: "PAdES AD-RA v1.0",
        family: Family::Archive,
        oid: "2.16.76.1.7.1.14.1",
        from: 2015_0825,
        until: 2029_0302,
        hash: "6d1dd552117d1de402f515f9f77ef9d30b2162995f93a2290c134c9c24387bdf",
        admits_curves: false,
    },
    SignaturePolicy {
        name: "PAdES AD-RA v1.1",
        family: Family::Archive,
        oid: "2.16.76.1.7.1.14.1.1",
        from: 2016_0715,
        until: 2029_0302,
        hash: "2ac50c5be4ccdde5c240a4a304f7021642841642aa0ed8b403e6c518dd9d81b6",
        admits_curves: false,
    },
    SignaturePolicy {
        name: "PAdES AD-RA v1.2",
        family: Family::Archive,
        oid: "2.16.76.1.7.1.14.1.2",
        from: 2018_0514,
        until: 2029_0302,
        hash: "1f1b8e74be9626bc1702d40ce1c126eb1c9caf7bade6b1fd779c8f60e733dd7c",
        admits_curves: false,
    },
    SignaturePolicy {
        name: "PAdES AD-RA v1.3",
        family: Family::Archive,
        oid: "2.16.76.1.7.1.14.1.3",
        from: 2025_0612,
        until: 2037_1022,
        hash: "542600efaa7cac8e1db8cee572ef275f6157de27cf5e2fd75466ae2dcf8fab04",
        admits_curves: true,
    },
    SignaturePolicy {
        name: "PAdES AD-RA v1.4",
        family: Family::Archive,
        oid: "2.16.76.1.7.1.14.1.4",
        from: 2025_0723,
        until: 2037_1022,
        hash: "ffa9fd474812f6ce63d625679c9ef235a6547b017be941b2c094aa868e67e123",
        admits_curves: true,
    },
];

/// The policy with this object identifier.
#[must_use]
pub fn find(oid: &str) -> Option<&'static SignaturePolicy> {
    POLICIES.iter().find(|policy| policy.oid == oid)
}

/// Arc of ICP-Brasil's signature policies, those of other formats included.
pub const ARC: &str = "2.16.76.1.7.1.";
