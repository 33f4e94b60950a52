use super::*;

const BUCKET: &str = "arn:${Partition}:s3:::${BucketName}";
const OBJECT: &str = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
const TABLE: &str = "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}";
const INDEX: &str = "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}/index/${IndexName}";
const ROLE: &str = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";
const LOG_GROUP: &str = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}";
const FUNCTION: &str = "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}";

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
fn a_bucket_is_not_its_objects() {
    assert!(formats_meet(BUCKET, "arn:aws:s3:::b"));
    assert!(!formats_meet(BUCKET, "arn:aws:s3:::b/*"));
    assert!(!formats_meet(OBJECT, "arn:aws:s3:::b"));
    assert!(formats_meet(OBJECT, "arn:aws:s3:::b/*"));
    assert!(formats_meet(OBJECT, "arn:aws:s3:::b*"), "`*` crosses the slash");
    assert!(formats_meet(BUCKET, "arn:aws:s3:::*"));
    assert!(formats_meet(OBJECT, "arn:aws:s3:::*"));
    assert!(formats_meet(OBJECT, "arn:aws:s3:::b/home/${aws:username}/*"));
    assert!(!formats_meet(BUCKET, "arn:aws:s3:::b/${aws:username}"));
    assert!(formats_meet(OBJECT, "arn:aws:s3:::b/${*}"));
    assert!(!formats_meet(BUCKET, "arn:aws:s3:::"));
}

#[test]
fn segments_are_matched_one_by_one() {
    assert!(formats_meet(TABLE, "*"));
    assert!(formats_meet(TABLE, "arn:*:dynamodb:*:*:*"));
    assert!(formats_meet(TABLE, "arn:aws:dynamodb:eu-*:123456789012:table/orders"));
    assert!(!formats_meet(TABLE, "arn:aws:dynamodb:::table/orders"), "a table has a region and an account");
    assert!(!formats_meet(TABLE, "arn:aws:s3:*:*:table/orders"));
    assert!(!formats_meet(BUCKET, "arn:aws:s3:eu-west-1::b"), "a bucket has no region");
    assert!(!formats_meet(BUCKET, "arn:aws:s3::123456789012:b"), "a bucket has no account");
    assert!(formats_meet(BUCKET, "arn:aws:s3:*:*:b"), "`*` may be empty");
    assert!(formats_meet(TABLE, "arn:aws:dynamodb:*"), "missing segments count as `*`");
    assert!(formats_meet(TABLE, "arn:*"));
    assert!(!formats_meet(TABLE, "arn:aws:s3*"));
    assert!(!formats_meet(TABLE, "table/orders"));
    assert!(!formats_meet(TABLE, ""));
}

#[test]
fn names_hold_what_their_service_allows() {
    assert!(!formats_meet(TABLE, "arn:aws:dynamodb:*:*:table/orders/index/*"));
    assert!(formats_meet(INDEX, "arn:aws:dynamodb:*:*:table/orders/index/*"));
    assert!(formats_meet(INDEX, "arn:aws:dynamodb:*:*:table/orders/*"));
    assert!(formats_meet(INDEX, "arn:aws:dynamodb:*:*:table/*"));
    assert!(!formats_meet(INDEX, "arn:aws:dynamodb:*:*:table/orders"));
    assert!(formats_meet(ROLE, "arn:aws:iam::123456789012:role/team/dev/x"));
    assert!(formats_meet(LOG_GROUP, "arn:aws:logs:*:*:log-group:/aws/lambda/x:*"));
    assert!(formats_meet(FUNCTION, "arn:aws:lambda:*:*:function:f:live"));
    assert!(!formats_meet(FUNCTION, "arn:aws:lambda:*:*:function:f/x"));
    assert!(formats_meet("arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}", "arn:aws:ec2:*:*:*/*"));
    assert!(formats_meet(TABLE, "arn:aws:dynamodb:*:*:table/or?ers"));
    assert!(!formats_meet(TABLE, "arn:aws:dynamodb:*:*:tab?le/orders"));
}

#[test]
fn placeholders_are_filled_and_taken_out_again() {
    let arn = fill(INDEX, "aws", "eu-west-1", "123456789012", &["orders", "by-date"]).unwrap();
    assert_eq!(arn, "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/by-date");
    assert_eq!(
        captures(INDEX, &arn).unwrap(),
        [
            ("Partition", "aws"),
            ("Region", "eu-west-1"),
            ("Account", "123456789012"),
            ("TableName", "orders"),
            ("IndexName", "by-date")
        ]
    );
    assert_eq!(fill(INDEX, "aws", "", "", &["orders"]), None);
    assert_eq!(fill(BUCKET, "aws", "", "", &["a", "b"]), None);
    assert_eq!(captures(TABLE, &arn), None);
    assert_eq!(captures(BUCKET, "arn:aws:s3:::b").unwrap().last(), Some(&("BucketName", "b")));
    assert_eq!(captures(OBJECT, "arn:aws:s3:::b/c/d").unwrap()[1..], [("BucketName", "b"), ("ObjectName", "c/d")]);
    assert_eq!(captures(BUCKET, "arn:aws:s3:::b/c"), None);
    let roles: Vec<_> = placeholders(TABLE).into_iter().map(|placeholder| placeholder.role).collect();
    use PlaceholderRole::*;
    assert_eq!(roles, [Partition, Region, Account, Value]);
}

#[test]
fn the_table_of_names_is_sorted() {
    assert!(SIMPLE_NAMES.is_sorted());
}
