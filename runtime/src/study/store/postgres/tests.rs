//! What only this store does. What it has in common with others is in `contract_tests.rs`.

mod encrypted;
mod fake;
mod faults;
mod opening;
mod server;
mod sharing;
mod tables;

pub(in crate::study) use server::Database;
