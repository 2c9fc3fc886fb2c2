//! Environments: which account, Region and trust a piece of work belongs to.

use crate::OfficeError;

/// Names that an environment may have besides the demonstration.
const NAMES: [&str; 3] = ["dev", "homolog", "prod"];

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
        /// Another end point, for tests; impossible in prod.
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
        Ok(Self::Kms {
            name: name.to_owned(),
            region: region.unwrap_or(keys::kms::DEFAULT_REGION).to_owned(),
            endpoint: endpoint.map(str::to_owned),
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
