//! What stands before the paths of a nested struct.

/// Empty outside of nested structs; otherwise with its dot.
#[derive(Debug, Default)]
pub(super) struct Prefix(String);

impl Prefix {
    /// Goes into a struct whose paths begin with `part`, or with nothing of their own; the answer
    /// leads back out by [`leave`](Self::leave).
    pub(super) fn enter(&mut self, part: &str) -> usize {
        let outer = self.0.len();
        if !part.is_empty() {
            self.0.push_str(part);
            self.0.push('.');
        }
        outer
    }

    pub(super) fn leave(&mut self, outer: usize) {
        self.0.truncate(outer);
    }

    /// Lends a whole path, made in place.
    pub(super) fn with<R>(&mut self, name: &str, f: impl FnOnce(&str) -> R) -> R {
        if self.0.is_empty() {
            return f(name);
        }
        let outer = self.0.len();
        self.0.push_str(name);
        let result = f(&self.0);
        self.0.truncate(outer);
        result
    }

    pub(super) fn path(&self, name: &str) -> String {
        format!("{}{name}", self.0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The path of the struct itself.
    pub(super) fn part(&self) -> &str {
        self.0.trim_end_matches('.')
    }
}
