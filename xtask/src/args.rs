//! Options of a command line, taken one by one.

use std::str::FromStr;

/// What is left of a command line.
pub struct Args(Vec<String>);

impl Args {
    /// Starts with all words after the command.
    pub fn new(words: Vec<String>) -> Self {
        Self(words)
    }

    /// Takes a flag; says whether it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() != before
    }

    /// Takes the value of an option, given as `--name value` or `--name=value`.
    pub fn value<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, String> {
        let prefix = format!("{name}=");
        let Some(at) = self
            .0
            .iter()
            .position(|word| word == name || word.starts_with(&prefix))
        else {
            return Ok(None);
        };
        let word = self.0.remove(at);
        let text = match word.strip_prefix(&prefix) {
            Some(text) => text.to_owned(),
            None if at < self.0.len() => self.0.remove(at),
            None => return Err(format!("{name} needs a value")),
        };
        text.parse()
            .map(Some)
            .map_err(|_| format!("{name}: cannot make sense of {text:?}"))
    }

    /// What is left: no option may be among it.
    pub fn rest(self) -> Result<Vec<String>, String> {
        match self.0.iter().find(|word| word.starts_with("--")) {
            Some(word) => Err(format!("unknown option {word}\n{}", crate::USAGE)),
            None => Ok(self.0),
        }
    }
}
