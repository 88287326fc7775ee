//! Texts in the code that are values of a type: bounds, and defaults of fields that are not on the server.

/// A type whose values can be written as text. Only derived code uses it.
#[diagnostic::on_unimplemented(
    message = "a text cannot be a value of a setting of type `{Self}`",
    label = "`{Self}` is not made of a text",
    note = "write an expression of that type: `Duration::from_secs(30)`, `Mode::Fast`, or a function that parses it",
    note = "texts do for `String`, for `Duration`, `TimeDelta` and `SignedDuration` under just these names, and for \
            types that are `From<&str>`"
)]
pub trait FromText {
    /// The value that `text` stands for.
    fn from_text(text: &'static str) -> Self;
}

// So that the message above is shown, and not that `From` is missing.
#[diagnostic::do_not_recommend]
impl<T: From<&'static str>> FromText for T {
    fn from_text(text: &'static str) -> Self {
        Self::from(text)
    }
}
