//! The paths that a file's tokens hold.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path as it is written, in the inline module where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// The inline modules around it.
    pub(crate) inside: Vec<String>,
    pub(crate) segments: Vec<String>,
    /// The name under which a `pub use` gives it on.
    pub(crate) given_on: Option<String>,
}

/// All paths of a file but for those in its tests.
pub(crate) fn of(tokens: TokenStream) -> Vec<Written> {
    let mut reader = Reader { inside: Vec::new(), found: Vec::new() };
    reader.read(&tokens.into_iter().collect::<Vec<_>>());
    reader.found
}

struct Reader {
    inside: Vec<String>,
    found: Vec<Written>,
}

impl Reader {
    fn read(&mut self, tokens: &[TokenTree]) {
        let mut i = 0;
        while i < tokens.len() {
            i = self.read_one(tokens, i);
        }
    }

    /// Reads what begins at a token, and gives where the rest begins.
    fn read_one(&mut self, tokens: &[TokenTree], i: usize) -> usize {
        if is_test(tokens, i) {
            return after_item(tokens, i + 2);
        }
        if let (Some("mod"), Some(name), Some(TokenTree::Group(group))) =
            (ident(tokens, i).as_deref(), ident(tokens, i + 1), tokens.get(i + 2))
        {
            self.inside.push(name);
            self.read(&inner(group));
            self.inside.pop();
            return i + 3;
        }
        let after_visibility = if ident(tokens, i).as_deref() == Some("pub") {
            i + 1 + usize::from(is_group(tokens, i + 1, Delimiter::Parenthesis))
        } else {
            i
        };
        if ident(tokens, after_visibility).as_deref() == Some("use") {
            let end = (after_visibility..tokens.len()).find(|&j| is_punct(tokens, j, ';')).unwrap_or(tokens.len());
            self.read_use(&tokens[after_visibility + 1..end], Vec::new(), after_visibility > i);
            return end + 1;
        }
        match &tokens[i] {
            TokenTree::Group(group) => self.read(&inner(group)),
            TokenTree::Ident(_) if !is_separator(tokens, i.wrapping_sub(2)) => {
                let (segments, end) = path(tokens, i);
                if segments.len() > 1 {
                    self.found.push(Written { inside: self.inside.clone(), segments, given_on: None });
                    return end;
                }
            }
            _ => {}
        }
        i + 1
    }

    /// Reads the tree of a `use`, below the segments before it.
    fn read_use(&mut self, tokens: &[TokenTree], mut segments: Vec<String>, is_public: bool) {
        let mut name = None;
        for (i, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => {
                    for branch in
                        inner(group).split(|token| matches!(token, TokenTree::Punct(it) if it.as_char() == ','))
                    {
                        self.read_use(branch, segments.clone(), is_public);
                    }
                    return;
                }
                TokenTree::Ident(it) if *it == "as" => {
                    name = ident(tokens, i + 1);
                    break;
                }
                TokenTree::Ident(it) => segments.push(it.to_string()),
                _ => {}
            }
        }
        let given_on = is_public.then(|| name.or_else(|| segments.last().cloned())).flatten();
        if !segments.is_empty() && !tokens.is_empty() {
            self.found.push(Written { inside: self.inside.clone(), segments, given_on });
        }
    }
}

/// The segments of the path that begins at an identifier, and where it ends.
fn path(tokens: &[TokenTree], begin: usize) -> (Vec<String>, usize) {
    let (mut segments, mut i) = (ident(tokens, begin).into_iter().collect::<Vec<_>>(), begin + 1);
    while is_separator(tokens, i)
        && let Some(next) = ident(tokens, i + 2)
    {
        segments.push(next);
        i += 3;
    }
    (segments, i)
}

/// Whether `#[cfg(test)]`, or a `cfg` of tests and more, stands there.
fn is_test(tokens: &[TokenTree], i: usize) -> bool {
    let Some(TokenTree::Group(group)) = tokens.get(i + 1).filter(|_| is_punct(tokens, i, '#')) else { return false };
    let text: String = group.stream().to_string().split_whitespace().collect();
    text.starts_with("cfg(test") || text.starts_with("cfg(all(test")
}

/// Where the item ends that begins at a token.
fn after_item(tokens: &[TokenTree], begin: usize) -> usize {
    let ends = |&j: &usize| is_punct(tokens, j, ';') || is_group(tokens, j, Delimiter::Brace);
    (begin..tokens.len()).find(ends).map_or(tokens.len(), |end| end + 1)
}

fn inner(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn ident(tokens: &[TokenTree], i: usize) -> Option<String> {
    match tokens.get(i) {
        Some(TokenTree::Ident(it)) => Some(it.to_string()),
        _ => None,
    }
}

fn is_punct(tokens: &[TokenTree], i: usize, wanted: char) -> bool {
    matches!(tokens.get(i), Some(TokenTree::Punct(it)) if it.as_char() == wanted)
}

/// Whether `::` stands there.
fn is_separator(tokens: &[TokenTree], i: usize) -> bool {
    is_punct(tokens, i, ':') && is_punct(tokens, i + 1, ':')
}

fn is_group(tokens: &[TokenTree], i: usize, delimiter: Delimiter) -> bool {
    matches!(tokens.get(i), Some(TokenTree::Group(it)) if it.delimiter() == delimiter)
}
