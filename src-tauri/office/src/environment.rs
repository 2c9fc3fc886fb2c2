//! Environments: which account, Region and trust a piece of work belongs to.

use crate::OfficeError;

/// Names that an environment may have besides the demonstration.
const NAMES: [&str; 3] = ["dev", "homolog", "prod"];

/// Longest name of a Region; the longest today has 14 letters.
const MAX_REGION: usize = 32;

/// Where work is done. Files that describe environments come with sign-in; until then the caller gives the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Environment {
    /// The embedded demonstration office.
    Demo,
    /// Keys in AWS KMS.
    Kms {
        /// dev, homolog or prod.
        name: String,
        /// Region of the keys.
        region: String,
        /// Another end point, for tests; in prod always the service's own.
        endpoint: Option<String>,
    },
}

impl Environment {
    /// The environment of that name.
    ///
    /// # Errors
    /// [`OfficeError::Environment`] for an unknown name, or an end point in prod or in the demonstration.
    pub fn named(name: &str, region: Option<&str>, endpoint: Option<&str>) -> Result<Self, OfficeError> {
        if name == "demo" {
            return match endpoint {
                None => Ok(Self::Demo),
                Some(_) => Err(OfficeError::Environment("A demonstração não usa o KMS.".to_owned())),
            };
        }
        if !NAMES.contains(&name) {
            return Err(OfficeError::Environment(format!("O ambiente “{name}” não existe.")));
        }
        if name == "prod" && endpoint.is_some() {
            return Err(OfficeError::Environment("Em produção o endereço do KMS não pode ser trocado.".to_owned()));
        }
        let region = region.unwrap_or(keys::kms::DEFAULT_REGION);
        let is_region = (1..=MAX_REGION).contains(&region.len())
            && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_region {
            return Err(OfficeError::Environment(format!("“{region}” não é o nome de uma região.")));
        }
        // In production the address is fixed here, so that no variable or profile of the computer can change it.
        let fixed = (name == "prod").then(|| keys::kms::official_endpoint(region));
        Ok(Self::Kms {
            name: name.to_owned(),
            region: region.to_owned(),
            endpoint: fixed.or_else(|| endpoint.map(str::to_owned)),
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Demo => "demo",
            Self::Kms { name, .. } => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_production_the_address_of_the_service_is_fixed() {
        let prod = Environment::named("prod", None, None).unwrap();
        let Environment::Kms { endpoint, .. } = prod else { panic!("prod has KMS keys") };
        assert_eq!(endpoint.as_deref(), Some("https://kms.sa-east-1.amazonaws.com"));
        assert!(Environment::named("prod", None, Some("http://127.0.0.1:1")).is_err());
    }

    #[test]
    fn a_region_is_no_part_of_another_address() {
        for region in ["", "sa-east-1.example.com/", "SA-EAST-1", "a b", &"x".repeat(99)] {
            assert!(Environment::named("dev", Some(region), None).is_err(), "{region}");
        }
    }
}
