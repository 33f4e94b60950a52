//! The way to a place inside a JSON text: `Statement[0].Action[1]`.

/// An object or array that is open at a place of the text.
enum Open {
    /// An object, with the name whose value is being read.
    Object(String),
    /// An array, with the number of the element that is being read.
    Array(usize),
}

/// For each offset, which are in order, the way to the value that starts there or that holds it; empty at the root. Of JSON Lines it is
/// the way within the line. One walk over the text, however many offsets there are.
pub(super) fn paths(text: &str, offsets: &[usize]) -> Vec<String> {
    let mut found = Vec::with_capacity(offsets.len());
    let mut open: Vec<Open> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() && found.len() < offsets.len() {
        let start = at;
        let is_name = matches!(bytes[at], b'"') && {
            at = end_of_string(bytes, at);
            matches!(open.last(), Some(Open::Object(_))) && next_is_colon(bytes, at)
        };
        match bytes[start] {
            b'"' if is_name => {
                if let Some(Open::Object(name)) = open.last_mut() {
                    *name = text.get(start + 1..at - 1).unwrap_or_default().to_owned();
                }
            }
            b'"' => {}
            b'{' => open.push(Open::Object(String::new())),
            b'[' => open.push(Open::Array(0)),
            b'}' | b']' => drop(open.pop()),
            b',' => match open.last_mut() {
                Some(Open::Array(index)) => *index += 1,
                Some(Open::Object(name)) => name.clear(),
                None => {}
            },
            _ => {}
        }
        at = at.max(start + 1);
        while found.len() < offsets.len() && offsets[found.len()] < at {
            // A bracket is the value that it opens, and not yet inside of it.
            let inside = usize::from(matches!(bytes[start], b'{' | b'['));
            found.push(shown(&open[..open.len() - inside]));
        }
    }
    found.resize(offsets.len(), String::new());
    found
}

/// The place behind a string that starts at a place.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += 1 + usize::from(bytes[at] == b'\\');
    }
    (at + 1).min(bytes.len())
}

fn next_is_colon(bytes: &[u8], at: usize) -> bool {
    bytes[at..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

fn shown(open: &[Open]) -> String {
    let mut path = String::new();
    for one in open {
        match one {
            Open::Array(index) => path.push_str(&format!("[{index}]")),
            Open::Object(name) if name.is_empty() => {}
            Open::Object(name) => {
                let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                match (is_plain, path.is_empty()) {
                    (true, true) => path.push_str(name),
                    (true, false) => path.push_str(&format!(".{name}")),
                    (false, _) => path.push_str(&format!("[\"{name}\"]")),
                }
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_values_and_names() {
        let text = r#"{"Statement": [{"Action": ["a", "b\"]"], "Condition": {"Bool": {"aws:x": "y"}}}, {"Sid": 1}]}"#;
        let at = |word: &str| text.find(word).unwrap();
        let words = ["{\"Statement", "[{", "{\"Action", "\"Action", "\"a\"", "\"b", "\"aws:x", "\"y\"", "1}"];
        let offsets: Vec<usize> = words.iter().map(|word| at(word)).collect();
        assert!(offsets.is_sorted());
        let expected = [
            "",
            "Statement",
            "Statement[0]",
            "Statement[0].Action",
            "Statement[0].Action[0]",
            "Statement[0].Action[1]",
            "Statement[0].Condition.Bool[\"aws:x\"]",
            "Statement[0].Condition.Bool[\"aws:x\"]",
            "Statement[1].Sid",
        ];
        assert_eq!(paths(text, &offsets), expected);
    }

    #[test]
    fn lines_and_damage() {
        let text = "{\"a\": 1}\n{\"b\": [2]}\n{\"c";
        assert_eq!(paths(text, &[6, 16, 22, 99]), ["a", "b[0]", "", ""]);
        assert_eq!(paths("]]}}\"\\", &[0, 4, 5]), ["", "", ""]);
    }
}
