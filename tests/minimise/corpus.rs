//! Real policies are minimised to what they mean, at least as far as others get.
//!
//! The policies lie in a folder `shared` beside the repository; where it is missing, this says that it passed over it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use leastwise::base::FileId;
use leastwise::catalogue::Catalogue;
use leastwise::inventory::{Found, find, recognise};
use leastwise::minimise::{Options, minimise, service_of};
use leastwise::policy::read::Mode;
use leastwise::policy::{Document, Kind, write};

use crate::laws::{expanded, proved};
use crate::peers;

fn length(document: &Document) -> usize {
    write(document, true).unwrap().chars().count()
}

fn sets() -> Option<Vec<(String, Vec<Found>)>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/corpus");
    if !folder.is_dir() {
        println!("passed over: there is no folder {}", folder.display());
        return None;
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        (name, find(FileId(0), &text, Mode::Strict).unwrap_or_else(|error| panic!("{}: {error:?}", path.display())))
    };
    Some(files.into_iter().map(read).collect())
}

fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

fn options(kind: Kind, service: Option<&str>) -> Options<'_> {
    Options { kind, service, open_world: false }
}

#[test]
fn no_longer_than_what_others_reach() {
    let Some(sets) = sets() else { return };
    // A build for tests checks every proof, and takes its time: it looks at some of the smaller ones.
    let (step, most) = if cfg!(debug_assertions) { (9, 1500) } else { (1, usize::MAX) };
    let (mut longest, mut longer, mut but_for_names, mut unknown) = ((Duration::ZERO, String::new()), 0, 0, 0);
    for (set, found) in sets {
        let (mut own, mut theirs, mut merged, mut shrunk) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut count = (0, 0, 0);
        for one in found.iter().step_by(step) {
            let Some(document) = one.document.as_ref().ok().filter(|document| length(document) <= most) else {
                continue;
            };
            let kind = one.kind.unwrap_or_else(|| recognise(document));
            let service = service_of(kind, document);
            let before = Instant::now();
            let result = minimise(Catalogue::builtin(), document, options(kind, service.as_deref())).document;
            let took = before.elapsed();
            if took > longest.0 {
                longest = (took, one.name.clone().unwrap_or_default());
            }
            match proved(kind, &expanded(document, document), &expanded(&result, document)) {
                Ok(not_found_out) => unknown += usize::from(not_found_out > 0),
                Err(request) => panic!("{}: {request}", one.name.clone().unwrap_or_default()),
            }
            let ratio = |of: &Document| length(of) as f64 / length(document) as f64;
            let peer = peers::shrunk(&peers::merged(document));
            own.push(ratio(&result));
            theirs.push(ratio(&peer));
            merged.push(ratio(&peers::merged(document)));
            shrunk.push(ratio(&peers::shrunk(document)));
            count.0 += length(document);
            count.1 += length(&result);
            count.2 += length(&peer);
            if length(&result) > length(&peer) {
                longer += 1;
                // A merged statement keeps a Sid here, and has none there.
                let sids = result.statements.iter().filter_map(|statement| statement.sid.as_ref());
                let named: usize = sids.map(|sid| sid.value.to_string().len() + "\"Sid\":\"\",".len()).sum();
                but_for_names += usize::from(length(&result) > length(&peer) + named);
            }
        }
        let total = own.len();
        let (own, theirs) = (median(own), median(theirs));
        println!(
            "{set}: {total} policies, median {own:.3}; merging as CDK does {:.3}, shortening as iam-shrink does {:.3}, both {theirs:.3}; characters {} to {} and {}",
            median(merged),
            median(shrunk),
            count.0,
            count.1,
            count.2
        );
        if own > theirs {
            println!("ABOVE");
        }
    }
    println!(
        "the longest took {:?}: {}; {longer} are longer than the others make them, {but_for_names} of these by more than their Sids; {unknown} are too large to be compared as a whole",
        longest.0, longest.1
    );
}
