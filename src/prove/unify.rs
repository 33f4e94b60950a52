//! What two patterns ask of the values of policy variables for a text to match both.
//!
//! Two patterns with variables and wildcards are an equation between words. It is solved from the left, as Levi has it: of two texts
//! that start the same text, one starts the other. Comes out: a few cases, each a text for some of the letters, which may hold new
//! letters; values of which none of these cases holds let no text match both, unless one matches letter by letter.

use std::collections::HashSet;

use super::letter::{self, Kind};
use super::strings::{Class, Step};

/// Texts for some letters.
pub(super) type Binding = Vec<(char, Vec<char>)>;

/// The cases in which values let a text match both patterns.
pub(super) struct Cases {
    pub(super) cases: Vec<Binding>,
    /// Whether there are no others.
    pub(super) complete: bool,
    /// How many equations were looked at.
    pub(super) cost: u64,
}

/// More equations than these are not looked at.
const MOST_EQUATIONS: usize = 400;
/// More cases than these are not told apart.
const MOST_CASES: usize = 12;

/// What is asked of the values of letters so that a text matches both. New letters have numbers from `first` on.
pub(super) fn unify(p: &[Step], q: &[Step], first: u32) -> Cases {
    let known: Vec<char> = p.iter().chain(q).filter_map(|step| step.own()).filter(|one| letter::is(*one)).collect();
    // How a text in another case relates to others is not followed.
    let unclear = known.iter().any(|one| letter::is_other_case(*one));
    let start = Equation { sides: [p.to_vec(), q.to_vec()], binding: Vec::new(), filled: None, next: first };
    let solved = |strict: bool| {
        let mut solver = Solver { known: known.clone(), first, unclear, strict, ..Solver::default() };
        solver.go(start.clone(), &mut Vec::new());
        solver
    };
    let solver = solved(false);
    // That nothing but the same equation comes out means that there is no solution only if every step made it shorter.
    if solver.solved.is_empty() && !solver.back.is_empty() { solved(true).cases() } else { solver.cases() }
}

/// What is left to solve.
#[derive(Clone, Debug)]
struct Equation {
    sides: [Vec<Step>; 2],
    binding: Binding,
    /// A letter at the start of a side whose text is not empty.
    filled: Option<char>,
    /// The number of the next new letter.
    next: u32,
}

#[derive(Default)]
struct Solver {
    /// The letters of the patterns.
    known: Vec<char>,
    first: u32,
    seen: HashSet<(Equated, Vec<char>)>,
    solved: Vec<Binding>,
    /// What was found out up to where an equation came back.
    back: Vec<Binding>,
    /// Whether each step leaves less to solve: shorter texts, or as short ones and fewer letters. A letter whose text is empty is then
    /// a case of its own. The shortest solution does not lead to the equation that it solves.
    strict: bool,
    /// Whether no more is looked at.
    unclear: bool,
    /// Whether some solutions are left out.
    partial: bool,
}

/// An equation, the same for all names of its letters.
type Equated = ([Vec<Step>; 2], Option<char>);

/// What may stand at the start of a side.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Head {
    /// A character, or a letter that stands for one; in either case of letters, if so.
    One(char, bool),
    /// A letter that stands for a text.
    Text(char, bool),
    Any(Class),
    Run(Class),
}

fn head(step: Step) -> Head {
    let of = |own: char, any_case: bool| match letter::kind(own) {
        Some(Kind::Text | Kind::Segment) => Head::Text(own, any_case),
        _ => Head::One(own, any_case),
    };
    match step {
        Step::Char(own) => of(own, false),
        Step::AnyCase(own) => of(own, true),
        Step::One(class) => Head::Any(class),
        Step::Run(class) => Head::Run(class),
    }
}

impl Solver {
    fn go(&mut self, mut equation: Equation, path: &mut Vec<Equated>) {
        if self.unclear || !equation.cut() {
            return;
        }
        let (equated, names) = equation.named();
        if path.contains(&equated) {
            self.back.push(equation.binding);
            return;
        }
        if !self.seen.insert((equated.clone(), self.text_of(&equation.binding, &names))) {
            return;
        }
        if self.seen.len() > MOST_EQUATIONS || equation.next > self.first + 64 {
            self.unclear = true;
            self.back.push(equation.binding);
            return;
        }
        path.push(equated);
        self.branch(equation, path);
        path.pop();
    }

    /// A binding with its letters named as in the equation.
    fn text_of(&self, binding: &Binding, names: &[char]) -> Vec<char> {
        let mut names = names.to_vec();
        let mut out = Vec::new();
        for known in &self.known {
            let own = [*known];
            let text = binding.iter().find(|(of, _)| of == known).map_or(&own[..], |(_, text)| text);
            out.extend(text.iter().map(|one| if letter::is(*one) { name(*one, &mut names) } else { *one }));
            out.push('\0');
        }
        out
    }

    fn branch(&mut self, equation: Equation, path: &mut Vec<Equated>) {
        let [p, q] = [0, 1].map(|side: usize| equation.sides[side].first().map(|step| head(*step)));
        let (p, q, at) = match (p, q) {
            (None, None) => return self.solved.push(equation.binding),
            (None, Some(other)) => return self.end(equation, 1, other, path),
            (Some(other), None) => return self.end(equation, 0, other, path),
            // A run stands first, and what stands for a text last.
            (Some(p), Some(q)) if rank(p) <= rank(q) => (p, q, 0),
            (Some(p), Some(q)) => (q, p, 1),
        };
        let both = |equation: &Equation| equation.without(0).without(1);
        match (p, q) {
            (Head::Run(_), Head::Run(_)) => {
                self.go(equation.without(at), path);
                self.go(equation.without(1 - at), path);
            }
            (Head::Run(class), Head::Text(text, any_case)) => {
                self.run_of_text(equation, at, class, text, any_case, path)
            }
            (Head::Run(class), one) => {
                self.go(equation.without(at), path);
                match one {
                    Head::One(':', _) if class == Class::NotColon => {}
                    Head::One(single, _) if class == Class::NotColon && letter::kind(single) == Some(Kind::Single) => {
                        let mut equation = equation;
                        let plain = equation.part(Kind::Plain);
                        self.go(equation.bound(single, &[plain]).without(1 - at), path);
                    }
                    _ => self.go(equation.without(1 - at), path),
                }
            }
            (Head::Any(Class::NotColon), Head::One(':', _)) => {}
            (Head::Any(Class::NotColon), Head::One(single, _)) if letter::kind(single) == Some(Kind::Single) => {
                let mut equation = equation;
                let plain = equation.part(Kind::Plain);
                self.go(both(&equation.bound(single, &[plain])), path);
            }
            (Head::Any(_), Head::Any(_) | Head::One(..)) => self.go(both(&equation), path),
            (Head::One(a, in_a), Head::One(b, in_b)) => self.ones(equation, (a, in_a), (b, in_b), path),
            (_, Head::Text(text, any_case)) => self.text(equation, p, text, any_case, path),
            _ => self.unclear = true,
        }
    }

    /// Nothing is left on the other side: everything on this one is empty.
    fn end(&mut self, equation: Equation, side: usize, first: Head, path: &mut Vec<Equated>) {
        match first {
            Head::Run(_) => self.go(equation.without(side), path),
            Head::Text(text, _) if equation.filled != Some(text) => self.go(equation.bound(text, &[]), path),
            _ => {}
        }
    }

    /// A run takes the text of a letter, or ends before the end of it.
    fn run_of_text(
        &mut self,
        mut equation: Equation,
        at: usize,
        class: Class,
        text: char,
        any_case: bool,
        path: &mut Vec<Equated>,
    ) {
        let narrow = class == Class::NotColon && letter::kind(text) == Some(Kind::Text);
        let kind = letter::kind(text).unwrap_or(Kind::Text);
        if narrow {
            let segment = equation.part(Kind::Segment);
            self.go(equation.bound(text, &[segment]).without(1 - at), path);
        } else {
            self.go(equation.without(1 - at), path);
        }
        if self.strict {
            self.go(equation.without(at), path);
        }
        let start = equation.part(if narrow { Kind::Segment } else { kind });
        let rest = equation.part(kind);
        // What the run has taken stands no more at the start of the other side.
        let mut ended = equation.bound(text, &[start, rest]).without(at).without(1 - at);
        debug_assert!(any_case || ended.sides[1 - at].first() == Some(&Step::Char(rest)));
        ended.filled = Some(rest);
        self.go(ended, path);
    }

    /// Two characters of which at least one is not known.
    fn ones(&mut self, equation: Equation, a: (char, bool), b: (char, bool), path: &mut Vec<Equated>) {
        let (unknown, other, any_case) = match (letter::kind(a.0), letter::kind(b.0)) {
            // One that is not known to be no colon takes the other.
            (Some(Kind::Single), _) => (a.0, b.0, a.1 || b.1),
            (_, Some(Kind::Single)) => (b.0, a.0, a.1 || b.1),
            (Some(_), _) => (a.0, b.0, a.1 || b.1),
            (_, Some(_)) => (b.0, a.0, a.1 || b.1),
            // Characters that differ are told apart before.
            (None, None) => return,
        };
        if letter::kind(unknown) == Some(Kind::Plain) && other == ':' {
            return;
        }
        self.partial |= any_case && letter::is(other);
        for one in spellings(other, any_case) {
            self.go(equation.bound(unknown, &[one]).without(0).without(1), path);
        }
    }

    /// Something stands at the start of the text of a letter, or that is empty.
    fn text(&mut self, mut equation: Equation, first: Head, text: char, any_case: bool, path: &mut Vec<Equated>) {
        let kind = letter::kind(text).unwrap_or(Kind::Text);
        let is_segment = kind == Kind::Segment;
        if equation.filled != Some(text) && !matches!(first, Head::Text(..)) {
            self.go(equation.bound(text, &[]), path);
        }
        match first {
            Head::One(':', _) if is_segment => {}
            Head::One(own, in_any) => {
                let own = match letter::kind(own) {
                    Some(Kind::Single) if is_segment => {
                        let plain = equation.part(Kind::Plain);
                        equation = equation.bound(own, &[plain]);
                        plain
                    }
                    _ => own,
                };
                self.partial |= (any_case || in_any) && letter::is(own);
                let rest = equation.part(kind);
                for one in spellings(own, any_case || in_any) {
                    self.go(equation.bound(text, &[one, rest]), path);
                }
            }
            Head::Any(class) => {
                let one =
                    equation.part(if class == Class::NotColon || is_segment { Kind::Plain } else { Kind::Single });
                let rest = equation.part(kind);
                self.go(equation.bound(text, &[one, rest]), path);
            }
            Head::Text(other, of_other) => {
                // Of texts that differ in case only, those are looked at that do not.
                self.partial |= any_case || of_other;
                self.two_texts(equation, text, other, path);
            }
            Head::Run(_) => self.unclear = true,
        }
    }

    /// One text starts the other.
    fn two_texts(&mut self, equation: Equation, a: char, b: char, path: &mut Vec<Equated>) {
        if self.strict {
            return self.two_texts_strictly(equation, a, b, path);
        }
        for (long, mut short) in [(a, b), (b, a)] {
            let mut equation = equation.clone();
            if letter::kind(long) == Some(Kind::Segment) && letter::kind(short) == Some(Kind::Text) {
                let segment = equation.part(Kind::Segment);
                equation = equation.bound(short, &[segment]);
                short = segment;
            }
            let rest = equation.part(letter::kind(long).unwrap_or(Kind::Text));
            self.go(equation.bound(long, &[short, rest]), path);
        }
    }

    /// One text is empty, both are the same, or one goes on behind the other.
    fn two_texts_strictly(&mut self, equation: Equation, a: char, b: char, path: &mut Vec<Equated>) {
        for empty in [a, b].into_iter().filter(|one| equation.filled != Some(*one)) {
            self.go(equation.bound(empty, &[]), path);
        }
        let is_segment = |one: char| letter::kind(one) == Some(Kind::Segment);
        let (same, other) = if is_segment(a) { (a, b) } else { (b, a) };
        self.go(equation.bound(other, &[same]), path);
        for (long, short) in [(a, b), (b, a)] {
            let mut equation = equation.clone();
            let mut start = short;
            if is_segment(long) && !is_segment(short) {
                start = equation.part(Kind::Segment);
                equation = equation.bound(short, &[start]);
            }
            let rest = equation.part(letter::kind(long).unwrap_or(Kind::Text));
            let mut behind = equation.bound(long, &[start, rest]).without(0).without(1);
            debug_assert!(behind.sides.iter().any(|side| side.first().is_some_and(|step| step.own() == Some(rest))));
            behind.filled = Some(rest);
            self.go(behind, path);
        }
    }

    /// What was found, without cases that ask nothing of the letters.
    fn cases(self) -> Cases {
        let cost = self.seen.len() as u64;
        let mut complete = !self.unclear && !self.partial;
        let mut cases: Vec<Binding> = Vec::new();
        let nothing = self.solved.is_empty() && complete;
        let back = if nothing { Vec::new() } else { self.back };
        let solved = self.solved.into_iter().map(|binding| (binding, true));
        for (binding, is_solved) in solved.chain(back.into_iter().map(|binding| (binding, false))) {
            let binding = plain(binding, &self.known, self.first);
            if binding.is_empty() {
                // A text that matches letter by letter is found without this; an equation that has not been solved may have others.
                complete &= is_solved;
            } else if !cases.contains(&binding) {
                cases.push(binding);
            }
        }
        complete &= cases.len() <= MOST_CASES;
        cases.truncate(MOST_CASES);
        Cases { cases, complete, cost }
    }
}

fn rank(head: Head) -> u8 {
    match head {
        Head::Run(_) => 0,
        Head::Any(_) => 1,
        Head::One(..) => 2,
        Head::Text(..) => 3,
    }
}

impl Equation {
    /// Leaves out what both sides start and end with. Whether there may be a solution.
    fn cut(&mut self) -> bool {
        let [p, q] = &mut self.sides;
        let starts = p.iter().zip(&*q).take_while(|(a, b)| is_same(**a, **b)).count();
        if starts > 0 {
            p.drain(..starts);
            q.drain(..starts);
            self.filled = None;
        }
        while let (Some(a), Some(b)) = (p.last(), q.last())
            && is_same(*a, *b)
            && self.filled.is_none_or(|_| p.len() > 1 && q.len() > 1)
        {
            p.pop();
            q.pop();
        }
        let differ = |a: Option<&Step>, b: Option<&Step>| match (a.map(|a| head(*a)), b.map(|b| head(*b))) {
            (Some(Head::One(a, in_a)), Some(Head::One(b, in_b))) if !letter::is(a) && !letter::is(b) => {
                a != b && !((in_a || in_b) && letter::lower(a) == letter::lower(b))
            }
            _ => false,
        };
        !differ(p.first(), q.first()) && !differ(p.last(), q.last()) && !is_longer(p, q) && !is_longer(q, p)
    }

    fn without(&self, side: usize) -> Equation {
        let mut out = self.clone();
        let gone = out.sides[side].remove(0);
        if gone.own() == out.filled {
            out.filled = None;
        }
        out
    }

    /// With a text in the place of a letter.
    fn bound(&self, letter: char, text: &[char]) -> Equation {
        let side = |steps: &Vec<Step>| {
            let of = |step: &Step| match *step {
                Step::Char(own) if own == letter => text.iter().map(|one| Step::Char(*one)).collect(),
                Step::AnyCase(own) if own == letter => text.iter().map(|one| in_any_case(*one)).collect(),
                other => vec![other],
            };
            steps.iter().flat_map(of).collect()
        };
        let put = |(of, sofar): &(char, Vec<char>)| {
            let of_one = |one: &char| if *one == letter { text.to_vec() } else { vec![*one] };
            (*of, sofar.iter().flat_map(of_one).collect())
        };
        let mut binding: Binding = self.binding.iter().map(put).collect();
        binding.push((letter, text.to_vec()));
        let filled = self.filled.filter(|filled| *filled != letter);
        Equation { sides: [side(&self.sides[0]), side(&self.sides[1])], binding, filled, next: self.next }
    }

    fn part(&mut self, kind: Kind) -> char {
        self.next += 1;
        letter::of_part(kind, self.next - 1).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// The equation with its letters named in order, and what they were.
    fn named(&self) -> (Equated, Vec<char>) {
        let mut names = Vec::new();
        let mut named = |step: &Step| match *step {
            Step::Char(own) if letter::is(own) => Step::Char(name(own, &mut names)),
            Step::AnyCase(own) if letter::is(own) => Step::AnyCase(name(own, &mut names)),
            other => other,
        };
        let sides = [0, 1].map(|side: usize| self.sides[side].iter().map(&mut named).collect());
        let filled = self.filled.map(|own| name(own, &mut names));
        ((sides, filled), names)
    }
}

/// The name of a letter: its place among those that came before, of its kind.
fn name(own: char, names: &mut Vec<char>) -> char {
    let place = names.iter().position(|one| *one == own).unwrap_or_else(|| {
        names.push(own);
        names.len() - 1
    });
    letter::of_part(letter::kind(own).unwrap_or(Kind::Text), place as u32).unwrap_or(own)
}

/// Whether two steps are one character or letter, which is the same on both sides.
fn is_same(a: Step, b: Step) -> bool {
    match (a, b) {
        (Step::Char(a), Step::AnyCase(b)) | (Step::AnyCase(b), Step::Char(a)) => b == letter::lower(a),
        (Step::Char(a), Step::Char(b)) | (Step::AnyCase(a), Step::AnyCase(b)) => a == b,
        (Step::One(a), Step::One(b)) => a == b,
        _ => false,
    }
}

/// A character in each case that it may be written in; of a letter only as it is.
fn spellings(own: char, any_case: bool) -> Vec<char> {
    let mut each = vec![own];
    if any_case && !letter::is(own) {
        each.extend([letter::lower(own), letter::upper(own)]);
        each.sort_unstable();
        each.dedup();
    }
    each
}

fn in_any_case(own: char) -> Step {
    if letter::lower(own) == letter::upper(own) { Step::Char(own) } else { Step::AnyCase(letter::lower(own)) }
}

/// Whether every text of the first is longer than every one of the second, whatever the letters stand for.
fn is_longer(long: &[Step], short: &[Step]) -> bool {
    if short.iter().any(|step| matches!(step, Step::Run(_))) {
        return false;
    }
    let is_text = |step: &Step| matches!(head(*step), Head::Text(..));
    let ones = |steps: &[Step]| steps.iter().filter(|step| !is_text(step) && !matches!(step, Step::Run(_))).count();
    let count = |steps: &[Step], letter: char| {
        steps.iter().filter(|step| is_text(step) && step.own().is_some_and(|own| letter::lower(own) == letter)).count()
    };
    let letters = short.iter().filter(|step| is_text(step)).filter_map(|step| step.own()).map(letter::lower);
    ones(long) > ones(short) && letters.into_iter().all(|letter| count(long, letter) >= count(short, letter))
}

/// The texts of the letters that patterns have, with new letters in the order of their places, and none for what it asks nothing of.
fn plain(binding: Binding, known: &[char], first: u32) -> Binding {
    let mut own: Binding = binding.into_iter().filter(|(letter, _)| known.contains(letter)).collect();
    own.sort();
    own.dedup();
    let is_new = |one: char| letter::is(one) && !known.contains(&one);
    let count = |own: &Binding, one: char| own.iter().flat_map(|(_, text)| text).filter(|other| **other == one).count();
    // Of two free texts side by side one is enough.
    loop {
        let free = |one: char| {
            is_new(one) && count(&own, one) == 1 && matches!(letter::kind(one), Some(Kind::Text | Kind::Segment))
        };
        let mut gone = None;
        for (at, (_, text)) in own.iter().enumerate() {
            let pair = text.windows(2).position(|pair| free(pair[0]) && free(pair[1]));
            gone = gone.or(pair.map(|place| (at, place)));
        }
        let Some((at, place)) = gone else { break };
        let text = &mut own[at].1;
        let is_segment = letter::kind(text[place]) == Some(Kind::Segment);
        text.remove(if is_segment { place } else { place + 1 });
    }
    // A letter that is a new one is that itself.
    while let Some(at) = own.iter().position(|(letter, text)| match text.as_slice() {
        [one] => is_new(*one) && letter::kind(*one) == letter::kind(*letter),
        _ => false,
    }) {
        let (letter, text) = own.remove(at);
        for one in own.iter_mut().flat_map(|(_, other)| other.iter_mut()).filter(|one| **one == text[0]) {
            *one = letter;
        }
    }
    let mut names: Vec<char> = Vec::new();
    for one in own.iter_mut().flat_map(|(_, text)| text.iter_mut()).filter(|one| is_new(**one)) {
        let place = names.iter().position(|other| *other == *one).unwrap_or_else(|| {
            names.push(*one);
            names.len() - 1
        });
        let kind = letter::kind(*one).unwrap_or(Kind::Text);
        *one = letter::of_part(kind, first + place as u32).unwrap_or(*one);
    }
    own
}

#[cfg(test)]
mod tests;
