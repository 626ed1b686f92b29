//! `str`.

pub mod format;
mod inspect;
pub mod iter;
mod methods;
pub mod printf;
mod search;
mod sequence;
mod split;
mod translate;

use std::borrow::Cow;
use taipan_object::call::Args;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::slots::{CmpOp, Slots};
use taipan_object::strings::{Str, empty_str};
use taipan_object::types::{self, Type, class_of, is_exact_str};
use taipan_object::{Object, PyResult, Thread, Value, ops};

use crate::{args, codec};

const IMMUTABLE: Atomic = Atomic::Immutable;

macro_rules! method {
    ($name:literal, $sig:literal, $f:expr, $doc:literal) => {
        Method::new($name, $sig, $f).atomic(IMMUTABLE).doc($doc)
    };
}

/// What `str` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots,
    methods: &[
        method!("encode", "($self, /, encoding='utf-8', errors='strict')", encode, "Encode the string using the codec registered for encoding.\n\n  encoding\n    The encoding in which to encode the string.\n  errors\n    What happens to characters that can't be encoded. 'strict' raises a\n    UnicodeEncodeError; others are 'ignore', 'replace', 'xmlcharrefreplace'\n    and any name registered with codecs.register_error."),
        method!("replace", "($self, old, new, /, count=-1)", methods::replace, "Return a copy with all occurrences of substring old replaced by new.\n\n  count\n    Maximum number of occurrences to replace.\n    -1 (the default value) means replace all occurrences.\n\nIf the optional argument count is given, only the first count occurrences are\nreplaced."),
        method!("split", "($self, /, sep=None, maxsplit=-1)", split::split, "Return a list of the substrings in the string, using sep as the separator string.\n\n  sep\n    The separator used to split the string.\n\n    When set to None (the default value), will split on any whitespace\n    character (including \\n \\r \\t \\f and spaces) and will discard\n    empty strings from the result.\n  maxsplit\n    Maximum number of splits.\n    -1 (the default value) means no limit.\n\nSplitting starts at the front of the string and works to the end."),
        method!("rsplit", "($self, /, sep=None, maxsplit=-1)", split::rsplit, "Return a list of the substrings in the string, using sep as the separator string.\n\n  sep\n    The separator used to split the string.\n\n    When set to None (the default value), will split on any whitespace\n    character (including \\n \\r \\t \\f and spaces) and will discard\n    empty strings from the result.\n  maxsplit\n    Maximum number of splits.\n    -1 (the default value) means no limit.\n\nSplitting starts at the end of the string and works to the front."),
        Method::new("join", "($self, iterable, /)", split::join).doc("Concatenate any number of strings.\n\nThe string whose method is called is inserted in between each given string.\nThe result is returned as a new string.\n\nExample: '.'.join(['ab', 'pq', 'rs']) -> 'ab.pq.rs'"),
        method!("capitalize", "($self, /)", methods::capitalize, "Return a capitalized version of the string.\n\nMore specifically, make the first character have upper case and the rest lower\ncase."),
        method!("casefold", "($self, /)", methods::casefold, "Return a version of the string suitable for caseless comparisons."),
        method!("title", "($self, /)", methods::title, "Return a version of the string where each word is titlecased.\n\nMore specifically, words start with uppercased characters and all remaining\ncased characters have lower case."),
        method!("center", "($self, width, fillchar=' ', /)", methods::center, "Return a centered string of length width.\n\nPadding is done using the specified fill character (default is a space)."),
        method!("count", "($self, sub, start=None, end=None, /)", search::count, "Return the number of non-overlapping occurrences of substring sub in string S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation."),
        method!("expandtabs", "($self, /, tabsize=8)", methods::expandtabs, "Return a copy where all tab characters are expanded using spaces.\n\nIf tabsize is not given, a tab size of 8 characters is assumed."),
        method!("find", "($self, sub, start=None, end=None, /)", search::find, "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nReturn -1 on failure."),
        method!("partition", "($self, sep, /)", split::partition, "Partition the string into three parts using the given separator.\n\nThis will search for the separator in the string.  If the separator is found,\nreturns a 3-tuple containing the part before the separator, the separator\nitself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing the original string\nand two empty strings."),
        method!("index", "($self, sub, start=None, end=None, /)", search::index, "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nRaises ValueError when the substring is not found."),
        method!("ljust", "($self, width, fillchar=' ', /)", methods::ljust, "Return a left-justified string of length width.\n\nPadding is done using the specified fill character (default is a space)."),
        method!("lower", "($self, /)", methods::lower, "Return a copy of the string converted to lowercase."),
        method!("lstrip", "($self, chars=None, /)", methods::lstrip, "Return a copy of the string with leading whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead."),
        method!("rfind", "($self, sub, start=None, end=None, /)", search::rfind, "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nReturn -1 on failure."),
        method!("rindex", "($self, sub, start=None, end=None, /)", search::rindex, "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nRaises ValueError when the substring is not found."),
        method!("rjust", "($self, width, fillchar=' ', /)", methods::rjust, "Return a right-justified string of length width.\n\nPadding is done using the specified fill character (default is a space)."),
        method!("rstrip", "($self, chars=None, /)", methods::rstrip, "Return a copy of the string with trailing whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead."),
        method!("rpartition", "($self, sep, /)", split::rpartition, "Partition the string into three parts using the given separator.\n\nThis will search for the separator in the string, starting at the end.  If\nthe separator is found, returns a 3-tuple containing the part before the\nseparator, the separator itself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing two empty strings\nand the original string."),
        method!("splitlines", "($self, /, keepends=False)", split::splitlines, "Return a list of the lines in the string, breaking at line boundaries.\n\nLine breaks are not included in the resulting list unless keepends is given and\ntrue."),
        method!("strip", "($self, chars=None, /)", methods::strip, "Return a copy of the string with leading and trailing whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead."),
        method!("swapcase", "($self, /)", methods::swapcase, "Convert uppercase characters to lowercase and lowercase characters to uppercase."),
        Method::new("translate", "($self, table, /)", translate::translate).doc("Replace each character in the string using the given translation table.\n\n  table\n    Translation table, which must be a mapping of Unicode ordinals to\n    Unicode ordinals, strings, or None.\n\nThe table must implement lookup/indexing via __getitem__, for instance a\ndictionary or list.  If this operation raises LookupError, the character is\nleft untouched.  Characters mapped to None are deleted."),
        method!("upper", "($self, /)", methods::upper, "Return a copy of the string converted to uppercase."),
        method!("startswith", "($self, prefix, start=None, end=None, /)", search::startswith, "Return True if the string starts with the specified prefix, False otherwise.\n\n  prefix\n    A string or a tuple of strings to try.\n  start\n    Optional start position. Default: start of the string.\n  end\n    Optional stop position. Default: end of the string."),
        method!("endswith", "($self, suffix, start=None, end=None, /)", search::endswith, "Return True if the string ends with the specified suffix, False otherwise.\n\n  suffix\n    A string or a tuple of strings to try.\n  start\n    Optional start position. Default: start of the string.\n  end\n    Optional stop position. Default: end of the string."),
        method!("removeprefix", "($self, prefix, /)", methods::removeprefix, "Return a str with the given prefix string removed if present.\n\nIf the string starts with the prefix string, return string[len(prefix):].\nOtherwise, return a copy of the original string."),
        method!("removesuffix", "($self, suffix, /)", methods::removesuffix, "Return a str with the given suffix string removed if present.\n\nIf the string ends with the suffix string and that suffix is not empty,\nreturn string[:-len(suffix)]. Otherwise, return a copy of the original\nstring."),
        method!("isascii", "($self, /)", inspect::isascii, "Return True if all characters in the string are ASCII, False otherwise.\n\nASCII characters have code points in the range U+0000-U+007F.\nEmpty string is ASCII too."),
        method!("islower", "($self, /)", inspect::islower, "Return True if the string is a lowercase string, False otherwise.\n\nA string is lowercase if all cased characters in the string are lowercase and\nthere is at least one cased character in the string."),
        method!("isupper", "($self, /)", inspect::isupper, "Return True if the string is an uppercase string, False otherwise.\n\nA string is uppercase if all cased characters in the string are uppercase and\nthere is at least one cased character in the string."),
        method!("istitle", "($self, /)", inspect::istitle, "Return True if the string is a title-cased string, False otherwise.\n\nIn a title-cased string, upper- and title-case characters may only\nfollow uncased characters and lowercase characters only cased ones."),
        method!("isspace", "($self, /)", inspect::isspace, "Return True if the string is a whitespace string, False otherwise.\n\nA string is whitespace if all characters in the string are whitespace and there\nis at least one character in the string."),
        method!("isdecimal", "($self, /)", inspect::isdecimal, "Return True if the string is a decimal string, False otherwise.\n\nA string is a decimal string if all characters in the string are decimal and\nthere is at least one character in the string."),
        method!("isdigit", "($self, /)", inspect::isdigit, "Return True if the string is a digit string, False otherwise.\n\nA string is a digit string if all characters in the string are digits and there\nis at least one character in the string."),
        method!("isnumeric", "($self, /)", inspect::isnumeric, "Return True if the string is a numeric string, False otherwise.\n\nA string is numeric if all characters in the string are numeric and there is at\nleast one character in the string."),
        method!("isalpha", "($self, /)", inspect::isalpha, "Return True if the string is an alphabetic string, False otherwise.\n\nA string is alphabetic if all characters in the string are alphabetic and there\nis at least one character in the string."),
        method!("isalnum", "($self, /)", inspect::isalnum, "Return True if the string is an alpha-numeric string, False otherwise.\n\nA string is alpha-numeric if all characters in the string are alpha-numeric and\nthere is at least one character in the string."),
        method!("isidentifier", "($self, /)", inspect::isidentifier, "Return True if the string is a valid Python identifier, False otherwise.\n\nCall keyword.iskeyword(s) to test whether string s is a reserved identifier,\nsuch as \"def\" or \"class\"."),
        method!("isprintable", "($self, /)", inspect::isprintable, "Return True if all characters in the string are printable, False otherwise.\n\nA character is printable if repr() may use it in its output."),
        method!("zfill", "($self, width, /)", methods::zfill, "Pad a numeric string with zeros on the left, to fill a field of the given width.\n\nThe string is never truncated."),
        Method::new("format", "($self, /, *args, **kwargs)", format::format_method).doc("Return a formatted version of the string, using substitutions from args and kwargs.\n\nThe substitutions are identified by braces ('{' and '}')."),
        Method::new("format_map", "($self, mapping, /)", format::format_map).doc("Return a formatted version of the string, using substitutions from mapping.\n\nThe substitutions are identified by braces ('{' and '}')."),
        method!("__format__", "($self, format_spec, /)", format::dunder_format, "Return a formatted version of the string as described by format_spec."),
        Method::new("maketrans", "(x, y=None, z=None, /)", translate::maketrans).static_().doc("Return a translation table usable for str.translate().\n\nIf there is only one argument, it must be a dictionary mapping Unicode\nordinals (integers) or characters to Unicode ordinals, strings or None.\nCharacter keys will be then converted to ordinals.\nIf there are two arguments, they must be strings of equal length, and\nin the resulting dictionary, each character in x will be mapped to the\ncharacter at the same position in y. If there is a third argument, it\nmust be a string, whose characters will be mapped to None in the result."),
        method!("__sizeof__", "($self, /)", inspect::sizeof, "Return the size of the string in memory, in bytes."),
        Method::new("__getnewargs__", "($self, /)", getnewargs).atomic(IMMUTABLE),
    ],
    getset: &[],
    doc: "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object from the given object. If encoding or\nerrors is specified, then the object must expose a data buffer\nthat will be decoded using the given encoding and error handler.\nOtherwise, returns the result of object.__str__() (if defined)\nor repr(object).\nencoding defaults to 'utf-8'.\nerrors defaults to 'strict'.",
    sig: "",
};

fn slots(s: &mut Slots) {
    s.new = Some(new);
    s.repr = Some(|th, v| Value::try_wtf8(th, &taipan_text::repr::repr(get(v).wtf8())));
    s.str = Some(exact);
    s.hash = Some(|_, v| Ok(get(v).hash()));
    s.richcmp = Some(richcmp);
    s.iter = Some(iter::iter);
    s.len = Some(|_, v| Ok(get(v).len()));
    s.getitem = Some(sequence::getitem);
    s.contains = Some(sequence::contains);
    s.concat = Some(sequence::concat);
    s.repeat = Some(sequence::repeat);
    s.rem = Some(printf::rem);
}

/// The string cell of a value that is a `str`.
#[inline]
pub(crate) fn get<'a>(v: Value) -> &'a Object<Str> {
    v.expect::<Str>()
}

/// The exact `str` of the same text.
pub(crate) fn exact(th: &Thread, v: Value) -> PyResult {
    if is_exact_str(get(v)) {
        Ok(v)
    } else {
        Value::try_wtf8(th, get(v).wtf8())
    }
}

/// A part of a string that was given as a part of its text: the string itself where it is all of it.
pub(crate) fn part(th: &Thread, whole: Value, text: &taipan_object::wtf8::Wtf8) -> PyResult {
    if text.len() == get(whole).as_bytes().len() {
        return exact(th, whole);
    }
    Value::try_wtf8(th, text)
}

fn richcmp(_: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (a.as_str_obj(), b.as_str_obj()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (s, t) = (x.as_bytes(), y.as_bytes());
    // The order of WTF-8 is that of code points.
    Ok(Value::bool(match op {
        CmpOp::Eq => a.is(b) || s == t,
        CmpOp::Ne => !a.is(b) && s != t,
        _ => op.of(s.cmp(t)),
    }))
}

fn new(th: &Thread, cls: &Object<Type>, a: Args) -> PyResult {
    let pos = a.pos();
    if pos.len() > 3 {
        return Err(th.type_error(format!(
            "str expected at most 3 arguments, got {}",
            pos.len()
        )));
    }
    let mut bound = [Value::ABSENT; 3];
    bound[..pos.len()].copy_from_slice(pos);
    let given = a.values.len();
    if a.has_kw() && given > 3 {
        return Err(th.type_error(format!("str() takes at most 3 arguments ({given} given)")));
    }
    for (k, v) in a.kw() {
        let i = ["object", "encoding", "errors"]
            .iter()
            .position(|n| k.is_str(n));
        let Some(i) = i else {
            return Err(th.type_error(format!(
                "str() got an unexpected keyword argument '{}'",
                taipan_object::names::text(k)
            )));
        };
        if !bound[i].is_absent() {
            return Err(th.type_error(format!(
                "argument for str() given by name ('{}') and position ({})",
                taipan_object::names::text(k),
                i + 1
            )));
        }
        bound[i] = v;
    }
    let [object, encoding, errors] = bound;
    let v = if encoding.is_absent() && errors.is_absent() {
        match object.present() {
            None => empty_str(),
            Some(o) => ops::str(th, o)?,
        }
    } else {
        let encoding = args::codec_name(th, "str", "'encoding'", encoding)?;
        let errors = args::codec_name(th, "str", "'errors'", errors)?;
        match object.present() {
            None => empty_str(),
            Some(o) => from_encoded(th, o, encoding, errors)?,
        }
    };
    if cls.is(&types::STR) {
        return Ok(v);
    }
    Object::<Str>::for_class(th, cls, get(v).wtf8())
}

/// `str(object, encoding, errors)`
pub fn from_encoded(
    th: &Thread,
    object: Value,
    encoding: Option<Cow<str>>,
    errors: Option<Cow<str>>,
) -> PyResult {
    if object.as_str_obj().is_some() {
        return Err(th.type_error("decoding str is not supported"));
    }
    let bytes = args::bytes_like_or(th, object, || {
        format!(
            "decoding to str: need a bytes-like object, {} found",
            class_of(object).name_text()
        )
    })?;
    codec::decode(th, object, &bytes, encoding.as_deref(), errors.as_deref())
}

fn encode(th: &Thread, a: &[Value]) -> PyResult {
    let encoding = args::codec_name(th, "encode", "'encoding'", a[1])?;
    let errors = args::codec_name(th, "encode", "'errors'", a[2])?;
    codec::encode(th, a[0], encoding.as_deref(), errors.as_deref())
}

fn getnewargs(th: &Thread, a: &[Value]) -> PyResult {
    // A string of its own, as CPython's: only single characters are shared.
    let s = a[0].expect::<Str>();
    let copy = Value::try_wtf8(th, s.wtf8())?;
    Ok(Value::tuple(th, &[copy]))
}
