//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum, builder::BoolishValueParser};

/// A local OpenDecree server for development, and commands to talk to any server.
#[derive(Debug, Parser)]
#[command(name = "decree-dev", version, arg_required_else_help = true)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) connect: Connect,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Talking to a server")]
pub(super) struct Connect {
    /// Server to talk to, as host:port
    #[arg(
        long,
        global = true,
        env = "DECREE_SERVER",
        default_value = "localhost:9090"
    )]
    pub(super) server: String,
    /// Who you are, in the history of the values you write
    #[arg(
        long,
        global = true,
        env = "DECREE_SUBJECT",
        default_value = "decree-dev"
    )]
    #[arg(value_parser = subject)]
    pub(super) subject: String,
    /// What you may do; the least that works, unless said
    #[arg(long, global = true, env = "DECREE_ROLE")]
    pub(super) role: Option<Role>,
    /// Token (JWT) that says who you are instead; safer as the variable than on a command line
    #[arg(long, global = true, env = "DECREE_TOKEN", hide_env_values = true)]
    pub(super) token: Option<String>,
    /// File of whom to trust beside the system's authorities when talking TLS, as PEM
    #[cfg(feature = "tls")]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) ca_cert: Option<PathBuf>,
    /// Talk without TLS to a server that is not on this machine
    #[arg(long, global = true, env = "DECREE_INSECURE", value_parser = BoolishValueParser::new())]
    pub(super) insecure: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    User,
    Admin,
    Superadmin,
}

impl Role {
    pub(super) fn header(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::Superadmin => "superadmin",
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a server that keeps everything in memory
    Serve(Serve),
    /// Show the values of a tenant, or one of them
    Get {
        #[arg(value_parser = tenant)]
        tenant: String,
        path: Option<String>,
    },
    /// Write a value, in the grammar of its field
    Set {
        #[arg(value_parser = tenant)]
        tenant: String,
        path: String,
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Write null
    SetNull {
        #[arg(value_parser = tenant)]
        tenant: String,
        path: String,
    },
    /// Make a new version out of an old one
    Rollback {
        #[arg(value_parser = tenant)]
        tenant: String,
        version: i32,
    },
    /// List who wrote what version and when, newest first
    Versions {
        #[arg(value_parser = tenant)]
        tenant: String,
    },
    /// Print every change as it happens
    Watch {
        #[arg(value_parser = tenant)]
        tenant: String,
        /// Only these; all, if none is given
        paths: Vec<String>,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// Where to listen; port 0 is any free one
    #[arg(long, default_value = "127.0.0.1:9090")]
    pub(super) listen: String,
    /// File with a schema, a tenant and values to start with; may be given often
    #[arg(long, value_name = "FILE")]
    pub(super) seed: Vec<PathBuf>,
    /// Leave the rate limit of the real server out
    #[arg(long)]
    pub(super) no_rate_limit: bool,
    #[cfg(feature = "jwt")]
    #[command(flatten)]
    pub(super) tokens: Tokens,
    #[cfg(feature = "tls")]
    #[command(flatten)]
    pub(super) certificates: Certificates,
}

#[cfg(feature = "jwt")]
#[derive(Debug, clap::Args)]
pub(super) struct Tokens {
    /// Check tokens with these keys, from a file or an http:// address of this machine
    #[arg(long, value_name = "FILE-OR-URL")]
    pub(super) jwks: Option<String>,
    /// Who must have issued the tokens
    #[arg(long, value_name = "ISSUER", requires = "jwks")]
    pub(super) jwt_issuer: Option<String>,
    /// Whom the tokens must be for
    #[arg(long, value_name = "AUDIENCE", requires = "jwks")]
    pub(super) jwt_audience: Option<String>,
}

#[cfg(feature = "tls")]
#[derive(Debug, clap::Args)]
pub(super) struct Certificates {
    /// Certificate to show, followed by those that vouch for it, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(super) tls_cert: Option<PathBuf>,
    /// Key of the certificate, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(super) tls_key: Option<PathBuf>,
    /// Who must vouch for the certificates of callers, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(super) client_ca: Option<PathBuf>,
}

/// A tenant becomes a header that takes a list, so it must be one name and nothing else.
fn tenant(text: &str) -> Result<String, String> {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_slug = (1..=63).contains(&text.len())
        && text.chars().all(is_word)
        && !text.starts_with('-')
        && !text.ends_with('-');
    if is_slug {
        Ok(text.to_owned())
    } else {
        Err("a tenant is an id or a name of lower-case letters, digits and inner hyphens, at most 63".to_owned())
    }
}

fn subject(text: &str) -> Result<String, String> {
    let is_printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if (1..=256).contains(&text.len()) && is_printable {
        Ok(text.to_owned())
    } else {
        Err("a subject is 1 to 256 printable ASCII characters".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_makes_sense() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_tenant_is_one_slug_or_id() {
        for good in [
            "acme",
            "a",
            "acme-2",
            "123e4567-e89b-42d3-a456-426614174000",
        ] {
            assert!(tenant(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a,b",
            "a b",
            "Acme",
            "-a",
            "a-",
            "a\r\nx-role: admin",
            "ä",
        ] {
            assert!(tenant(bad).is_err(), "{bad}");
        }
    }
}
