//! What every renderer makes of the same few diagnostics.

use std::io::{self, Write};

use crate::base::{FileId, SourceMap, Span};

use super::*;

type Writer = fn(&mut dyn Write, &SourceMap, &[Diagnostic]) -> io::Result<()>;

static WILDCARD: Code = Code {
    name: "wildcard-resource",
    level: Level::Warn,
    acceptable: true,
    aliases: &["PASS_ROLE_WITH_STAR_IN_RESOURCE"],
    page: "# wildcard-resource\n\nA statement on every resource.\n",
};

const SOURCE: &str = "policy Reader {\n  allow s3:GetObject on *\n  allow s3:GetObjekt on \"é\" *\n}\n";

fn span(file: FileId, word: &str) -> Span {
    let start = SOURCE.find(word).unwrap();
    Span::new(file, start, start + word.len())
}

fn fixture() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let file = sources.add("policies/a, b.lw", SOURCE);
    let star = span(file, "*");
    let diagnostics = vec![
        Diagnostic::new(&code::SYNTAX, span(file, "GetObjekt"), "no action `s3:GetObjekt`")
            .label("not in the catalogue")
            .also(span(file, "s3:GetObject"), "used here, 100% right")
            .note("AWS: actions are listed in the\nService Authorization Reference")
            .fix("did you mean `GetObject`?", span(file, "GetObjekt"), "GetObject"),
        Diagnostic::new(&WILDCARD, star, "`*` stands for every resource").help("name the bucket"),
        Diagnostic {
            accepted: Some("it is a demo".into()),
            ..Diagnostic::new(&WILDCARD, span(file, "\"é\" *"), "`*` stands for every resource")
        },
        Diagnostic { level: Level::Allow, ..Diagnostic::new(&WILDCARD, star, "not shown") },
    ];
    (sources, diagnostics)
}

fn render(write: Writer, sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = Vec::new();
    write(&mut out, sources, diagnostics).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(out: &mut dyn Write, sources: &SourceMap, diagnostics: &[Diagnostic]) -> io::Result<()> {
    write_text(out, sources, diagnostics, false)
}

fn coloured(out: &mut dyn Write, sources: &SourceMap, diagnostics: &[Diagnostic]) -> io::Result<()> {
    write_text(out, sources, diagnostics, true)
}

#[test]
fn text() {
    let (sources, diagnostics) = fixture();
    insta::assert_snapshot!(render(plain, &sources, &diagnostics), @r##"
    error[syntax]: no action `s3:GetObjekt`
      ┌─ policies/a, b.lw:3:12
      │
    2 │   allow s3:GetObject on *
      │         ------------ used here, 100% right
    3 │   allow s3:GetObjekt on "é" *
      │            ^^^^^^^^^ not in the catalogue
      │
      = AWS: actions are listed in the
        Service Authorization Reference
      = help: did you mean `GetObject`?
            allow s3:GetObject on "é" *

    warning[wildcard-resource]: `*` stands for every resource
      ┌─ policies/a, b.lw:2:25
      │
    2 │   allow s3:GetObject on *
      │                         ^
      │
      = help: name the bucket

    note[wildcard-resource]: `*` stands for every resource
      ┌─ policies/a, b.lw:3:25
      │
    3 │   allow s3:GetObjekt on "é" *
      │                         ^^^^^
      │
      = accepted: it is a demo

    1 error, 1 warning, 1 accepted
    "##);
}

#[test]
fn colour_adds_nothing_but_colour() {
    let (sources, diagnostics) = fixture();
    let text = render(coloured, &sources, &diagnostics);
    let mut parts = text.split("\u{1b}[");
    let mut without = parts.next().unwrap().to_string();
    parts.for_each(|part| without.push_str(part.split_once('m').unwrap().1));
    assert_ne!(text, without);
    assert_eq!(without, render(plain, &sources, &diagnostics));
}

#[test]
fn json() {
    let (sources, diagnostics) = fixture();
    insta::assert_snapshot!(render(write_json, &sources, &diagnostics), @r##"
    {
      "findings": [
        {
          "code": "syntax",
          "aliases": [],
          "level": "deny",
          "message": "no action `s3:GetObjekt`",
          "file": "policies/a, b.lw",
          "line": 3,
          "column": 12,
          "end_line": 3,
          "end_column": 21,
          "path": null,
          "notes": [
            "AWS: actions are listed in the\nService Authorization Reference"
          ],
          "related": [
            {
              "file": "policies/a, b.lw",
              "line": 2,
              "column": 9,
              "end_line": 2,
              "end_column": 21,
              "text": "used here, 100% right"
            }
          ],
          "help": "did you mean `GetObject`?",
          "fix": [
            {
              "file": "policies/a, b.lw",
              "line": 3,
              "column": 12,
              "end_line": 3,
              "end_column": 21,
              "start": 53,
              "end": 62,
              "text": "GetObject"
            }
          ],
          "fix_is_safe": true
        },
        {
          "code": "wildcard-resource",
          "aliases": [
            "PASS_ROLE_WITH_STAR_IN_RESOURCE"
          ],
          "level": "warn",
          "message": "`*` stands for every resource",
          "file": "policies/a, b.lw",
          "line": 2,
          "column": 25,
          "end_line": 2,
          "end_column": 26,
          "path": null,
          "notes": [],
          "related": [],
          "help": "name the bucket",
          "fix": null
        },
        {
          "code": "wildcard-resource",
          "aliases": [
            "PASS_ROLE_WITH_STAR_IN_RESOURCE"
          ],
          "level": "warn",
          "message": "`*` stands for every resource",
          "file": "policies/a, b.lw",
          "line": 3,
          "column": 25,
          "end_line": 3,
          "end_column": 30,
          "path": null,
          "notes": [],
          "related": [],
          "help": null,
          "fix": null,
          "accepted": "it is a demo"
        }
      ],
      "summary": {
        "deny": 1,
        "warn": 1,
        "accepted": 1,
        "by_code": {
          "syntax": 1,
          "wildcard-resource": 2
        }
      }
    }
    "##);
}

#[test]
fn sarif() {
    let (sources, diagnostics) = fixture();
    let text = render(write_sarif, &sources, &diagnostics[1..]).replace(env!("CARGO_PKG_VERSION"), "[version]");
    insta::assert_snapshot!(text, @r##"
    {
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        {
          "tool": {
            "driver": {
              "name": "leastwise",
              "version": "[version]",
              "informationUri": "https://github.com/leastwise/leastwise",
              "rules": [
                {
                  "id": "wildcard-resource",
                  "shortDescription": {
                    "text": "wildcard-resource"
                  },
                  "help": {
                    "text": "# wildcard-resource\n\nA statement on every resource.\n",
                    "markdown": "# wildcard-resource\n\nA statement on every resource.\n"
                  },
                  "defaultConfiguration": {
                    "level": "warning"
                  },
                  "properties": {
                    "tags": [
                      "PASS_ROLE_WITH_STAR_IN_RESOURCE"
                    ]
                  }
                }
              ]
            }
          },
          "columnKind": "unicodeCodePoints",
          "results": [
            {
              "ruleId": "wildcard-resource",
              "level": "warning",
              "message": {
                "text": "`*` stands for every resource\nhelp: name the bucket"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "policies/a%2C%20b.lw"
                    },
                    "region": {
                      "startLine": 2,
                      "startColumn": 25,
                      "endLine": 2,
                      "endColumn": 26
                    }
                  }
                }
              ],
              "ruleIndex": 0,
              "suppressions": []
            },
            {
              "ruleId": "wildcard-resource",
              "level": "warning",
              "message": {
                "text": "`*` stands for every resource"
              },
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "policies/a%2C%20b.lw"
                    },
                    "region": {
                      "startLine": 3,
                      "startColumn": 25,
                      "endLine": 3,
                      "endColumn": 30
                    }
                  }
                }
              ],
              "ruleIndex": 0,
              "suppressions": [
                {
                  "kind": "inSource",
                  "status": "accepted",
                  "justification": "it is a demo"
                }
              ]
            }
          ]
        }
      ]
    }
    "##);
    let fixes: serde_json::Value = serde_json::from_str(&render(write_sarif, &sources, &diagnostics[..1])).unwrap();
    insta::assert_snapshot!(fixes["runs"][0]["results"][0], @r##"{"ruleId":"syntax","level":"error","message":{"text":"no action `s3:GetObjekt`\nAWS: actions are listed in the\nService Authorization Reference\nhelp: did you mean `GetObject`?"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"policies/a%2C%20b.lw"},"region":{"startLine":3,"startColumn":12,"endLine":3,"endColumn":21}},"message":{"text":"not in the catalogue"}}],"ruleIndex":0,"relatedLocations":[{"physicalLocation":{"artifactLocation":{"uri":"policies/a%2C%20b.lw"},"region":{"startLine":2,"startColumn":9,"endLine":2,"endColumn":21}},"message":{"text":"used here, 100% right"}}],"fixes":[{"description":{"text":"did you mean `GetObject`?"},"artifactChanges":[{"artifactLocation":{"uri":"policies/a%2C%20b.lw"},"replacements":[{"deletedRegion":{"startLine":3,"startColumn":12,"endLine":3,"endColumn":21},"insertedContent":{"text":"GetObject"}}]}]}]}"##);
}

#[test]
fn github() {
    let (sources, diagnostics) = fixture();
    insta::assert_snapshot!(render(write_github, &sources, &diagnostics), @r##"
    ::error file=policies/a%2C b.lw,line=3,col=12,endLine=3,endColumn=21,title=syntax::no action `s3:GetObjekt`%0AAWS: actions are listed in the%0AService Authorization Reference%0Ahelp: did you mean `GetObject`?
    ::warning file=policies/a%2C b.lw,line=2,col=25,endLine=2,endColumn=26,title=wildcard-resource::`*` stands for every resource%0Ahelp: name the bucket
    ::notice file=policies/a%2C b.lw,line=3,col=25,endLine=3,endColumn=30,title=wildcard-resource::`*` stands for every resource%0Aaccepted: it is a demo
    "##);
}

#[test]
fn nothing_to_say() {
    let sources = SourceMap::default();
    assert_eq!(render(plain, &sources, &[]), "");
    assert_eq!(render(write_github, &sources, &[]), "");
    assert_eq!(Summary::of(&[]).to_string(), "0 errors");
}

#[test]
fn long_lines_and_steering_characters_are_named_not_shown() {
    let mut sources = SourceMap::default();
    let long = sources.add("long.json", format!("{{\n{}\n}}", "x".repeat(2_000_000)));
    let steering = sources.add("steering.lw", "allow \u{1b}[2J on *\n");
    let mut diagnostics = vec![
        Diagnostic::new(&code::SYNTAX, Span::new(long, 1_500_001, 1_500_002), "no `x\u{1b}[2J`")
            .label("this one")
            .also(Span::new(long, 0, 1), "opened here"),
        Diagnostic::new(&code::SYNTAX, Span::new(steering, 0, 5), "odd").fix(
            "write nothing",
            Span::new(steering, 0, 5),
            "",
        ),
        Diagnostic::new(&code::SYNTAX, Span::new(long, 0, 1), "odd").also(Span::new(long, 2, 3), "in the long line"),
    ];
    insta::assert_snapshot!(render(plain, &sources, &diagnostics), @r##"
    long.json:2:1500000: error[syntax]: no `x\u{1b}[2J`
     = this one
     = long.json:1:1: opened here

    steering.lw:1:1: error[syntax]: odd
     = help: write nothing

    error[syntax]: odd
      ┌─ long.json:1:1
      │
    1 │ {
      │ ^
      │
      = long.json:2:1: in the long line

    3 errors
    "##);

    // Many findings in one long line cost no more than their number.
    diagnostics =
        (0..2_000).map(|i| Diagnostic::new(&WILDCARD, Span::new(long, 1000 * i, 1000 * i + 9), "odd")).collect();
    for write in [plain as Writer, write_json, write_sarif, write_github] {
        assert!(render(write, &sources, &diagnostics).len() < 2_000_000);
    }
}

#[test]
fn any_span_is_rendered() {
    let mut sources = SourceMap::default();
    let files = [sources.add("a", "é\r\n\n\tx\n"), sources.add("empty", ""), FileId(7)];
    let mut diagnostics = Vec::new();
    for file in files {
        for (start, end) in (0..12).flat_map(|start| (0..12).map(move |end| (start, end))).chain([(9, usize::MAX)]) {
            let span = Span::new(file, start, end);
            diagnostics.push(Diagnostic::new(&WILDCARD, span, "").also(span, "there").fix("do", span, "\n"));
        }
    }
    for write in [plain as Writer, coloured, write_json, write_sarif, write_github] {
        render(write, &sources, &diagnostics);
    }
    apply(&sources, &diagnostics, Which::All);
}

#[test]
fn long_blocks_are_shown_by_their_first_line() {
    let mut sources = SourceMap::default();
    let file = sources.add("a.lw", format!("policy A {{\n{}}}\n", "  allow\n".repeat(100)));
    let diagnostic = Diagnostic::new(&WILDCARD, Span::new(file, 0, 800), "too much").label("this");
    insta::assert_snapshot!(render(plain, &sources, &[diagnostic]), @r##"
    warning[wildcard-resource]: too much
      ┌─ a.lw:1:1
      │
    1 │ policy A {
      │ ^^^^^^^^^^ this

    1 warning
    "##);
}

#[test]
fn fixes_are_taken_whole_or_not_at_all() {
    let mut sources = SourceMap::default();
    let file = sources.add("a", "abcdef");
    let fix = |edits: &[(usize, usize, &str)]| {
        let edits = edits.iter().map(|&(s, e, text)| Edit { span: Span::new(file, s, e), text: text.into() }).collect();
        let help = Some(Help { text: String::new(), edits, safety: Safety::Safe });
        Diagnostic { help, ..Diagnostic::new(&WILDCARD, Span::default(), "") }
    };
    let fixed = |diagnostics: &[Diagnostic]| apply(&sources, diagnostics, Which::Safe).remove(&file);
    assert_eq!(fixed(&[]), None);
    assert_eq!(fixed(&[fix(&[(1, 3, "X")]), fix(&[(5, 5, "-"), (2, 4, "Y")])]).unwrap(), "aXdef");
    assert_eq!(fixed(&[fix(&[(3, 3, "-"), (1, 3, "X")]), fix(&[(1, 1, "+")])]).unwrap(), "a+X-def");
    assert_eq!(fixed(&[fix(&[(2, 2, "1")]), fix(&[(2, 2, "2")]), fix(&[(6, 6, "!")])]).unwrap(), "ab1cdef!");
    assert_eq!(fixed(&[fix(&[(0, 6, "")]), fix(&[(3, 3, "x")])]).unwrap(), "");
    assert_eq!(fixed(&[fix(&[(0, 1, "x"), (0, 2, "y")]), fix(&[(4, 9, "x")])]), None);
    assert_eq!(fixed(&[Diagnostic { accepted: Some("ok".into()), ..fix(&[(0, 1, "x")]) }]), None);
}

#[test]
fn suggestions() {
    let actions = ["s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "s3:ListBucket"];
    assert_eq!(closest("s3:GetObjetc", actions), Some("s3:GetObject"));
    assert_eq!(closest("s3:listbucket", actions), Some("s3:ListBucket"));
    assert_eq!(closest("s3:?etObject", ["s3:PetObject", "s3:GetObject"]), Some("s3:PetObject"));
    assert_eq!(closest("kms:Decrypt", actions), None);
    assert_eq!(closest("allwo", ["deny", "allow"]), Some("allow"));
    assert_eq!(closest("dney", ["deny"]), Some("deny"));
    assert_eq!(closest("dnex", ["deny"]), None);
    assert_eq!(closest("a", ["b", "ab"]), None);
    assert_eq!(closest("A", ["b", "a"]), Some("a"));
    assert_eq!(closest("", ["a"]), None);
    assert_eq!(closest("région", ["region"]), Some("region"));
    assert_eq!(closest(&"x".repeat(10_000_000), ["x"]), None);
}
