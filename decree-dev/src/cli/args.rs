//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use super::failure::Failure;

/// A local OpenDecree server for development, and commands to talk to any server.
#[derive(Debug, Parser)]
#[command(name = "decree-dev", version, arg_required_else_help = true)]
#[command(mut_args(|option| option.hide(true)))] // the commands show theirs
pub(super) struct Args {
    #[command(flatten)]
    before: Connect,
    #[command(subcommand)]
    command: Command,
}

impl Args {
    /// The command with the options that stand before it, as people write them who know the
    /// official command line.
    pub(super) fn resolve(self) -> Result<Command, Failure> {
        let Self {
            before,
            mut command,
        } = self;
        match command.target() {
            Some(target) => target.connect.fill(before),
            None if before == Connect::default() => {}
            None => {
                let message = "`serve` talks to no server: what stands before it is for the others";
                return Err(Failure::new(message));
            }
        }
        Ok(command)
    }
}

/// What every command but `serve` has.
#[derive(Debug, clap::Args)]
pub(super) struct Target {
    #[command(flatten)]
    pub(super) connect: Connect,
    /// The tenant, by name or id
    pub(super) tenant: String,
}

/// The variables are read by decree-runtime.
#[derive(Debug, Default, PartialEq, clap::Args)]
#[expect(clippy::doc_markdown, reason = "help is printed as it is written")]
pub(super) struct Connect {
    /// Server to talk to, as host:port [variable: DECREE_SERVER] [default: localhost:9090]
    #[arg(long)]
    pub(super) server: Option<String>,
    /// Who you are, in the history of what you write [variable: DECREE_SUBJECT] [default: decree-dev]
    #[arg(long)]
    pub(super) subject: Option<String>,
    /// What you may do [variable: DECREE_ROLE] [default: user to read, admin to write]
    #[arg(long)]
    pub(super) role: Option<Role>,
    /// A token (JWT) that says who you are and what you may do instead; others can read a command
    /// line, but not the variable [variable: DECREE_TOKEN]
    #[arg(long)]
    pub(super) token: Option<String>,
    /// Talk without TLS to a server that is not on this machine [variable: DECREE_INSECURE]
    #[arg(long)]
    pub(super) insecure: bool,
    /// File of whom to trust beside the system's authorities when talking TLS, as PEM
    #[arg(long, value_name = "FILE")]
    pub(super) ca_cert: Option<PathBuf>,
}

impl Connect {
    /// Takes from `other` what is not said here.
    fn fill(&mut self, other: Self) {
        self.server = self.server.take().or(other.server);
        self.subject = self.subject.take().or(other.subject);
        self.role = self.role.or(other.role);
        self.token = self.token.take().or(other.token);
        self.insecure |= other.insecure;
        self.ca_cert = self.ca_cert.take().or(other.ca_cert);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    User,
    Admin,
    Superadmin,
}

impl From<Role> for decree_runtime::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Admin => Self::Admin,
            Role::Superadmin => Self::Superadmin,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a server that keeps everything in memory
    Serve(Serve),
    /// Show the values of a tenant, or one of them
    Get {
        #[command(flatten)]
        target: Target,
        /// Only this field, and only its value
        #[arg(value_parser = path)]
        path: Option<String>,
    },
    /// Write a value
    Set {
        #[command(flatten)]
        target: Target,
        /// The field, such as payments.fee
        #[arg(value_parser = path)]
        path: String,
        /// The value, in the grammar of its field: 0.02, true, 1m30s, 2025-01-15T09:30:00Z, text
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Write null
    SetNull {
        #[command(flatten)]
        target: Target,
        /// The field, such as payments.fee
        #[arg(value_parser = path)]
        path: String,
    },
    /// Make a new version with the values of an old one
    ///
    /// What was first written after the old one keeps its value.
    Rollback {
        #[command(flatten)]
        target: Target,
        /// The old version
        #[arg(value_parser = version, allow_negative_numbers = true)]
        version: i32,
    },
    /// List who wrote what version and when, newest first
    Versions {
        #[command(flatten)]
        target: Target,
        /// How many to list at most
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// Print every change that becomes visible
    ///
    /// A write shows at once. What the server does not announce, such as a rollback, shows at the
    /// next look, about half a minute later at most. A server that goes away is waited for, and
    /// what changed in the meantime is printed when it is back.
    Watch {
        #[command(flatten)]
        target: Target,
        /// Only these fields; all, if none is given
        #[arg(value_parser = path)]
        paths: Vec<String>,
    },
}

impl Command {
    fn target(&mut self) -> Option<&mut Target> {
        match self {
            Self::Serve(_) => None,
            Self::Get { target, .. }
            | Self::Set { target, .. }
            | Self::SetNull { target, .. }
            | Self::Rollback { target, .. }
            | Self::Versions { target, .. }
            | Self::Watch { target, .. } => Some(target),
        }
    }
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

fn path(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("it is empty; a field has a path such as payments.fee".to_owned());
    }
    Ok(text.to_owned())
}

fn version(text: &str) -> Result<i32, String> {
    let version = text.parse().ok().filter(|version| *version >= 1);
    version.ok_or_else(|| format!("there is no version {text}; versions count from 1"))
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
    fn options_may_stand_before_the_command_and_after_it() {
        let server = |words: &[&str]| {
            let args = Args::try_parse_from([&["decree-dev"], words].concat()).unwrap();
            let mut command = args.resolve().map_err(|failure| failure.to_string())?;
            let target = command.target().unwrap();
            Ok::<_, String>(target.connect.server.clone().unwrap())
        };
        assert_eq!(
            server(&["--server", "a:1", "get", "t"]),
            Ok("a:1".to_owned())
        );
        assert_eq!(
            server(&["get", "t", "--server", "b:1"]),
            Ok("b:1".to_owned())
        );
        let both = ["--server", "a:1", "get", "t", "--server", "b:1"];
        assert_eq!(server(&both), Ok("b:1".to_owned()));
        assert!(server(&["--server", "a:1", "serve"]).is_err());
    }

    #[test]
    fn versions_count_from_one() {
        for text in ["0", "-1", "", "x", "2147483648"] {
            assert!(version(text).is_err(), "{text}");
        }
        assert_eq!(version("7"), Ok(7));
    }
}
