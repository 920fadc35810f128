//! What only this store does. What it has in common with others is in `store/contract_tests`.

mod encrypted;
mod fake;
mod faults;
mod opening;
mod server;
mod sharing;
mod tables;

pub(in crate::study) use server::Database;
