//! What is to be printed, before it is decided where the lines break: a flat list, so that nothing here recurses.

use std::borrow::Cow;

/// One step of the way from top left to bottom right.
pub(super) enum Piece<'a> {
    /// A word.
    Text(Cow<'a, str>),
    /// A space, unless the line ends here.
    Space,
    /// The line may break here: it does if its group does not fit; else this text stands here.
    Line(&'static str),
    /// The line breaks here.
    Hard,
    /// If the line breaks here, a blank line follows.
    Blank,
    /// A comment. It ends its line; a trailing one goes to the end of what is printed already.
    Comment { text: String, trailing: bool },
    /// Stands only where the group is broken.
    IfBroken(&'static str),
    /// A group starts, which is on one line or breaks at each of its own [`Piece::Line`]s.
    Open { broken: bool },
    /// The group ends.
    Close,
    /// Lines from here on start further right.
    Indent,
    /// And no longer.
    Dedent,
}

/// The pieces, while they are put together.
#[derive(Default)]
pub(super) struct Layout<'a> {
    pieces: Vec<Piece<'a>>,
    open: Vec<usize>,
}

impl<'a> Layout<'a> {
    pub(super) fn push(&mut self, piece: Piece<'a>) {
        match piece {
            Piece::Open { .. } => self.open.push(self.pieces.len()),
            Piece::Close => drop(self.open.pop()),
            Piece::Hard | Piece::Comment { .. } => self.break_groups(),
            _ => {}
        }
        self.pieces.push(piece);
    }

    /// What was pushed.
    pub(super) fn pieces(self) -> Vec<Piece<'a>> {
        self.pieces
    }

    /// No group around a line break is on one line.
    fn break_groups(&mut self) {
        for &index in self.open.iter().rev() {
            if let Piece::Open { broken } = &mut self.pieces[index] {
                if *broken {
                    break;
                }
                *broken = true;
            }
        }
    }
}
