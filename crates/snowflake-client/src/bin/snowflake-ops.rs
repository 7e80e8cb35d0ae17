//! Health, metrics and cost of a deployment.

fn main() {}
