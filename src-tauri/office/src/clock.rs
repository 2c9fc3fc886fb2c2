//! The one place that reads the clock.
#![allow(clippy::disallowed_methods, reason = "this is the clock module that the lint points to")]

use chrono::{DateTime, FixedOffset, Local, Utc};

/// Now, in universal time.
#[must_use]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Now, with this computer's offset, as a signer claims it.
#[must_use]
pub fn now_here() -> DateTime<FixedOffset> {
    Local::now().fixed_offset()
}

/// A moment as people here write it: `24/11/2026 10:15`.
#[must_use]
pub fn spoken(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%d/%m/%Y %H:%M").to_string()
}
