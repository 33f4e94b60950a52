//! Which tokens an error takes with it.

use lalrpop_util::ParseError;

use super::Token;
use super::parse::SyntaxError;

type Tokens<'a> = Vec<(usize, Token<'a>, usize)>;

/// Replaces the item or statement that an error is in by one [`Token::Recovered`], or closes the braces that a new item shows
/// to be open. False where nothing is left to take.
pub(super) fn cut_out<'a>(text: &str, tokens: &mut Tokens<'a>, error: &SyntaxError<'a>) -> bool {
    let at = match error {
        ParseError::UnrecognizedToken { token: (start, _, _), .. }
        | ParseError::ExtraToken { token: (start, _, _) } => tokens.partition_point(|(other, _, _)| other < start),
        _ => tokens.len(),
    };
    let depth = depth_at(tokens, at);
    if depth > 0 && (at == tokens.len() || begins_item(text, tokens, at)) {
        let offset = tokens.get(at).map_or(text.len(), |token| token.0);
        tokens.splice(at..at, std::iter::repeat_n((offset, Token::RightBrace, offset), depth));
        return true;
    }
    let start = start_of(text, tokens, at);
    let end = end_of(text, tokens, start, at);
    if start >= end {
        return false;
    }
    let (from, to) = (tokens[start].0, tokens[end - 1].2);
    let already = end - start == 1 && tokens[start].1 == Token::Recovered;
    tokens.splice(start..end, (!already).then_some((from, Token::Recovered, to)));
    true
}

/// How many braces are open before a token; other brackets do not count.
fn depth_at(tokens: &Tokens<'_>, at: usize) -> usize {
    tokens[..at].iter().fold(0usize, |depth, (_, token, _)| match token {
        Token::LeftBrace => depth + 1,
        Token::RightBrace => depth.saturating_sub(1),
        _ => depth,
    })
}

fn change(token: Token<'_>) -> isize {
    match token {
        Token::LeftBrace | Token::LeftParen | Token::LeftBracket => 1,
        Token::RightBrace | Token::RightParen | Token::RightBracket => -1,
        _ => 0,
    }
}

/// Backwards from the error to where its item or statement starts.
fn start_of(text: &str, tokens: &Tokens<'_>, at: usize) -> usize {
    let mut depth = 0;
    for index in (0..at).rev() {
        let token = tokens[index].1;
        depth -= change(token);
        if depth < 0 && token == Token::LeftBrace {
            return index + 1;
        }
        if depth <= 0 && begins(text, tokens, index) {
            return index;
        }
    }
    0
}

/// Forwards from the error to the next start of an item or statement, or to the brace that closes the block.
fn end_of(text: &str, tokens: &Tokens<'_>, start: usize, at: usize) -> usize {
    let mut depth = tokens[start..at].iter().map(|(_, token, _)| change(*token)).sum::<isize>().max(0);
    let mut open = depth_at(tokens, at);
    for index in at..tokens.len() {
        let token = tokens[index].1;
        if depth <= 0 && index > start && (begins(text, tokens, index) || token == Token::RightBrace && open > 0) {
            return index;
        }
        depth += change(token);
        match token {
            Token::LeftBrace => open += 1,
            Token::RightBrace => open = open.saturating_sub(1),
            _ => {}
        }
    }
    tokens.len()
}

/// Whether an item, a statement or a claim may start at a token.
fn begins(text: &str, tokens: &Tokens<'_>, index: usize) -> bool {
    let next = tokens.get(index + 1).map(|(_, token, _)| *token);
    match tokens[index].1 {
        Token::Allow | Token::Deny | Token::Include | Token::At | Token::If | Token::Recovered => true,
        Token::For => matches!(next, Some(Token::Name(_))) && first_of_line(text, tokens, index),
        Token::Name(_) => next == Some(Token::Colon) && first_of_line(text, tokens, index),
        _ => begins_item(text, tokens, index),
    }
}

/// Whether a token is the first of its line and declares something.
fn begins_item(text: &str, tokens: &Tokens<'_>, index: usize) -> bool {
    let Some((_, token, _)) = tokens.get(index) else { return false };
    let next = tokens.get(index + 1).map(|(_, token, _)| *token);
    let declares = matches!(
        token,
        Token::Use
            | Token::Param
            | Token::Extern
            | Token::Let
            | Token::Grant
            | Token::Organization
            | Token::Test
            | Token::Prove
            | Token::Constraint
            | Token::Policy
            | Token::Boundary
            | Token::Scp
            | Token::Rcp
            | Token::Trust
            | Token::Session
            | Token::Resource
            | Token::Endpoint
            | Token::Role
    );
    let after_attribute = index > 0
        && matches!(tokens[index - 1].1, Token::RightParen | Token::Name(_))
        && !first_of_line(text, tokens, index);
    declares
        && !after_attribute
        && !matches!(next, Some(Token::LeftParen | Token::Dot | Token::Colon | Token::Comma))
        && first_of_line(text, tokens, index)
}

fn first_of_line(text: &str, tokens: &Tokens<'_>, index: usize) -> bool {
    index == 0 || text.get(tokens[index - 1].2..tokens[index].0).is_none_or(|between| between.contains('\n'))
}
