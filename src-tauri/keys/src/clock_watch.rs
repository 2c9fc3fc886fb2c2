//! How far this computer's clock is from the service's.
//!
//! The SDK works round a clock that is wrong, so that no call fails; but the time that a signature claims would be
//! wrong as well, and nobody would be told.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use aws_sdk_kms::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, http::HttpResponse,
        interceptors::BeforeDeserializationInterceptorContextRef,
    },
    error::BoxError,
};
use chrono::{DateTime, Utc};

use crate::KeyError;

/// Differences up to this are none of anybody's concern (SigV4 allows five minutes).
pub(crate) const TOLERATED_MINUTES: i64 = 4;

/// Reads the date of every answer.
#[derive(Debug, Clone)]
pub(crate) struct ClockWatch {
    clock: fn() -> DateTime<Utc>,
    minutes: Arc<AtomicI64>,
}

impl ClockWatch {
    pub(crate) fn new(clock: fn() -> DateTime<Utc>) -> Self {
        Self { clock, minutes: Arc::default() }
    }

    /// # Errors
    /// [`KeyError::ClockSkewed`] where the last answer's time was another than this computer's.
    pub(crate) fn check(&self) -> Result<(), KeyError> {
        match self.minutes.load(Ordering::Relaxed).abs() {
            minutes if minutes > TOLERATED_MINUTES => Err(KeyError::ClockSkewed(minutes)),
            _ => Ok(()),
        }
    }
}

impl Intercept for ClockWatch {
    fn name(&self) -> &'static str {
        "ClockWatch"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(minutes) = skew_minutes(context.response(), (self.clock)()) {
            self.minutes.store(minutes, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Minutes that this computer's clock is ahead of an answer's date.
pub(crate) fn skew_minutes(response: &HttpResponse, now: DateTime<Utc>) -> Option<i64> {
    let date = response.headers().get("date")?;
    let service = DateTime::parse_from_rfc2822(date).ok()?.with_timezone(&Utc);
    const MINUTE: i64 = 60;
    Some((now - service).num_seconds().saturating_add(MINUTE / 2).div_euclid(MINUTE))
}
