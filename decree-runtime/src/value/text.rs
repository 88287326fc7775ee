//! Types of the standard library that are text on the server.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{FromValue, Kind, Mismatch, ToValue, Value};

macro_rules! texts {
    ($($text:ty)*) => {$(
        impl FromValue for $text {
            const KINDS: &'static [Kind] = String::KINDS;

            fn from_value(value: &Value) -> Result<Self, Mismatch> {
                String::from_value(value).map(Self::from)
            }
        }

        impl ToValue for $text {
            fn to_value(&self) -> Result<Option<Value>, Mismatch> {
                str::to_value(self)
            }
        }
    )*};
}

texts!(Arc<str> Box<str> Cow<'static, str>);

impl FromValue for PathBuf {
    const KINDS: &'static [Kind] = &[Kind::String];

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(path) => Ok(path.into()),
            other => Err(Mismatch::new("a string", other.to_string())),
        }
    }
}

impl ToValue for Path {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        let text = self.to_str();
        let text =
            text.ok_or_else(|| Mismatch::new("a path in Unicode", format!("{}", self.display())));
        text.and_then(ToValue::to_value)
    }
}

impl ToValue for PathBuf {
    fn to_value(&self) -> Result<Option<Value>, Mismatch> {
        self.as_path().to_value()
    }
}

macro_rules! addresses {
    ($($address:ident: $expected:literal)*) => {$(
        impl FromValue for $address {
            const KINDS: &'static [Kind] = &[Kind::String];

            fn from_value(value: &Value) -> Result<Self, Mismatch> {
                let parsed = match value {
                    Value::String(text) => text.parse().ok(),
                    _ => None,
                };
                parsed.ok_or_else(|| Mismatch::new($expected, value.to_string()))
            }
        }

        impl ToValue for $address {
            fn to_value(&self) -> Result<Option<Value>, Mismatch> {
                Ok(Some(Value::String(self.to_string())))
            }
        }
    )*};
}

addresses! {
    IpAddr: "an IP address, such as \"127.0.0.1\" or \"::1\""
    Ipv4Addr: "an IPv4 address, such as \"127.0.0.1\""
    Ipv6Addr: "an IPv6 address, such as \"::1\""
    SocketAddr: "an IP address with a port, such as \"127.0.0.1:80\" or \"[::1]:80\""
    SocketAddrV4: "an IPv4 address with a port, such as \"127.0.0.1:80\""
    SocketAddrV6: "an IPv6 address with a port, such as \"[::1]:80\""
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;

    fn string(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    fn round_trip<T: FromValue + ToValue + PartialEq + Debug>(text: &str, expected: T) {
        assert_eq!(expected.to_value(), Ok(Some(string(text))));
        assert_eq!(T::from_value(&string(text)), Ok(expected));
        assert!(T::from_value(&Value::Integer(1)).is_err());
    }

    #[test]
    fn texts_round_trip() {
        round_trip::<Arc<str>>("a\u{1f600}", "a\u{1f600}".into());
        round_trip::<Box<str>>("", "".into());
        round_trip::<Cow<'static, str>>("b", "b".into());
        round_trip::<PathBuf>("/tmp/x y", "/tmp/x y".into());
        assert_eq!(
            Arc::<str>::from_value(&Value::Url("a:b".into())),
            Ok("a:b".into())
        );
    }

    #[test]
    fn addresses_round_trip_and_are_checked() {
        round_trip::<IpAddr>("::1", Ipv6Addr::LOCALHOST.into());
        round_trip::<Ipv4Addr>("127.0.0.1", Ipv4Addr::LOCALHOST);
        round_trip::<Ipv6Addr>("::", Ipv6Addr::UNSPECIFIED);
        round_trip::<SocketAddr>("[::1]:80", (Ipv6Addr::LOCALHOST, 80).into());
        round_trip::<SocketAddrV4>("0.0.0.0:1", SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 1));
        round_trip::<SocketAddrV6>("[::]:1", SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 1, 0, 0));
        let error = IpAddr::from_value(&string("localhost")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected an IP address, such as \"127.0.0.1\" or \"::1\", found string \"localhost\""
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_cannot_be_written() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
        let path = Path::new(OsStr::from_bytes(b"a\xff"));
        assert_eq!(path.to_value().unwrap_err().expected(), "a path in Unicode");
    }
}
