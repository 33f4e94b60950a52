//! Patterns of ARNs against ARN formats, compared with trying every short ARN.

use leastwise::policy::{captures, formats_meet, glob};
use proptest::prelude::*;

const BUCKET: &str = "arn:${Partition}:s3:::${BucketName}";
const OBJECT: &str = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
const TOPIC: &str = "arn:${Partition}:sns:${Region}:${Account}:${TopicName}";
const FUNCTION: &str = "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}";

/// Every text of up to `length` of these characters.
fn texts(alphabet: &str, length: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut start = 0;
    for _ in 0..length {
        let end = all.len();
        for index in start..end {
            all.extend(alphabet.chars().map(|letter| format!("{}{letter}", all[index])).collect::<Vec<_>>());
        }
        start = end;
    }
    all
}

/// Whether a resource part is one of the format: the naming rules of the four services, written out.
fn is_of(format: &str, resource: &str) -> bool {
    match format {
        BUCKET | TOPIC => !resource.is_empty() && !resource.contains(['/', ':']),
        OBJECT => resource.split_once('/').is_some_and(|(bucket, _)| !bucket.is_empty() && !bucket.contains(':')),
        FUNCTION => resource.strip_prefix("f").is_some_and(|name| !name.is_empty() && !name.contains('/')),
        _ => unreachable!(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn meeting_is_a_common_arn(pattern in "[a/:*?]{0,4}") {
        // `z` stands for every character that is not in the pattern.
        let resources = texts("az/:", 5);
        for (format, head) in [(BUCKET, "arn:aws:s3:::"), (OBJECT, "arn:aws:s3:::"), (TOPIC, "arn:aws:sns:r:1:")] {
            let common = resources.iter().any(|r| is_of(format, r) && glob::matches(&pattern, r, false));
            prop_assert_eq!(formats_meet(format, &format!("{head}{pattern}")), common, "{} {}", format, pattern);
        }
        let common = resources.iter().any(|r| is_of(FUNCTION, &format!("f{r}")) && glob::matches(&pattern, r, false));
        let meets = formats_meet(FUNCTION, &format!("arn:aws:lambda:r:1:function:{pattern}"));
        prop_assert_eq!(meets, common, "{}", pattern);
    }

    #[test]
    fn what_is_captured_is_of_the_format(resource in "[az/:]{0,6}") {
        let arn = format!("arn:aws:s3:::{resource}");
        prop_assert_eq!(captures(BUCKET, &arn).is_some(), is_of(BUCKET, &resource));
        prop_assert_eq!(captures(OBJECT, &arn).is_some(), is_of(OBJECT, &resource));
        prop_assert_eq!(captures(BUCKET, &arn).is_some(), formats_meet(BUCKET, &arn));
        prop_assert_eq!(captures(OBJECT, &arn).is_some(), formats_meet(OBJECT, &arn));
    }
}
