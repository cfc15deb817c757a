//! Text to a flat tape of tokens with byte offsets, by rustc's own lexer.
//!
//! syn gives the structure of a file, this gives its tokens: hashing and scanning a flat tape costs a
//! fraction of printing syntax trees back to tokens, and it keeps what trees lose (comments that are
//! documentation, the exact spelling of literals).

use ra_ap_rustc_lexer::{
    DocStyle, FrontmatterAllowed, TokenKind as Lexed, strip_shebang, tokenize,
};

/// What a token is, as far as hashing and scanning care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An identifier or keyword, raw or not.
    Ident,
    Lifetime,
    Literal,
    /// One punctuation character; operators are glued when hashed.
    Punct,
    Open,
    Close,
    /// A documentation comment.
    Doc(DocForm),
}

/// How a documentation comment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DocForm {
    /// `///`
    OuterLine,
    /// `//!`
    InnerLine,
    /// `/** */`
    OuterBlock,
    /// `/*! */`
    InnerBlock,
}

/// A token and its place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// All tokens of a file, in order; plain comments and white space are not among them.
#[derive(Clone, Debug)]
pub(crate) struct Tape<'t> {
    pub(crate) text: &'t str,
    pub(crate) tokens: Vec<Token>,
    /// For each delimiter that opens, where it closes.
    closings: Vec<u32>,
}

impl<'t> Tape<'t> {
    /// Lexes a whole file.
    pub(crate) fn new(text: &'t str) -> Self {
        let mut at = code_start(text);
        let mut tokens = Vec::with_capacity(text.len() / 4);
        for lexed in tokenize(&text[at..], FrontmatterAllowed::No) {
            let start = at;
            at += lexed.len as usize;
            if let Some(kind) = kind(lexed.kind) {
                tokens.push(Token {
                    kind,
                    start: offset(start),
                    end: offset(at),
                });
            }
        }
        let closings = closings(&tokens);
        Self {
            text,
            tokens,
            closings,
        }
    }

    /// The text of a token.
    pub(crate) fn text(&self, token: Token) -> &'t str {
        &self.text[token.start as usize..token.end as usize]
    }

    /// The token at an index, if there is one.
    pub(crate) fn get(&self, index: usize) -> Option<Token> {
        self.tokens.get(index).copied()
    }

    /// Whether the token at `index` is the punctuation character or delimiter `symbol`.
    pub(crate) fn is(&self, index: usize, symbol: u8) -> bool {
        self.get(index).is_some_and(|token| {
            matches!(
                token.kind,
                TokenKind::Punct | TokenKind::Open | TokenKind::Close
            ) && self.text.as_bytes()[token.start as usize] == symbol
        })
    }

    /// Whether `first` and `second` stand at `index`, adjacent, as in `::`.
    pub(crate) fn is_pair(&self, index: usize, first: u8, second: u8) -> bool {
        self.is(index, first)
            && self.is(index + 1, second)
            && self.tokens[index].end == self.tokens[index + 1].start
    }

    /// Index of the first token that starts at or after a byte offset.
    pub(crate) fn index_at(&self, offset: u32) -> usize {
        self.tokens.partition_point(|token| token.start < offset)
    }

    /// Index of the delimiter that closes the one at `open`, or the first that opens or closes behind it; the end of the
    /// tape if none does.
    pub(crate) fn closing(&self, open: usize) -> usize {
        let is_delimiter = |token: &Token| matches!(token.kind, TokenKind::Open | TokenKind::Close);
        let behind = self.tokens.iter().skip(open).position(is_delimiter);
        match behind.map(|behind| open + behind) {
            Some(at) if self.tokens[at].kind == TokenKind::Open => self.closings[at] as usize,
            Some(at) => at,
            None => self.tokens.len(),
        }
    }
}

/// For each token that opens something the index of the one that closes it, whatever kind of delimiter that is: the
/// number of tokens if none does.
fn closings(tokens: &[Token]) -> Vec<u32> {
    let mut closings = vec![offset(tokens.len()); tokens.len()];
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open => open.push(at),
            TokenKind::Close => {
                if let Some(opening) = open.pop() {
                    closings[opening] = offset(at);
                }
            }
            _ => {}
        }
    }
    closings
}

/// Where code starts: after a shebang line, which syn leaves out of its offsets too.
pub(crate) fn code_start(text: &str) -> usize {
    strip_shebang(text).unwrap_or(0)
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("source files are smaller than 4 GiB")
}

fn kind(lexed: Lexed) -> Option<TokenKind> {
    Some(match lexed {
        Lexed::Whitespace
        | Lexed::Frontmatter { .. }
        | Lexed::Eof
        | Lexed::LineComment { doc_style: None }
        | Lexed::BlockComment {
            doc_style: None, ..
        } => return None,
        Lexed::LineComment {
            doc_style: Some(DocStyle::Outer),
        } => TokenKind::Doc(DocForm::OuterLine),
        Lexed::LineComment {
            doc_style: Some(DocStyle::Inner),
        } => TokenKind::Doc(DocForm::InnerLine),
        Lexed::BlockComment {
            doc_style: Some(DocStyle::Outer),
            ..
        } => TokenKind::Doc(DocForm::OuterBlock),
        Lexed::BlockComment {
            doc_style: Some(DocStyle::Inner),
            ..
        } => TokenKind::Doc(DocForm::InnerBlock),
        Lexed::Ident
        | Lexed::InvalidIdent
        | Lexed::RawIdent
        | Lexed::ForcedKeywordIdent
        | Lexed::UnknownPrefix => TokenKind::Ident,
        Lexed::Lifetime { .. } | Lexed::RawLifetime | Lexed::UnknownPrefixLifetime => {
            TokenKind::Lifetime
        }
        Lexed::Literal { .. } => TokenKind::Literal,
        Lexed::OpenParen | Lexed::OpenBrace | Lexed::OpenBracket => TokenKind::Open,
        Lexed::CloseParen | Lexed::CloseBrace | Lexed::CloseBracket => TokenKind::Close,
        _ => TokenKind::Punct,
    })
}
