//! What `pattern = "…"` may be.

use syn::LitStr;

/// Whether a pattern is found in a text; the error is what is wrong with the pattern.
#[cfg(feature = "pattern")]
pub(crate) fn compile(pattern: &LitStr) -> Result<impl Fn(&str) -> bool + use<>, String> {
    match regex::Regex::new(&pattern.value()) {
        Ok(regex) => Ok(move |text: &str| regex.is_match(text)),
        Err(error) => {
            let error = error.to_string();
            // What is before the last line points into the pattern, which the compiler does, too.
            let last = error.lines().last().unwrap_or_default();
            let reason = last.strip_prefix("error: ").unwrap_or(last);
            Err(format!(
                "`pattern` is no regular expression: {reason}; see the syntax of the crate `regex`"
            ))
        }
    }
}

#[cfg(not(feature = "pattern"))]
pub(crate) fn compile(_: &LitStr) -> Result<impl Fn(&str) -> bool + use<>, String> {
    let message = "`pattern` needs the feature `pattern` of decree-runtime: \
                   add it to `features` in Cargo.toml";
    // Only to have a type.
    Err::<fn(&str) -> bool, _>(message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_compiled_or_the_feature_is_named() {
        let compiled = |text: &str| compile(&LitStr::new(text, proc_macro2::Span::call_site()));
        if cfg!(feature = "pattern") {
            assert!(compiled("b+").is_ok_and(|is_in| is_in("abba") && !is_in("ac")));
            let error = compiled("(").err().unwrap();
            assert!(error.contains("unclosed group"), "{error}");
        } else {
            let error = compiled("b+").err().unwrap();
            assert!(error.contains("feature `pattern`"), "{error}");
        }
    }
}
