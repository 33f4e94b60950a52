//! All requests at once.
//!
//! In: policy documents, and a claim about them. Out: that it holds of every request; or one request of which it does not, which the
//! evaluator has decided too; or that it is not known, and why. Deliberately absent: `test` blocks and single requests (`evaluate`).
//!
//! A statement is a region of requests: a conjunction of tests, each of one attribute (`region`, `predicate`). A claim is a question
//! whether a request lies in some regions and outside others (`claim`, `search`). It is decided by a solver that learns (`solver`),
//! to which each attribute is a theory: texts by automata (`strings`), numbers, instants and addresses by intervals (`ranges`).
//! What the catalogue says of requests takes part as regions to avoid that are made when a witness falls into them (`known`, `vouched`).
//! What a change of a document means is put together of such claims (`difference`).

mod attribute;
mod case;
mod certificate;
mod claim;
mod delivered;
pub mod difference;
mod escalation;
mod facts;
mod known;
mod letter;
mod number;
mod outside;
mod plausible;
mod predicate;
mod prover;
mod ranges;
mod region;
mod request;
mod requester;
mod search;
mod settled;
mod solver;
mod space;
mod strings;
mod subject;
mod text;
mod twins;
mod unify;
mod vouched;
mod within;
mod witness;

pub use escalation::{allowing, comparing, step_of, without_key};
pub use known::{Realm, has_known_resources};
pub use outside::Inside;
pub use prover::{Counterexample, Permissions, Prover, Verdict};
pub use region::Place;
pub use subject::{Identity, Subject, Whose};
pub use within::within;
