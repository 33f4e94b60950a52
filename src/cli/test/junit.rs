//! The outcome of tests in the XML that build servers read.

use std::io::Write;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::base::SourceMap;
use crate::cli::failure::Failure;
use crate::cli::report;
use crate::diagnostic::{Diagnostic, write_text};
use crate::verify::Tested;

/// Writes a suite with a case for each test; where the sources do not compile, for that.
pub(super) fn write(sources: &SourceMap, tested: &[Tested], errors: &[Diagnostic]) -> Result<(), Failure> {
    let mut suite = TestSuite::new("leastwise");
    for test in tested {
        let mut case = TestCase::new(test.title.as_str(), status(sources, &test.failures));
        case.set_classname(sources.file(test.span.file).name()).set_assertions(test.requests);
        suite.add_test_case(case);
    }
    if !errors.is_empty() {
        let errors: Vec<Diagnostic> = errors.iter().filter(|one| one.is_deny()).cloned().collect();
        suite.add_test_case(TestCase::new("the sources compile", status(sources, &errors)));
    }
    let mut report = Report::unnamed();
    report.add_test_suite(suite);
    let text = report.to_string().map_err(std::io::Error::other)?;
    let mut out = report::output();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

fn status(sources: &SourceMap, failures: &[Diagnostic]) -> TestCaseStatus {
    let Some(first) = failures.first() else { return TestCaseStatus::success() };
    let mut text = Vec::new();
    let _ = write_text(&mut text, sources, failures, false);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(first.message.as_str()).set_type(first.code.name);
    status.set_description(String::from_utf8_lossy(&text));
    status
}
