//! The smallest equal document: what each step does, and that nothing changes by it.

#[path = "minimise/command.rs"]
mod command;
#[path = "minimise/corpus.rs"]
mod corpus;
#[path = "minimise/laws.rs"]
mod laws;
#[path = "minimise/peers.rs"]
mod peers;
#[path = "minimise/steps.rs"]
mod steps;
