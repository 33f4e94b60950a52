//! Names: patterns of them, and placeholders in those of keys.

use super::pack;

/// Whether a name fills in the placeholders of a documented name, each with at least one character.
pub(super) fn fills_in(documented: &str, name: &str) -> bool {
    // Most names differ early: look for the placeholder only when all before it is the same.
    let (d, n) = (documented.as_bytes(), name.as_bytes());
    let same = d.iter().zip(n).take_while(|(d, n)| d.eq_ignore_ascii_case(n)).count();
    if same == d.len() && same == n.len() {
        return true;
    }
    if same == n.len() || !d[..d.len().min(same + 1)].iter().any(|c| matches!(c, b'$' | b'<' | b'/')) {
        return false;
    }
    let Some((start, mut end)) = pack::placeholder(documented).filter(|(start, _)| *start <= same) else {
        return false;
    };
    let (Some(mut rest), mut documented) = (name.get(start..), documented) else { return false };
    // Each placeholder takes as little as it can: what follows then has the most left to be found in.
    loop {
        let Some(first) = rest.chars().next() else { return false };
        rest = &rest[first.len_utf8()..];
        let Some(after) = documented.get(end..).filter(|after| !after.is_empty()) else { return true };
        documented = after;
        let Some((start, next)) = pack::placeholder(documented) else {
            let tail = rest.len().checked_sub(documented.len()).and_then(|at| rest.as_bytes().get(at..));
            return tail.is_some_and(|tail| tail.eq_ignore_ascii_case(documented.as_bytes()));
        };
        let literal = &documented.as_bytes()[..start];
        let found = (0..=rest.len()).find(|&at| {
            let here = rest.as_bytes().get(at..at + literal.len());
            rest.is_char_boundary(at) && here.is_some_and(|here| here.eq_ignore_ascii_case(literal))
        });
        let Some(later) = found.and_then(|at| rest.get(at + literal.len()..)) else { return false };
        rest = later;
        end = next;
    }
}

/// The claim that a key such as `token.actions.githubusercontent.com:sub` reads from the token of a
/// web identity provider: `sub`, `aud` or `amr`, which AWS takes from every provider and so lists
/// on no page. The provider is a host, with a path or without.
pub fn web_identity_claim(key: &str) -> Option<&str> {
    let (provider, claim) = key.rsplit_once(':')?;
    let host = provider.split('/').next().unwrap_or_default();
    let label = |label: &str| !label.is_empty() && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    let is_host = host.contains('.') && host.split('.').all(label);
    let known = ["sub", "aud", "amr"].iter().any(|known| known.eq_ignore_ascii_case(claim));
    (is_host && known).then_some(claim)
}

/// Whether a name matches a pattern of `*` and `?`, whatever the case.
pub fn matches_pattern(pattern: &str, name: &str) -> bool {
    glob(pattern.as_bytes(), name.as_bytes())
}

pub(super) fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(&c) if c == b'?' || c.eq_ignore_ascii_case(&name[n]) => {
                p += 1;
                n += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    p = star + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == b'*')
}
