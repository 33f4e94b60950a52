use super::*;

fn refuses(check: impl Fn(&str) -> bool, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(check(text), "refused {text:?}");
    }
    for text in bad {
        assert!(!check(text), "accepted {text:?}");
    }
}

#[test]
fn addresses() {
    refuses(
        |text| address_range(text).is_ok(),
        &["203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "2001:db8::1", "0.0.0.0/0", "10.1.2.3/8"],
        &["", "10.0.0/8", "10.0.0.0/33", "300.1.1.1", "10.0.0.*", "2001:db8::/129", "10.0.0.0/"],
    );
    assert_eq!(without_host_bits("10.1.2.3/8").as_deref(), Some("10.0.0.0/8"));
    assert_eq!(without_host_bits("2001:db8::1/32").as_deref(), Some("2001:db8::/32"));
    assert_eq!(without_host_bits("10.0.0.0/8"), None);
    assert_eq!(without_host_bits("10.1.2.3"), None);
    assert_eq!(address_range("203.0.113.7").unwrap().prefix_len(), 32);
}

#[test]
fn numbers_are_exact() {
    refuses(
        |text| number(text).is_ok(),
        &["0", "-1", "+3", "2.50", "99999999999999999999999.1"],
        &["", "5abc", "1e3", ".", "1.", ".5", "0x10", " 1"],
    );
    let value = |text: &str| number(text).unwrap();
    assert_eq!(value("1.50"), value("01.5"));
    assert_eq!(value("-0"), value("0"));
    assert!(value("9007199254740993") > value("9007199254740992"));
    assert!(value("-10") < value("-9.99") && value("0.1") > value("0.09") && value("10") > value("9"));
    assert!(value("-1") < value("0"));
}

#[test]
fn dates_are_w3c_forms_or_seconds() {
    refuses(
        |text| date(text).is_ok(),
        &[
            "2026",
            "2026-11",
            "2026-11-23",
            "2026-11-23T10:00Z",
            "2026-11-23T10:00:00Z",
            "2026-11-23T10:00:00.5+01:00",
            "1795000000",
            "0",
        ],
        &[
            "",
            "2026-13-01",
            "2026-02-30",
            "2026-11-23T10:00:00",
            "23.11.2026",
            "tomorrow",
            "2026-1-1",
            "2026-11-23T10Z",
        ],
    );
    let at = |text: &str| date(text).unwrap();
    assert_eq!(at("2026-11-23"), at("2026-11-23T00:00:00Z"));
    assert_eq!(at("2026-11-23T01:00:00+01:00"), at("2026-11-23T00:00Z"));
    assert_eq!(at("1970-01-02"), at("86400"));
    assert_eq!(at("1970-01-01T00:00:00.25Z").as_millisecond(), 250);
    assert!(at("2026") < at("2026-02"));
}

#[test]
fn booleans_and_base64() {
    refuses(|text| boolean(text).is_ok(), &["true", "false", "True"], &["", "yes", "1", "true "]);
    refuses(|text| binary(text).is_ok(), &["", "QmluYXJ5", "QQ==", "QUI="], &["Q", "QQ=", "Q===", "Q*=="]);
}

#[test]
fn ids() {
    refuses(|text| account_id(text).is_ok(), &["123456789012"], &["", "12345678901", "1234567890123", "12345678901a"]);
    refuses(|text| external_id(text).is_ok(), &["ab", "a:b/c-d_e+=,.@"], &["a", "a b", "ä1", &"a".repeat(1225)]);
    refuses(|text| org_id(text).is_ok(), &["o-a1b2c3d4e5"], &["o-a1b2", "a1b2c3d4e5", "o-A1B2C3D4E5", "o-*"]);
    refuses(
        |text| org_path(text).is_ok(),
        &[
            "o-a1b2c3d4e5/*",
            "o-a1b2c3d4e5/r-ab12/",
            "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/",
            "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*",
            "o-a1b2c3d4e5/*/ou-ab12-11111111/",
        ],
        &["", "o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111", "o-a1b2c3d4e5/ou-ab12-11111111/", "/*"],
    );
}

#[test]
fn arns() {
    refuses(
        |text| arn(text).is_ok(),
        &["arn:aws:iam::123456789012:role/*", "*", "arn:aws:s3*", "arn:*", "arn:aws:*:*:123456789012:*"],
        &["", "role/x", "arn:aws:iam::1234:role/x", "arn:aws:iam", "foo*"],
    );
}
