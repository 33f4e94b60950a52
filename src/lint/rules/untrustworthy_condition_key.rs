//! Condition keys whose values whoever asks makes up.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::BaseOperator;

const KEYS: [&str; 2] = ["aws:referer", "aws:UserAgent"];
const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for test in statement.condition.iter().filter(|test| test.operator.value.base != BaseOperator::Null) {
            let Some(key) = test.key.value.plain() else { continue };
            let Some(name) = KEYS.iter().find(|name| name.eq_ignore_ascii_case(key)) else { continue };
            findings.on_statement(
                index,
                Diagnostic::new(&code::UNTRUSTWORTHY_CONDITION_KEY, test.key.span, format!("whoever asks chooses the value of `{key}`"))
                    .aws("UNTRUSTWORTHY_CONDITION_KEY")
                    .label("a header of the request")
                    .note(format!("any client can send any value, so that it keeps nobody out who means it ({PAGE}#condition-keys-{})", name[4..].to_ascii_lowercase()))
                    .help("compare what AWS itself knows of the request: who asks (`aws:PrincipalArn`, `aws:PrincipalOrgID`) or from where (`aws:SourceVpce`, `aws:SourceIp`)"),
            );
        }
    }
}
