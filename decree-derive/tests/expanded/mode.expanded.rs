const _: () = {
    use ::decree_runtime::__private as _decree;
    #[allow(unused_imports)]
    use _decree::{
        KeptAsItSays as _, NoAnswer as _, NotKept as _, NotShown as _, WholeValue as _,
    };
    #[automatically_derived]
    #[allow(deprecated, unused_qualifications)]
    impl _decree::FromValue for Mode {
        const KINDS: &'static [_decree::Kind] = &[_decree::Kind::String];
        const ONE_OF: &'static [&'static str] = &["fair", "first_come", "FAST!"];
        fn from_value(
            __value: &_decree::Value,
        ) -> ::core::result::Result<Self, _decree::Mismatch> {
            match _decree::text(__value) {
                ::core::option::Option::Some("fair") => {
                    ::core::result::Result::Ok(Self::Fair)
                }
                ::core::option::Option::Some("first_come") => {
                    ::core::result::Result::Ok(Self::FirstCome)
                }
                ::core::option::Option::Some("FAST!") => {
                    ::core::result::Result::Ok(Self::Fast)
                }
                _ => ::core::result::Result::Err(_decree::no_variant::<Self>(__value)),
            }
        }
    }
    #[automatically_derived]
    #[allow(deprecated, unused_qualifications)]
    impl _decree::ToValue for Mode {
        fn to_value(
            &self,
        ) -> ::core::result::Result<
            ::core::option::Option<_decree::Value>,
            _decree::Mismatch,
        > {
            _decree::ToValue::to_value(
                match self {
                    Self::Fair => "fair",
                    Self::FirstCome => "first_come",
                    Self::Fast => "FAST!",
                },
            )
        }
    }
};
