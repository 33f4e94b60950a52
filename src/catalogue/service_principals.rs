//! The service principals of AWS: who a policy names as `"Service"`.
//!
//! What comes in: a principal such as `lambda.amazonaws.com`. What goes out:
//! whether it is one that AWS is known to use, in any of its forms: global, of a
//! region (`logs.eu-west-1.amazonaws.com`), of another partition
//! (`ec2.amazonaws.com.cn`). What is absent: AWS publishes no full list, so a name
//! that is not here may still be right; only a warning can come of it.

use super::regions;
use crate::diagnostic::closest;

/// The day the table was last added to.
pub const AS_OF: &str = "2026-11-23";

/// The names before the domain, sorted.
#[rustfmt::skip]
static NAMES: &[&str] = &[
    "a4b", "access-analyzer", "access-grants.s3", "account", "account-access", "acm", "acm-pca", "aco-automation",
    "agent-registry", "agent.wellarchitected", "agentless.inspector2", "aidevops", "aiops", "airflow", "airflow-env",
    "airflow-serverless", "alexa-appkit", "alexa-connectedhome", "ami.inspector2", "amplify", "apidestinations.events",
    "apigateway", "app-integrations", "appconfig", "appfabric", "appflow", "application-autoscaling",
    "application-insights", "application-signals.cloudwatch", "application-transformation", "appmesh", "apprunner",
    "appstream", "appstream.application-autoscaling", "appsync", "aps", "arc-region-switch", "artifact",
    "assets.marketplace", "athena", "auditmanager", "automation", "autoscaling", "autoscaling-plans",
    "aws-artifact-account-sync", "aws-external-anthropic", "backup", "backup-gateway", "batch", "batchoperations.s3",
    "bcm-dashboards", "bcm-data-exports", "bedrock", "bedrock-agentcore", "bedrock-mantle", "billingconductor",
    "billingconsole", "billingreports", "braket", "budgets", "bugbust", "bullet", "cassandra-streams",
    "cassandra.application-autoscaling", "ce", "channels.lex", "channels.lexv2", "chatbot", "chime", "cks.kms",
    "cleanrooms", "cleanrooms-ml", "cloud9", "clouddirectory", "cloudformation", "cloudformation.sync.codeconnections",
    "cloudfront", "cloudhsm", "cloudsearch", "cloudtrail", "cloudwatch", "cloudwatch-crossaccount", "codeartifact",
    "codebuild", "codecatalyst", "codecatalyst-runner", "codecommit", "codedeploy", "codeguru-profiler",
    "codeguru-reviewer", "codeguru-security", "codepipeline", "codestar", "codestar-connections",
    "codestar-notifications", "cognito-identity", "cognito-identity-us-gov", "cognito-idp", "cognito-sync",
    "comprehend", "comprehend.application-autoscaling", "comprehendmedical", "compute-optimizer", "config",
    "config-conforms", "config-multiaccountsetup", "connect", "connect-campaigns", "context.cloudtrail",
    "continuousexport.discovery", "contract.iq", "contributorinsights.dynamodb", "controltower",
    "cost-optimization-hub.bcm", "costalerts", "credentials.iot", "crowd", "custom-resource.application-autoscaling",
    "custom.rds", "custom.rds-preview", "databrew", "dataexchange", "datapipeline", "datasync", "datazone",
    "datazonecontrol", "dax", "deadline", "deeplens", "delivery.logs", "detective", "devicefarm", "devops-guru",
    "diode", "directconnect", "directquery.opensearchservice", "discovery", "dlm", "dms", "dms-fleet-advisor",
    "dmsintegration.migrationhub", "dnssec-route53", "docdb-elastic", "drs", "drt.shield", "ds", "dsql", "dynamodb",
    "dynamodb.application-autoscaling", "ec2", "ec2-images", "ec2-instance-connect", "ec2.application-autoscaling",
    "ec2.application-status-checks", "ec2.capacitymanager", "ec2fastlaunch", "ec2fleet", "ec2scheduled", "ec2sqlha",
    "ecr", "ecs", "ecs-compute", "ecs-tasks", "ecs.application-autoscaling", "edgelambda", "eks", "eks-connector",
    "eks-fargate", "eks-fargate-pods", "eks-nodegroup", "elasticache", "elasticache.application-autoscaling",
    "elasticbeanstalk", "elasticfilesystem", "elasticloadbalancing", "elasticmapreduce",
    "elasticmapreduce.application-autoscaling", "elastictranscoder", "elemental-inference", "email.cognito-idp",
    "emr-containers", "emr-serverless", "entityresolution", "es", "event-processor.health", "events",
    "events.managedservices", "events.workmail", "evs", "finops-agent", "finspace", "firehose", "fis", "fms",
    "forecast", "frauddetector", "freertos", "fsx", "gamelift", "gameliftstreams", "geo", "glacier",
    "globalaccelerator", "glue", "grafana", "greengrass", "groundstation", "guardduty", "health", "health-agent",
    "healthlake", "honeycode", "hooks.cloudformation", "iam", "imagebuilder", "importexport", "inspector", "inspector2",
    "internetmonitor", "iot", "iotanalytics", "iotdeviceadvisor", "iotevents", "iotfleetwise", "iotmanagedintegrations",
    "iotroborunner", "iotsitewise", "iotthingsgraph", "iottwinmaker", "iotwireless", "ipam", "ivs", "job.sagemaker",
    "justintimeaccess.ssm", "kafka", "kafka.application-autoscaling", "kafkaconnect", "kendra", "kinesis",
    "kinesisanalytics", "kinesisreplication.dynamodb", "kms", "lakeformation", "lambda",
    "lambda.application-autoscaling", "launchwizard", "lex", "lexv2", "license-management.marketplace",
    "license-manager", "license-manager-user-subscriptions", "license-manager.master-account",
    "license-manager.member-account", "lightsail", "logdelivery.elasticloadbalancing", "logger.cloudfront",
    "logging.s3", "logs", "lookoutequipment", "lookoutmetrics", "m2", "machinelearning", "macie",
    "maintenance.elasticbeanstalk", "maintenance.s3tables", "malware-protection-plan.guardduty",
    "malware-protection.guardduty", "managedblockchain", "managedservices", "managedupdates.elasticbeanstalk",
    "mediaconnect", "mediaconvert", "medialive", "mediapackage", "mediapackage-vod", "mediapackagev2",
    "mediapipelines.chime", "mediastore", "mediatailor", "medical-imaging", "meetings.chime",
    "member.org.stacksets.cloudformation", "memorydb", "metadata.s3", "metering-marketplace", "metrics.wellarchitected",
    "mgn", "migrationhub", "migrationhub-orchestrator", "migrationhub-strategy", "mobileanalytics", "mobilehub",
    "mobiletargeting", "monitoring", "monitoring.rds", "monitoring.thinclient", "monitron", "mpa", "mq", "mrk.kms",
    "neptune-graph", "neptune.application-autoscaling", "network-connectors.lambda", "network-firewall",
    "network-security-director", "network-security-manager", "network.bedrock-agentcore", "networkmanager", "nimble",
    "notifications", "notifications.ssm", "observability.aoss", "observabilityadmin", "odb", "omics",
    "opensearchservice", "ops.apigateway", "ops.emr-serverless", "opsworks", "opsworks-cm", "organizations",
    "orgsdatasync.servicecatalog", "osis", "osis-pipelines", "outposts", "panorama",
    "partnercentral-account-management", "pca-connector-ad", "pcs", "permission.iq", "personalize", "pinpoint", "pipes",
    "pods.eks", "polly", "practice-run.arc-zonal-shift", "private-marketplace.marketplace", "profile", "proton",
    "pullthroughcache.ecr", "purchaseorders", "q", "qapps", "qbusiness", "qldb", "quicksight", "ram", "rbin", "rds",
    "rds-preview", "rds.application-autoscaling", "reachabilityanalyzer.networkinsights", "redshift", "redshift-data",
    "redshift-serverless", "refactor-spaces", "rekognition", "remediation.config", "replication.cassandra",
    "replication.dynamodb", "replication.ecr", "replication.lexv2", "replication.s3tables", "replicator.lambda",
    "reporting.trustedadvisor", "repository.sync.codeconnections", "repostspace", "resale-authorization.marketplace",
    "researchstudio", "resiliencehub", "resource-explorer-2", "resource-groups",
    "resource-snapshot-job.partnercentral-selling", "resources.cloudformation", "restore-testing.backup",
    "reveal-samples.macie", "robomaker", "rolesanywhere", "route53", "route53domains", "route53resolver", "rtbfabric",
    "rum", "runtime-identity.bedrock-agentcore", "runtime-instances.bedrock-agentcore", "s3", "s3-outposts",
    "s3.data-source.lustre.fsx", "sagemaker", "sagemaker-geospatial", "sagemaker.application-autoscaling",
    "scaler.lambda", "scheduler", "schema-conversion.dms", "schemas", "scraper.aps", "secretsmanager", "security-ir",
    "securityagent", "securityhub", "securityhubv2", "securitylake", "self-managed-vpce.osis", "serverlessrepo",
    "servicecatalog", "servicecatalog-appregistry", "servicediscovery", "servicequotas", "ses", "shield", "signer",
    "signin", "sms", "sms-voice", "smsintegration.migrationhub", "sns", "social-messaging", "spot", "spotfleet",
    "sqlworkbench", "sqs", "ssm", "ssm-guiconnect", "ssm-incidents", "ssm-quicksetup", "ssm-sap", "ssm.integrations",
    "sso", "stacksets.cloudformation", "states", "storage-lens.s3", "storagegateway", "streams.metrics.cloudwatch",
    "sts", "support", "supportapp", "supportplans", "swf", "sync.proton", "synthetics", "tag", "tagpolicies.tag",
    "telemetry-enablement.observabilityadmin", "telemetry-pipelines.observabilityadmin", "textract",
    "thirdparty.config", "thirdparty.inspector2", "timestream", "timestream-influxdb", "tnb", "transcribe", "transfer",
    "transform-custom", "transitgateway", "translate", "triage.security-ir", "trustedadvisor", "tts", "vmie", "voiceid",
    "vpc-flow-logs", "vpc-lattice", "vpcorigin.cloudfront", "waf", "waf-regional", "wafv2", "wam", "wellarchitected",
    "wisdom", "workdocs", "worklink", "workmail", "workspaces", "workspaces-instances",
    "workspaces.application-autoscaling", "xray",
];

/// The known service principals in their global form, sorted by the name before the domain.
pub fn service_principals() -> impl Iterator<Item = String> {
    NAMES.iter().map(|name| format!("{name}.amazonaws.com"))
}

/// Whether it is a service principal that AWS is known to use, in lower case as AWS writes it.
pub fn is_service_principal(principal: &str) -> bool {
    regions::partitions().iter().any(|partition| {
        let Some(name) = strip_domain(principal, partition.dns_suffix) else { return false };
        if NAMES.binary_search(&name).is_ok() {
            return true;
        }
        name.rsplit_once('.')
            .is_some_and(|(name, region)| regions::is_region(region) && NAMES.binary_search(&name).is_ok())
    })
}

fn strip_domain<'a>(principal: &'a str, domain: &str) -> Option<&'a str> {
    principal.strip_suffix(domain)?.strip_suffix('.')
}

/// The service principal that a misspelt one was most probably meant as. Where the domain is right, the names before it are
/// compared, so that a name which the table lacks is not taken for another of the same domain.
pub fn nearest(text: &str) -> Option<String> {
    let known: Vec<String> = service_principals().collect();
    let domain = [".amazonaws.com.cn", ".amazonaws.com"].into_iter().find(|domain| text.ends_with(domain));
    let Some(domain) = domain else { return closest(text, known.iter().map(String::as_str)).map(str::to_owned) };
    let head = &text[..text.len() - domain.len()];
    let heads = known.iter().filter_map(|known| known.strip_suffix(domain));
    closest(head, heads).map(|near| format!("{near}{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_but_not_new_ones() {
        assert_eq!(nearest("lamda.amazonaws.com").as_deref(), Some("lambda.amazonaws.com"));
        assert_eq!(nearest("lambda.amazonaws.co").as_deref(), Some("lambda.amazonaws.com"));
        assert_eq!(nearest("holograms.s3.amazonaws.com"), None);
    }

    #[test]
    fn table_is_sorted() {
        assert!(NAMES.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn forms() {
        for good in [
            "lambda.amazonaws.com",
            "delivery.logs.amazonaws.com",
            "logs.eu-west-1.amazonaws.com",
            "ec2.amazonaws.com.cn",
            "states.us-east-1.amazonaws.com",
            "ecs-tasks.amazonaws.com",
            "ec2.c2s.ic.gov",
        ] {
            assert!(is_service_principal(good), "{good}");
        }
        for bad in ["lamda.amazonaws.com", "amazonaws.com", "", "lambda", "lambda.us-east-9.amazonaws.com", "*"] {
            assert!(!is_service_principal(bad), "{bad}");
        }
        assert!(service_principals().any(|name| name == "s3.amazonaws.com"));
    }
}
