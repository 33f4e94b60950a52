use super::*;

#[test]
fn reads_six_segments() {
    let arn = Arn::parse("arn:aws:logs:eu-west-1:123456789012:log-group:a:b").unwrap();
    assert_eq!(
        arn,
        Arn {
            partition: "aws",
            service: "logs",
            region: "eu-west-1",
            account: "123456789012",
            resource: "log-group:a:b"
        }
    );
    assert_eq!(arn.to_string(), "arn:aws:logs:eu-west-1:123456789012:log-group:a:b");
}

#[test]
fn accepts_what_aws_accepts() {
    for text in [
        "arn:aws:s3:::b",
        "arn:aws-cn:s3:::b/*",
        "arn:*:ec2:*:*:instance/*",
        "arn:aws*:s3:::b",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
        "arn:aws:sqs:eu-*:1234*:q",
        "arn:aws:sqs:eu-west-?:????????????:q",
        "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:q",
        "arn:${aws:Partition}:s3:::b",
        "arn:aws:s3:::b/${aws:username}",
    ] {
        assert!(Arn::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn names_the_wrong_segment() {
    let wrong = |text: &str| {
        let error = Arn::parse(text).unwrap_err();
        (error.segment, text[error.range].to_owned())
    };
    assert_eq!(wrong("bucket"), (Segment::Prefix, "bucket".into()));
    assert_eq!(wrong("ARN:aws:s3:::b"), (Segment::Prefix, "ARN".into()));
    assert_eq!(wrong("arn:amazon:s3:::b"), (Segment::Partition, "amazon".into()));
    assert_eq!(wrong("arn::s3:::b"), (Segment::Partition, String::new()));
    assert_eq!(wrong("arn:aws:S3:::b"), (Segment::Service, "S3".into()));
    assert_eq!(wrong("arn:aws::::b"), (Segment::Service, String::new()));
    assert_eq!(wrong("arn:aws:*:::b"), (Segment::Service, "*".into()));
    assert_eq!(wrong("arn:aws:sqs:EU:123456789012:q"), (Segment::Region, "EU".into()));
    assert_eq!(wrong("arn:aws:sqs:us-east-1:12345:q"), (Segment::Account, "12345".into()));
    assert_eq!(wrong("arn:aws:sqs:us-east-1:1234567890123*:q"), (Segment::Account, "1234567890123*".into()));
    assert_eq!(wrong("arn:aws:s3:::"), (Segment::Resource, String::new()));
    assert_eq!(wrong("arn:aws:s3:b"), (Segment::Account, String::new()));
}

#[test]
fn patterns_are_matched_segment_by_segment() {
    let object = "arn:aws:s3:::b/x:y";
    for pattern in ["*", "arn:aws:s3:::b/*", "arn:*:s3:::b*", "arn:aws:s3:*", "arn:aws:s3:::b/?:y", object] {
        assert!(arn_matches(pattern, object), "{pattern}");
    }
    // A wildcard before the fifth colon stays in its segment.
    for pattern in ["arn:aws:s3:::b", "arn:*b/x:y", "arn:aws:s3:*:b/*", "a*/x:y"] {
        assert!(!arn_matches(pattern, object), "{pattern}");
    }
    assert!(arn_matches("*", "*") && !arn_matches("arn:*", "*") && !arn_matches("arn:aws:s3:::*", "bucket"));
}

#[test]
fn patterns_meet_and_cover_segment_by_segment() {
    assert!(arn_patterns_meet("arn:aws:s3:::b*", "arn:aws:s3:::*/x"));
    assert!(!arn_patterns_meet("arn:aws:s3:::b*", "arn:aws:s3:::a*"));
    assert!(!arn_patterns_meet("arn:aws:sqs:*:1:q", "arn:aws:sqs:eu:*2:q"));
    assert!(arn_pattern_covers("arn:aws:s3:::*", "arn:aws:s3:::b/*"));
    assert!(arn_pattern_covers("arn:aws:s3:*", "arn:aws:s3:::b"));
    assert!(arn_pattern_covers("*", "arn:*") && !arn_pattern_covers("arn:*", "*"));
    assert!(!arn_pattern_covers("arn:aws:s3:::b/*", "arn:aws:s3:::b*"));
    assert!(arn_pattern_covers("arn:aws:iam::*:role/*", "arn:aws:iam::123456789012:role/a/?"));
}
