//! The default of a field: an expression of its type, or the text that the server would hold.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    str::FromStr,
};

use proc_macro2::TokenStream;
use syn::{Expr, Lit, LitStr, Type};

use crate::{
    by::By,
    ctxt::Ctxt,
    literal::{self, Known},
    probe::Probe,
    types,
};

pub(crate) struct DefaultValue {
    pub(crate) source: Source,
    /// What it is, if that is known before the program runs.
    pub(crate) known: Option<Known>,
}

pub(crate) enum Source {
    /// Of the type of the field.
    Expr(TokenStream),
    /// To be read as the field is.
    Text(LitStr),
}

impl DefaultValue {
    pub(crate) fn new(cx: &Ctxt, ty: &Type, by: Option<&By<'_>>, expr: &Expr) -> Self {
        let held = types::option_inner(ty).unwrap_or(ty);
        // What another conversion reads is its own affair, and text is read as it is.
        let secret = types::argument_of(held, "Secret").filter(|inner| {
            by.is_none() && types::name(inner).is_some_and(|name| name != "String")
        });
        let ty_of_text = secret.unwrap_or(held);
        let parsed = by.is_some_and(By::is_from_str);
        if let Some((false, Lit::Str(text))) = literal::literal(expr)
            && (parsed || !types::is_known(ty_of_text))
        {
            if by.is_none()
                && let Err(message) = fits(ty_of_text, &text.value())
            {
                cx.error(text, message);
            }
            // What another conversion makes of a text is not known.
            let known = (parsed || by.is_none()).then(|| Known::Text(text.value()));
            return Self {
                known,
                source: Source::Text(text.clone()),
            };
        }
        let checked = literal::default(cx, ty, &Probe::new(by), expr);
        Self {
            source: Source::Expr(checked.tokens),
            known: checked.known,
        }
    }
}

/// Refuses what is known to be no text of a type, by its name. The rest is found when it is read.
fn fits(ty: &Type, text: &str) -> Result<(), String> {
    fn is<T: FromStr>(text: &str) -> bool {
        text.parse::<T>().is_ok()
    }
    let name = types::name(ty).unwrap_or_default();
    let (fits, expected) = match name.as_str() {
        "IpAddr" => (
            is::<IpAddr>(text),
            r#"IP address, such as "127.0.0.1" or "::1""#,
        ),
        "Ipv4Addr" => (is::<Ipv4Addr>(text), r#"IPv4 address, such as "127.0.0.1""#),
        "Ipv6Addr" => (is::<Ipv6Addr>(text), r#"IPv6 address, such as "::1""#),
        "SocketAddr" => (
            is::<SocketAddr>(text),
            r#"IP address with a port, such as "127.0.0.1:80" or "[::1]:80""#,
        ),
        "SocketAddrV4" => (
            is::<SocketAddrV4>(text),
            r#"IPv4 address with a port, such as "127.0.0.1:80""#,
        ),
        "SocketAddrV6" => (
            is::<SocketAddrV6>(text),
            r#"IPv6 address with a port, such as "[::1]:80""#,
        ),
        "SystemTime" | "Timestamp" | "DateTime" => {
            return Err(format!(
                "`{name}` needs an expression of its type, found a text: a text does for what \
                 the server holds as text, and for a span of time"
            ));
        }
        _ => return Ok(()),
    };
    if fits {
        return Ok(());
    }
    Err(format!("`{name}` needs an {expected}, found {text:?}"))
}
