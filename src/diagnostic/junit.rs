//! JUnit's XML, as build servers read it: a case for each file without findings, and one for each finding.

use std::collections::BTreeMap;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::base::{FileId, SourceMap};

use super::places::Places;
use super::{Diagnostic, reported, write_text};

/// Writes a suite for each file. What fails the build is a failure; JUnit has no warnings, which are cases that pass and say
/// something.
pub fn write_junit(out: &mut dyn Write, sources: &SourceMap, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let places = Places::new(sources);
    let mut of_file: BTreeMap<FileId, Vec<&Diagnostic>> = sources.files().map(|(id, _)| (id, Vec::new())).collect();
    reported(diagnostics).for_each(|one| of_file.entry(one.primary.span.file).or_default().push(one));
    let mut report = Report::unnamed();
    for (file, findings) in of_file {
        let name = sources.files().find(|(id, _)| *id == file).map_or("", |(_, source)| source.name());
        let mut suite = TestSuite::new(name);
        if findings.is_empty() {
            suite.add_test_case(TestCase::new("no findings", TestCaseStatus::success()));
        }
        for finding in findings {
            let mut text = Vec::new();
            write_text(&mut text, sources, std::slice::from_ref(finding), false)?;
            let text = String::from_utf8_lossy(&text);
            let place = places.place(finding.primary.span);
            let place = place.map(|place| format!(" at {}:{}", place.start.line, place.start.column));
            let mut status = TestCaseStatus::success();
            if finding.is_deny() {
                status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(finding.message.as_str()).set_type(finding.code.name).set_description(&*text);
            }
            let mut case = TestCase::new(format!("{}{}", finding.code.name, place.unwrap_or_default()), status);
            case.set_classname(name);
            if !finding.is_deny() {
                case.set_system_out(&*text);
            }
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    let text = report.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())?;
    out.flush()
}
