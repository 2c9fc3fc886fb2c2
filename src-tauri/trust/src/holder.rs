//! What an ICP-Brasil certificate says of its holder (DOC-ICP-04, 7.1.2.3), personal numbers masked.

use cades::{Certificate, GeneralName, oid, x509::name_attributes};
use serde::{Deserialize, Serialize};

/// otherName of a natural person: birth, CPF, NIS, RG.
const PERSON: &str = "2.16.76.1.3.1";

/// otherName with the name of the person responsible for an institution.
const RESPONSIBLE_NAME: &str = "2.16.76.1.3.2";

/// otherName with the CNPJ.
const CNPJ: &str = "2.16.76.1.3.3";

/// otherName of the person responsible for an institution, laid out as [`PERSON`].
const RESPONSIBLE: &str = "2.16.76.1.3.4";

/// otherName with the name of equipment or application.
const BUSINESS: &str = "2.16.76.1.3.8";

/// Where the CPF stands in [`PERSON`]: after the birth date of eight digits.
const CPF: std::ops::Range<usize> = 8..19;

/// extendedKeyUsage of servers (RFC 5280, 4.2.1.12).
const SERVER: &str = "1.3.6.1.5.5.7.3.1";

/// Arc of ICP-Brasil's certificate policies.
const POLICIES: &str = "2.16.76.1.2.";

/// What a certificate says of its holder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Name, without the number that ICP-Brasil writes behind it.
    pub name: Option<String>,
    /// CPF as `***.NNN.NNN-**`.
    pub cpf: Option<String>,
    /// CNPJ, which is public.
    pub cnpj: Option<String>,
    /// The person responsible for an institution's certificate.
    pub responsible: Option<String>,
    /// Type of certificate by its policy: A1, A3, A4, S1, T3 …
    pub kind: Option<String>,
    has_person: bool,
    has_institution: bool,
    /// Equipment or an application: nobody signs with it.
    #[serde(default)]
    is_equipment: bool,
}

impl Holder {
    /// Reads what the certificate says; what is not there is not said.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        let mut holder = Self::default();
        let common = name_attributes(&certificate.subject)
            .into_iter()
            .rev()
            .find(|(kind, text)| kind == oid::COMMON_NAME && !text.is_empty());
        let common = common.map(|(_, text)| text);
        if let Some(text) = &common {
            holder.name = Some(text.split(':').next().unwrap_or_default().trim().to_owned());
        }
        for name in certificate.alternative_names().unwrap_or_default() {
            let GeneralName::Other { oid, text: Some(text) } = name else { continue };
            let digits = || text.get(CPF).filter(|cpf| is_number(cpf)).map(masked_cpf);
            match oid.as_str() {
                PERSON => {
                    holder.cpf = digits();
                    holder.has_person = true;
                }
                RESPONSIBLE => {
                    holder.cpf = holder.cpf.or_else(digits);
                    holder.has_institution = true;
                }
                RESPONSIBLE_NAME => holder.responsible = Some(cades::readable(text.trim())),
                CNPJ => {
                    let cnpj = text.trim();
                    holder.cnpj = is_cnpj(cnpj).then(|| shown_cnpj(cnpj));
                    holder.has_institution = true;
                }
                BUSINESS => holder.is_equipment = true,
                _ => {}
            }
        }
        holder.kind = kind_of(&certificate.policies().ok().flatten().unwrap_or_default());
        let is_for_persons = holder.kind.as_deref().is_some_and(|kind| kind.starts_with('A'));
        // Only as a fallback: old certificates have the number in the name alone.
        if holder.cpf.is_none() && holder.cnpj.is_none() {
            let number = common.as_deref().and_then(|text| text.rsplit_once(':')).map(|(_, number)| plain(number));
            match number {
                Some(cpf) if cpf.len() == 11 && is_number(&cpf) => {
                    holder.cpf = Some(masked_cpf(&cpf));
                    // Without a policy for persons a name alone makes nobody one.
                    holder.has_person |= is_for_persons;
                }
                Some(cnpj) if is_cnpj(&cnpj) => {
                    holder.cnpj = Some(shown_cnpj(&cnpj));
                    holder.has_institution = true;
                }
                _ => {}
            }
        }
        holder.is_equipment |=
            certificate.extended_key_usage().is_ok_and(|purposes| purposes.iter().any(|own| own == SERVER));
        holder
    }

    /// Whether it is a person's certificate, also of one who acts for an institution with an A-type certificate; what
    /// is neither is no person's.
    #[must_use]
    pub fn is_person(&self) -> bool {
        let is_type_a = self.kind.as_deref().is_some_and(|kind| kind.starts_with('A'));
        !self.is_equipment && (self.has_person || (self.has_institution && is_type_a))
    }
}

/// A number without what people write between its digits.
fn plain(number: &str) -> String {
    number.chars().filter(|character| !character.is_whitespace() && !".-/".contains(*character)).collect()
}

/// Twelve digits or letters and two check digits (IN RFB 2.229/2024).
fn is_cnpj(text: &str) -> bool {
    let is_one = |(place, byte): (usize, u8)| byte.is_ascii_digit() || (place < 12 && byte.is_ascii_uppercase());
    text.len() == 14 && !is_zero(text) && text.bytes().enumerate().all(is_one)
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && !is_zero(text)
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

/// The middle digits alone, as ITI shows it.
fn masked_cpf(cpf: &str) -> String {
    match (cpf.get(3..6), cpf.get(6..9)) {
        (Some(a), Some(b)) => format!("***.{a}.{b}-**"),
        _ => "***".to_owned(),
    }
}

fn shown_cnpj(cnpj: &str) -> String {
    let part = |range: std::ops::Range<usize>| cnpj.get(range).unwrap_or_default();
    format!("{}.{}.{}/{}-{}", part(0..2), part(2..5), part(5..8), part(8..12), part(12..14))
}

/// Policies of end users are `2.16.76.1.2.t.n`: t is 1 to 4 for A, 101 to 104 for S, 303 and 304 for T.
fn kind_of(policies: &[String]) -> Option<String> {
    policies.iter().find_map(|policy| {
        let mut arcs = policy.strip_prefix(POLICIES)?.split('.');
        let number: u32 = arcs.next()?.parse().ok()?;
        match number {
            1..=4 => Some(format!("A{number}")),
            101..=104 => Some(format!("S{}", number - 100)),
            303 | 304 => Some(format!("T{}", number - 300)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_numbers_are_never_shown_whole() {
        assert_eq!(masked_cpf("12345678901"), "***.456.789-**");
        assert_eq!(shown_cnpj("12ABC34501DE35"), "12.ABC.345/01DE-35");
        assert_eq!(kind_of(&["2.16.76.1.2.3.14".to_owned()]).as_deref(), Some("A3"));
        assert_eq!(kind_of(&["2.16.76.1.2.303.2".to_owned()]).as_deref(), Some("T3"));
    }
}
