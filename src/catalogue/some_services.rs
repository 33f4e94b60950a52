//! Global condition keys that only some services put into their requests, as of 2026-11-23.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount>

/// The day of the lists.
pub const AS_OF: &str = "2026-11-23";

/// Services that have all four keys.
const ALL_FOUR: [&str; 36] = [
    "acm-pca",
    "applicationinsights",
    "apprunner",
    "athena",
    "cloudformation",
    "comprehendmedical",
    "compute-optimizer",
    "datasync",
    "discovery",
    "ebs",
    "ecr",
    "ecs",
    "firehose",
    "healthlake",
    "iam",
    "iotfleetwise",
    "iotwireless",
    "kinesisanalytics",
    "kms",
    "lambda",
    "medical-imaging",
    "omics",
    "payment-cryptography",
    "polly",
    "rbin",
    "rekognition",
    "route53",
    "s3",
    "scheduler",
    "servicediscovery",
    "servicequotas",
    "ssm-contacts",
    "storagegateway",
    "textract",
    "transcribe",
    "transfer",
];
/// Those that have the keys of the endpoint's owner beside them.
const OF_ENDPOINTS: [&str; 3] = ["dynamodb", "gamelift", "shield"];
/// Those that have the organisation of the endpoint beside them.
const OF_ORGANIZATION: [&str; 13] = [
    "b2bi",
    "cassandra",
    "cognito-identity",
    "dms",
    "ds-data",
    "identitystore",
    "iottwinmaker",
    "network-firewall",
    "pricing",
    "ses",
    "sms-voice",
    "sqs",
    "workmail",
];

/// Whether a service puts a key into its requests; nothing of a key that is not one of those which only some services have.
pub fn has_key(service: &str, key: &str) -> Option<bool> {
    let more: &[&[&str]] = match key.to_ascii_lowercase().as_str() {
        "aws:sourcevpcarn" => &[],
        "aws:vpceaccount" | "aws:vpceorgpaths" => &[&OF_ENDPOINTS],
        "aws:vpceorgid" => &[&OF_ENDPOINTS, &OF_ORGANIZATION],
        _ => return None,
    };
    let is_it = |known: &&str| known.eq_ignore_ascii_case(service);
    Some(ALL_FOUR.iter().any(is_it) || more.iter().copied().flatten().any(is_it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_some_services() {
        assert_eq!(has_key("s3", "aws:VpceOrgID"), Some(true));
        assert_eq!(has_key("SQS", "aws:vpceorgid"), Some(true));
        assert_eq!(has_key("sqs", "aws:VpceAccount"), Some(false));
        assert_eq!(has_key("dynamodb", "aws:SourceVpcArn"), Some(false));
        assert_eq!(has_key("ec2", "aws:SourceVpce"), None);
    }
}
