//! Words, comments, blank lines, blocks and lists: what every part of the language is printed with.

use super::layout::{Layout, Piece};
use super::render::render;
use super::stream::{Note, Stream};
use crate::base::FileId;
use crate::syntax::{File, Token};

/// The printed file.
pub(super) fn print(file: FileId, text: &str, tree: &File) -> String {
    let mut printer = Printer { stream: Stream::new(file, text), layout: Layout::default(), deferred: Vec::new() };
    printer.items(&tree.items);
    printer.comments(if tree.items.is_empty() { Blanks::Inside } else { Blanks::Keep });
    render(&printer.layout.pieces())
}

/// Which blank lines of the source are kept around the comments before a word, and before the word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Blanks {
    /// None, except that a blank line after a `///` stays: without it, the comment would document what follows.
    Drop,
    /// Those between comments, and between them and the word.
    Inside,
    /// All.
    Keep,
    /// All; and one is made where there is none.
    Force,
}

impl Blanks {
    /// Whether a blank line is kept after a comment that is a `///` or not, or where none came before.
    fn keep(self, after_doc: Option<bool>) -> bool {
        match self {
            Blanks::Drop => after_doc == Some(true),
            Blanks::Inside => after_doc.is_some(),
            Blanks::Keep | Blanks::Force => true,
        }
    }
}

/// Walks the tree and the tokens of the source side by side.
pub(super) struct Printer<'a> {
    pub(super) stream: Stream<'a>,
    pub(super) layout: Layout<'a>,
    /// Comments that stood before a sign that sticks to the word before it; they come after the sign.
    deferred: Vec<Note>,
}

impl<'a> Printer<'a> {
    /// The next word, with the comments before it.
    pub(super) fn token(&mut self) {
        self.comments(Blanks::Drop);
        let text = self.stream.next();
        self.layout.push(Piece::Text(text));
    }

    /// The next word and a space.
    pub(super) fn word(&mut self) {
        self.token();
        self.space();
    }

    /// The next sign, which sticks to what is before it: comments between the two come after it. A `///` stays where it
    /// is, lest it document what follows.
    pub(super) fn sign(&mut self) {
        self.defer();
        let text = self.stream.next();
        self.layout.push(Piece::Text(text));
    }

    fn defer(&mut self) {
        let notes = self.stream.notes();
        let doc = notes.iter().any(|note| note.doc);
        self.deferred.extend(notes);
        if doc {
            self.comments(Blanks::Drop);
        }
    }

    pub(super) fn space(&mut self) {
        self.layout.push(Piece::Space);
    }

    pub(super) fn line(&mut self) {
        self.layout.push(Piece::Line(" "));
    }

    /// What `print` prints is on one line if it fits.
    pub(super) fn group(&mut self, print: impl FnOnce(&mut Self)) {
        self.layout.push(Piece::Open { broken: false });
        print(self);
        self.layout.push(Piece::Close);
    }

    /// The lines that `print` breaks into start further right.
    pub(super) fn indented(&mut self, print: impl FnOnce(&mut Self)) {
        self.layout.push(Piece::Indent);
        print(self);
        self.layout.push(Piece::Dedent);
    }

    /// The comments before the next word, and the blank line before it.
    pub(super) fn comments(&mut self, blanks: Blanks) {
        let mut notes = std::mem::take(&mut self.deferred);
        notes.extend(self.stream.notes());
        let blank = self.stream.blank() && !self.stream.at_end();
        let mut force = blanks == Blanks::Force && !blank && !notes.iter().any(|note| note.blank);
        let mut before = None;
        for note in notes {
            // A `///` at the end of a line documents what is on the next one: it goes there.
            let trailing = note.trailing && (blanks == Blanks::Drop || !note.doc);
            if !trailing {
                self.layout.push(Piece::Hard);
                if note.blank && blanks.keep(before) || std::mem::take(&mut force) {
                    self.layout.push(Piece::Blank);
                }
            }
            before = Some(note.doc);
            self.layout.push(Piece::Comment { text: note.text, trailing });
        }
        if blank && blanks.keep(before) || force {
            self.layout.push(Piece::Blank);
        }
    }

    /// Things on lines of their own, as `blanks` says of the thing before and the thing after.
    pub(super) fn lines<T>(
        &mut self,
        things: &[T],
        blanks: impl Fn(&Self, &T, &T) -> Blanks,
        mut print: impl FnMut(&mut Self, &T),
    ) {
        let mut before = None;
        for thing in things {
            self.layout.push(Piece::Hard);
            self.comments(before.map_or(Blanks::Inside, |before| blanks(self, before, thing)));
            print(self, thing);
            before = Some(thing);
        }
    }

    /// `{ ... }` on several lines, or `{}`.
    pub(super) fn block<T>(&mut self, things: &[T], print: impl FnMut(&mut Self, &T)) {
        self.block_of(things.is_empty(), |printer| printer.lines(things, |_, _, _| Blanks::Keep, print));
    }

    /// The braces of a block around what `print` prints.
    pub(super) fn block_of(&mut self, empty: bool, print: impl FnOnce(&mut Self)) {
        self.sign();
        if empty && self.deferred.is_empty() && !self.stream.has_notes() {
            return self.sign();
        }
        self.indented(|printer| {
            print(printer);
            printer.comments(if empty { Blanks::Inside } else { Blanks::Keep });
        });
        self.layout.push(Piece::Hard);
        self.sign();
    }

    /// The rest of a list in brackets, after its opening bracket: on one line with `pad` inside the brackets, or one
    /// element a line.
    pub(super) fn list<T>(&mut self, things: &[T], pad: &'static str, mut print: impl FnMut(&mut Self, &T)) {
        if things.is_empty() && self.deferred.is_empty() && !self.stream.has_notes() {
            return self.sign();
        }
        self.group(|printer| {
            printer.indented(|printer| {
                for (index, thing) in things.iter().enumerate() {
                    printer.layout.push(Piece::Line(if index == 0 { pad } else { " " }));
                    printer.comments(if index == 0 { Blanks::Inside } else { Blanks::Keep });
                    print(printer, thing);
                    if index + 1 < things.len() {
                        printer.sign();
                    }
                }
                printer.end_of_list(things.is_empty());
            });
            printer.layout.push(Piece::Line(pad));
            printer.sign();
        });
    }

    /// The comma after the last element, whether or not it was written, and the comments before the closing bracket.
    fn end_of_list(&mut self, empty: bool) {
        if self.stream.peek() == Some(Token::Comma) {
            self.deferred.extend(self.stream.notes());
            self.stream.next();
        }
        if !empty {
            self.layout.push(Piece::IfBroken(","));
        }
        self.comments(if empty { Blanks::Inside } else { Blanks::Keep });
    }

    /// Things with commas between them and no brackets around them: on one line, or each on its own.
    pub(super) fn commas<T>(&mut self, things: &[T], mut print: impl FnMut(&mut Self, &T)) {
        self.group(|printer| {
            for (index, thing) in things.iter().enumerate() {
                if index > 0 {
                    printer.sign();
                    printer.line();
                }
                print(printer, thing);
            }
        });
    }
}
