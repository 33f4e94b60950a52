use super::*;

const BUCKET: &str = "arn:${Partition}:s3:::${BucketName}";
const OBJECT: &str = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
const TABLE: &str = "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}";
const INDEX: &str = "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}/index/${IndexName}";
const ROLE: &str = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}";
const LOG_GROUP: &str = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}";
const FUNCTION: &str = "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}";

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
fn where_a_start_ends() {
    let of = |format: &'static str, start| start_ends(format.splitn(6, ':').nth(5).unwrap(), start);
    let in_words = |rest| Some(StartEnds::InWords { rest });
    let in_value = |name, value, rest| Some(StartEnds::InValue { name, value, rest });
    assert_eq!(of(TABLE, ""), in_words("table/${TableName}"));
    assert_eq!(of(TABLE, "tab"), in_words("le/${TableName}"));
    assert_eq!(of(TABLE, "table/"), in_value("TableName", "", ""));
    assert_eq!(of(TABLE, "table/orders"), in_value("TableName", "orders", ""));
    assert_eq!(of(TABLE, "table/orders/index/"), None);
    assert_eq!(of(TABLE, "stream/orders"), None);
    assert_eq!(of(INDEX, "table/orders"), in_value("TableName", "orders", "/index/${IndexName}"));
    assert_eq!(of(INDEX, "table/orders/index/by"), in_value("IndexName", "by", ""));
    assert_eq!(of(BUCKET, "logs"), in_value("BucketName", "logs", ""));
    assert_eq!(of(BUCKET, "logs/a"), None);
    assert_eq!(of(OBJECT, "logs"), in_value("BucketName", "logs", "/${ObjectName}"));
    assert_eq!(of(OBJECT, "logs/a/b"), in_value("ObjectName", "a/b", ""));
    assert_eq!(of(ROLE, "role/team/x"), in_value("RoleNameWithPath", "team/x", ""));
    assert_eq!(of("arn:${Partition}:s3:::fixed", "fixed"), None);
    assert_eq!(of("arn:${Partition}:s3:::fixed", "fix"), in_words("ed"));
}

#[test]
fn the_table_of_names_is_sorted() {
    assert!(SIMPLE_NAMES.is_sorted());
}

#[test]
fn names_hold_what_their_service_lets_them_hold() {
    const MQTT: &str = "arn:${Partition}:iot:${Region}:${Account}:topic/${TopicName}";
    const TOPIC: &str = "arn:${Partition}:sns:${Region}:${Account}:${TopicName}";
    const ALARM: &str = "arn:${Partition}:cloudwatch:${Region}:${Account}:alarm:${AlarmName}";
    assert!(formats_meet(MQTT, "arn:aws:iot:eu-west-1:123456789012:topic/sensors/kitchen/heat"));
    assert!(formats_meet(MQTT, "arn:aws:iot:eu-west-1:123456789012:topic/$aws/things/*"));
    assert!(!formats_meet(MQTT, "arn:aws:iot:eu-west-1:123456789012:topics/a"));
    assert!(!formats_meet(TOPIC, "arn:aws:sns:eu-west-1:123456789012:topic/orders"));
    assert!(formats_meet(ALARM, "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders/errors: high"));
    assert_eq!(
        captures(MQTT, "arn:aws:iot:eu-west-1:123456789012:topic/a/b").and_then(|all| all.last().copied()),
        Some(("TopicName", "a/b"))
    );
}

#[test]
fn a_recovery_point_has_the_arn_that_its_service_gave_it() {
    const POINT: &str = "arn:${Partition}:${Vendor}:${Region}:*:${ResourceType}:${RecoveryPointId}";
    assert!(formats_meet(POINT, "arn:aws:ec2:eu-west-1::snapshot/snap-0123"));
    assert!(formats_meet(POINT, "arn:aws:backup:eu-west-1:123456789012:recovery-point:0123"));
    assert!(!formats_meet(POINT, "snapshot/snap-0123"));
    assert!(!formats_meet(POINT, ""));
}
