//! The regions of AWS, by partition.
//!
//! What comes in: the name of a region, in lower case as AWS writes it. What goes
//! out: whether there is one, and its partition. What is absent: pseudo-regions
//! such as `aws-global`, and local zones.
//!
//! As of 2026-11 (the tables of botocore 1.44.5).

/// The day the table was last compared with its source.
pub const AS_OF: &str = "2026-11-23";

/// A partition of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its name, as ARNs have it.
    pub name: &'static str,
    /// What the domain names of its services end with.
    pub dns_suffix: &'static str,
    /// Its regions, sorted.
    pub regions: &'static [&'static str],
}

static PARTITIONS: &[Partition] = &[
    Partition {
        name: "aws",
        dns_suffix: "amazonaws.com",
        regions: &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "me-west-1",
            "mx-central-1",
            "sa-east-1",
            "sa-west-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    },
    Partition { name: "aws-cn", dns_suffix: "amazonaws.com.cn", regions: &["cn-north-1", "cn-northwest-1"] },
    Partition { name: "aws-eusc", dns_suffix: "amazonaws.eu", regions: &["eusc-de-east-1"] },
    Partition { name: "aws-iso", dns_suffix: "c2s.ic.gov", regions: &["us-iso-east-1", "us-iso-west-1"] },
    Partition { name: "aws-iso-b", dns_suffix: "sc2s.sgov.gov", regions: &["us-isob-east-1", "us-isob-west-1"] },
    Partition { name: "aws-iso-e", dns_suffix: "cloud.adc-e.uk", regions: &["eu-isoe-west-1"] },
    Partition { name: "aws-iso-f", dns_suffix: "csp.hci.ic.gov", regions: &["us-isof-east-1", "us-isof-south-1"] },
    Partition { name: "aws-us-gov", dns_suffix: "amazonaws.com", regions: &["us-gov-east-1", "us-gov-west-1"] },
];

/// The partitions, sorted by name.
pub fn partitions() -> &'static [Partition] {
    PARTITIONS
}

/// All regions of all partitions.
pub fn regions() -> impl Iterator<Item = &'static str> {
    PARTITIONS.iter().flat_map(|partition| partition.regions).copied()
}

/// The partition that has the region.
pub fn partition_of(region: &str) -> Option<&'static Partition> {
    PARTITIONS.iter().find(|partition| partition.regions.binary_search(&region).is_ok())
}

/// The partition with this name.
pub fn partition(name: &str) -> Option<&'static Partition> {
    PARTITIONS.iter().find(|partition| partition.name == name)
}

/// Whether there is such a region.
pub fn is_region(name: &str) -> bool {
    partition_of(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(PARTITIONS.is_sorted_by(|a, b| a.name < b.name));
        assert!(PARTITIONS.iter().all(|partition| partition.regions.is_sorted_by(|a, b| a < b)));
    }

    #[test]
    fn regions_have_partitions() {
        assert_eq!(partition_of("eu-central-1").unwrap().name, "aws");
        assert_eq!(partition_of("cn-north-1").unwrap().dns_suffix, "amazonaws.com.cn");
        assert_eq!(partition_of("us-gov-west-1").unwrap().name, "aws-us-gov");
        assert_eq!(partition_of("eusc-de-east-1").unwrap().name, "aws-eusc");
        assert_eq!(partition_of("us-iso-east-1").unwrap().name, "aws-iso");
        assert!(is_region("us-east-1") && !is_region("us-east-9") && !is_region("aws-global") && !is_region(""));
        assert!(regions().any(|region| region == "mx-central-1"));
    }
}
