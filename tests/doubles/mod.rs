//! Doubles of services that no emulator has, on 127.0.0.1, steered by the test that started them.
//!
//! A double is itself judged: botocore's own clients must find it right (`tests/judges/`).

mod http;
pub mod identity_center;
pub mod kms;
pub mod ministack;
pub mod private_ca;

pub use http::{Reply, Request, Server, browse};
