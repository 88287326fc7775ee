//! Structs as a whole: whether they are there, and what they are refused for.

use super::{Fields, Mode, refused};
use crate::decode::{DecreeConfig, constraint::Refusal};

impl Fields<'_> {
    /// A struct that is there if the server has a value for one of its fields.
    #[expect(
        clippy::option_option,
        reason = "`None` is bad, `Some(None)` is not there"
    )]
    pub(in crate::decode) fn optional<C: DecreeConfig>(&mut self) -> Option<Option<C>> {
        let Mode::Read(read) = &mut self.mode else {
            self.describe_optional::<C>();
            return None;
        };
        let found = std::mem::take(&mut read.found);
        let present = std::mem::take(&mut read.present);
        let (errors, refusals) = (read.errors.len(), read.refusals.len());
        let config = C::decode(self);
        let Mode::Read(read) = &mut self.mode else {
            return None;
        };
        // What is kept of a version before may be too little for a struct that has gone.
        let is_there = read.present || read.found && config.is_some();
        read.present |= present;
        if is_there {
            read.found = true;
            return config.map(Some);
        }
        // What is wrong with it is that it is not there.
        read.found = found;
        read.errors.truncate(errors);
        read.refusals.truncate(refusals);
        Some(None)
    }

    /// The whole struct, if its validator accepts it.
    pub fn accepted<C>(
        &mut self,
        config: C,
        validator: &'static str,
        validate: fn(&C) -> Result<(), String>,
    ) -> Option<C> {
        let Mode::Read(read) = &mut self.mode else {
            return Some(config);
        };
        let Some(refusal) = refused(&config, validator, validate) else {
            return Some(config);
        };
        let part = self.prefix.part().to_owned();
        read.refusals.push(Refusal { part, ..refusal });
        None
    }

    fn describe_optional<C: DecreeConfig>(&mut self) {
        let first = self.specs().len();
        // Nothing is there to decode: the calls themselves are the description.
        let _nothing = C::decode(self);
        for spec in self.specs().iter_mut().skip(first) {
            spec.in_option = true;
        }
    }
}
