//! Pieces to text: where the lines break.

use super::layout::Piece;

/// How long a line gets where it can be broken.
const WIDTH: usize = 100;
/// How far a level is indented.
const STEP: usize = 2;

/// The text. A group is on one line if it fits there together with what follows it up to the next place for a break.
pub(super) fn render(pieces: &[Piece<'_>]) -> String {
    let mut page = Page::default();
    let mut groups = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let flat = groups.last().is_some_and(|flat| *flat);
        match piece {
            Piece::Text(text) => page.text(text),
            Piece::Space => page.space(),
            Piece::Line(" ") if flat => page.space(),
            Piece::Line(_) if flat => {}
            Piece::Line(_) | Piece::Hard => page.line(),
            Piece::Blank => page.blank(),
            Piece::Comment { text, trailing } => page.comment(text, *trailing),
            Piece::IfBroken(_) if flat => {}
            Piece::IfBroken(text) => page.text(text),
            Piece::Open { broken } => groups.push(flat || !broken && fits(&pieces[index..], page.room())),
            Piece::Close => drop(groups.pop()),
            Piece::Indent => page.indent += STEP,
            Piece::Dedent => page.indent -= STEP,
        }
    }
    page.finish()
}

/// Whether the group that starts the pieces, and what follows up to the next place for a break, takes no more than `room`
/// columns. Looks no further than that, so that the whole stays linear.
fn fits(pieces: &[Piece<'_>], room: usize) -> bool {
    let (mut used, mut depth) = (0, 0usize);
    for piece in pieces {
        match piece {
            Piece::Text(text) => used += text.chars().count(),
            Piece::Space => used += 1,
            Piece::Line(text) if depth > 0 => used += text.len(),
            Piece::Line(_) | Piece::Hard | Piece::Comment { .. } => return true,
            Piece::IfBroken(text) if depth == 0 => used += text.len(),
            Piece::Open { .. } => depth += 1,
            Piece::Close => depth = depth.saturating_sub(1),
            Piece::IfBroken(_) | Piece::Blank | Piece::Indent | Piece::Dedent => {}
        }
        if used > room {
            return false;
        }
    }
    true
}

/// What is owed before the next word.
#[derive(Clone, Copy, Default)]
enum Owed {
    #[default]
    Nothing,
    Space,
    Line {
        indent: usize,
        blank: bool,
    },
}

/// The text so far. White space is owed until a word follows, so that none is left at the end of a line.
#[derive(Default)]
struct Page {
    out: String,
    column: usize,
    indent: usize,
    owed: Owed,
    after_comment: bool,
}

impl Page {
    fn text(&mut self, text: &str) {
        match std::mem::take(&mut self.owed) {
            Owed::Nothing => {}
            Owed::Space => self.put(" "),
            Owed::Line { indent, blank } => {
                if !self.out.is_empty() {
                    self.out.push_str(if blank { "\n\n" } else { "\n" });
                }
                self.out.extend(std::iter::repeat_n(' ', indent));
                self.column = indent;
            }
        }
        self.put(text);
        self.after_comment = false;
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn space(&mut self) {
        if matches!(self.owed, Owed::Nothing) {
            self.owed = Owed::Space;
        }
    }

    fn line(&mut self) {
        let blank = matches!(self.owed, Owed::Line { blank: true, .. });
        self.owed = Owed::Line { indent: self.indent, blank };
    }

    fn blank(&mut self) {
        if let Owed::Line { blank, .. } = &mut self.owed {
            *blank = true;
        }
    }

    fn comment(&mut self, text: &str, trailing: bool) {
        if trailing && !self.after_comment {
            self.put(" ");
            self.put(text);
        } else {
            self.line();
            self.text(text);
        }
        self.line();
        self.after_comment = true;
    }

    /// How many columns are left on this line.
    fn room(&self) -> usize {
        let column = match self.owed {
            Owed::Nothing => self.column,
            Owed::Space => self.column + 1,
            Owed::Line { indent, .. } => indent,
        };
        WIDTH.saturating_sub(column)
    }

    fn finish(mut self) -> String {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }
}
