//! Identifiers: normalisation and private-name mangling.

use std::borrow::Cow;

use ruff_python_ast::name::Name;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// `name` in the form under which it is looked up (NFKC).
pub fn normalize(name: &str) -> Cow<'_, str> {
    if name.is_ascii() || is_nfkc_quick(name.chars()) == IsNormalized::Yes {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.nfkc().collect())
    }
}

/// Whether a class body mangles `name`: it begins with two underscores, does not end with two and
/// has no dot.
pub fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__") && !name.contains('.')
}

/// `__name` as class `class` mangles it. Names that are not private, and those in classes named by
/// underscores only, stay as they are.
pub fn mangle(class: &str, name: &str) -> Name {
    let stripped = class.trim_start_matches('_');
    if stripped.is_empty() || !is_private(name) {
        return Name::new(name);
    }
    Name::new(format!("_{stripped}{name}"))
}

/// Whether `text` is an identifier as `str.isidentifier` sees it.
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_identifier_start) && chars.all(is_identifier_continue)
}

/// Whether an identifier may begin with `c`.
pub fn is_identifier_start(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_start(c)
}

/// Whether an identifier may go on with `c`.
pub fn is_identifier_continue(c: char) -> bool {
    unicode_ident::is_xid_continue(c)
}

/// The hard keywords.
pub const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Whether `name` is a hard keyword.
pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mangles_as_classes_do() {
        assert_eq!(mangle("C", "__x"), "_C__x");
        assert_eq!(mangle("__C", "__x"), "_C__x");
        assert_eq!(mangle("_", "__x"), "__x");
        assert_eq!(mangle("C", "__x__"), "__x__");
        assert_eq!(mangle("C", "_x"), "_x");
    }

    #[test]
    fn normalises_names() {
        assert_eq!(normalize("ﬁn"), "fin");
        assert!(is_identifier("été") && !is_identifier("1a") && !is_identifier(""));
    }

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }
}
