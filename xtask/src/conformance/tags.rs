//! Tag files: the tests that are known to fail, one a line, each with a reason. And the file of counts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::Counts;

/// The known failures of one module: name of the test to reason.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

/// The tag file of a module.
pub fn path(data: &Path, module: &str) -> PathBuf {
    data.join("tags").join(format!("{module}.txt"))
}

impl Tags {
    /// Reads a tag file; one that does not exist is empty.
    pub fn load(path: &Path) -> Result<Self, String> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text =
            fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut tags = BTreeMap::new();
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (test, reason) = line
                .split_once(" # ")
                .ok_or_else(|| format!("a tag without a reason: {line}"))?;
            tags.insert(test.trim().to_owned(), reason.trim().to_owned());
        }
        Ok(Self(tags))
    }

    /// Whether a test is known to fail.
    pub fn allows(&self, test: &str) -> bool {
        self.0.contains_key(test)
    }

    /// Whether a test is known never to end: its reason begins with "hangs".
    pub fn hangs(&self, test: &str) -> bool {
        self.0
            .get(test)
            .is_some_and(|reason| reason.starts_with("hangs"))
    }

    /// The names of the known failures that never pass: those whose reason does not begin with "sometimes".
    pub fn steady(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(|(_, reason)| !reason.starts_with("sometimes"))
            .map(|(test, _)| test.as_str())
    }

    /// Takes tags away, and adds the new failures if they are to be accepted, with what they said for a reason.
    pub fn update(&mut self, stale: &[String], accepted: Option<&BTreeMap<String, String>>) {
        for test in stale {
            self.0.remove(test);
        }
        for (test, said) in accepted.into_iter().flatten() {
            self.0.insert(test.clone(), said.clone());
        }
    }

    /// Writes the file. An empty one still says that the module is held to it.
    pub fn save(&self, path: &Path) -> Result<(), String> {
        let lines: Vec<String> = self
            .0
            .iter()
            .map(|(test, reason)| format!("{test} # {reason}\n"))
            .collect();
        let write = || {
            fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            fs::write(path, lines.concat())
        };
        write().map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// Puts the counts of these modules into the file of counts and leaves the others as they are.
pub fn save_counts(path: &Path, new: &BTreeMap<String, Counts>) -> Result<(), String> {
    let mut rows = parse_counts(&fs::read_to_string(path).unwrap_or_default());
    rows.extend(new.iter().map(|(module, counts)| (module.clone(), *counts)));
    let mut text =
        "# Module, passed, failed, skipped: written by `cargo xtask conformance --update`.\n"
            .to_owned();
    let mut total = Counts::default();
    for (module, counts) in &rows {
        text.push_str(&row(module, counts));
        total.passed += counts.passed;
        total.failed += counts.failed;
        total.skipped += counts.skipped;
    }
    text.push_str(&row("# all", &total));
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn row(module: &str, counts: &Counts) -> String {
    format!(
        "{module:28} {:6} {:6} {:6}\n",
        counts.passed, counts.failed, counts.skipped
    )
}

fn parse_counts(text: &str) -> BTreeMap<String, Counts> {
    let parse = |line: &str| {
        let mut words = line.split_whitespace();
        let module = words.next()?.to_owned();
        let mut number = || words.next()?.parse().ok();
        Some((
            module,
            Counts {
                passed: number()?,
                failed: number()?,
                skipped: number()?,
            },
        ))
    };
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(parse)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_needs_a_reason() {
        let tags = Tags::parse("# about\n\ntest.a # no sockets\ntest.b (x=1) # y # z\n").unwrap();
        assert!(tags.allows("test.a") && tags.allows("test.b (x=1)") && !tags.allows("test.c"));
        assert!(Tags::parse("test.a\n").is_err());
    }

    #[test]
    fn tags_only_become_fewer_unless_told() {
        let mut tags = Tags::parse("a # x\nb # y\n").unwrap();
        tags.update(&["a".to_owned()], None);
        assert_eq!(tags, Tags::parse("b # y\n").unwrap());
        tags.update(
            &[],
            Some(&BTreeMap::from([("c".to_owned(), "FAIL z".to_owned())])),
        );
        assert_eq!(tags, Tags::parse("b # y\nc # FAIL z\n").unwrap());
    }

    #[test]
    fn counts_are_read_back() {
        let counts = Counts {
            passed: 3,
            failed: 2,
            skipped: 1,
        };
        assert_eq!(
            parse_counts(&row("test_x", &counts)),
            BTreeMap::from([("test_x".to_owned(), counts)])
        );
    }
}
