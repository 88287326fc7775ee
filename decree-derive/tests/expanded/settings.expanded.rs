const _: () = {
    use ::decree_runtime as _decree;
    #[allow(unused_imports)]
    use _decree::__private::{
        KeptAsItSays as _, NoAnswer as _, NotKept as _, NotShown as _,
    };
    #[automatically_derived]
    #[allow(clippy::redundant_closure, deprecated, unused_qualifications)]
    impl<T: Unit + 'static> _decree::DecreeConfig for Payments<T>
    where
        Self: ::core::marker::Send + ::core::marker::Sync,
    {
        fn decode(
            fields: &mut _decree::__private::Fields<'_>,
        ) -> ::core::option::Option<Self> {
            let __fee = fields
                .read_or::<
                    f64,
                >(
                    "payments.fee",
                    "Share of the amount that is charged.",
                    || 0.01,
                    _decree::__private::Shown::<f64>::value,
                )
                .min(_decree::__private::ByType::<f64>::order(), 0.0)
                .max(_decree::__private::ByType::<f64>::order(), 1.0)
                .get();
            let __timeout = fields
                .read_or::<
                    Duration,
                >(
                    "payments.time-limit",
                    "",
                    || _decree::__private::ByType::<Duration>::span(90u64, 0u32),
                    _decree::__private::Shown::<Duration>::value,
                )
                .restart()
                .get();
            let __type = fields.read::<Option<String>>("payments.type", "").get();
            let __unit = fields.read::<T>("payments.unit", "").get();
            let __currency = fields
                .read_by_or_text::<
                    Currency,
                >(
                    "payments.currency",
                    "",
                    &_decree::__private::By::from_str(|value| _decree::__private::parsed::<
                            Currency,
                        >(value))
                        .secret(_decree::__private::Secrecy::<Currency>::new().keeps()),
                    "EUR",
                )
                .text_one_of(&["EUR", "USD"])
                .get();
            let __host = fields
                .read_or_text::<
                    IpAddr,
                >(
                    "payments.host",
                    "",
                    {
                        const {
                            _decree::__private::ByType::<IpAddr>::TEXTS.hold("127.0.0.1")
                        };
                        "127.0.0.1"
                    },
                )
                .get();
            let __key = fields
                .read_by::<
                    Option<Secret<Key>>,
                >(
                    "payments.key",
                    "",
                    &_decree::__private::By::with(|__value| {
                            _decree::__private::told::<
                                Key,
                                _,
                            >("read_key", __value, read_key(__value))
                                .map(<_decree::Secret<_> as ::core::convert::From<_>>::from)
                                .map(::core::option::Option::Some)
                        })
                        .secret(true)
                        .or_null(|| ::core::option::Option::Some(
                            ::core::option::Option::None,
                        )),
                )
                .get();
            let __limits = fields.nested::<Limits>("payments.limits");
            let __before = fields.nested::<Option<Limits>>("payments.old.limits");
            let __more = fields.nested::<More>("payments");
            fields
                .accepted(
                    Self {
                        fee: __fee?,
                        timeout: __timeout?,
                        r#type: __type?,
                        unit: __unit?,
                        currency: __currency?,
                        host: __host?,
                        key: __key?,
                        limits: __limits?,
                        before: __before?,
                        more: __more?,
                        hits: <u64 as ::core::default::Default>::default(),
                    },
                    "Self::check",
                    |__value| _decree::__private::said(Self::check(__value)),
                )
        }
    }
    #[automatically_derived]
    #[allow(deprecated, unused_qualifications, unused_variables)]
    impl<'__struct, T: Unit + 'static> _decree::__private::Compare<'__struct>
    for Payments<T>
    where
        Self: ::core::marker::Send + ::core::marker::Sync,
        &'__struct f64: ::core::cmp::PartialEq,
        &'__struct Duration: ::core::cmp::PartialEq,
        &'__struct Option<String>: ::core::cmp::PartialEq,
        &'__struct T: ::core::cmp::PartialEq,
        &'__struct Currency: ::core::cmp::PartialEq,
        &'__struct IpAddr: ::core::cmp::PartialEq,
        &'__struct Option<Secret<Key>>: ::core::cmp::PartialEq,
        Limits: _decree::__private::Compare<'__struct>,
        Option<Limits>: _decree::__private::Compare<'__struct>,
        More: _decree::__private::Compare<'__struct>,
    {
        fn compare(
            &'__struct self,
            new: &'__struct Self,
            changed: &mut _decree::__private::Changed,
        ) {
            changed.field("payments.fee", &self.fee, &new.fee);
            changed.field("payments.time-limit", &self.timeout, &new.timeout);
            changed.field("payments.type", &self.r#type, &new.r#type);
            changed.field("payments.unit", &self.unit, &new.unit);
            changed.field("payments.currency", &self.currency, &new.currency);
            changed.field("payments.host", &self.host, &new.host);
            changed.field("payments.key", &self.key, &new.key);
            changed.nested("payments.limits", &self.limits, &new.limits);
            changed.nested("payments.old.limits", &self.before, &new.before);
            changed.nested("payments", &self.more, &new.more);
        }
    }
    #[automatically_derived]
    #[allow(dead_code, deprecated, unreachable_pub, unused_qualifications)]
    impl<T: Unit + 'static> Payments<T>
    where
        Self: ::core::marker::Send + ::core::marker::Sync,
    {
        ///The field `fee`: `payments.fee` on the server.
        pub const FEE: _decree::Setting<Self, f64> = _decree::Setting::new(
            "payments.fee",
            |it| &it.fee,
        );
        ///The field `timeout`: `payments.time-limit` on the server.
        const TIMEOUT: _decree::Setting<Self, Duration> = _decree::Setting::new(
            "payments.time-limit",
            |it| &it.timeout,
        );
        ///The field `r#type`: `payments.type` on the server.
        const TYPE: _decree::Setting<Self, Option<String>> = _decree::Setting::new(
            "payments.type",
            |it| &it.r#type,
        );
        ///The field `unit`: `payments.unit` on the server.
        pub(crate) const UNIT: _decree::Setting<Self, T> = _decree::Setting::new(
            "payments.unit",
            |it| &it.unit,
        );
        ///The field `currency`: `payments.currency` on the server.
        const CURRENCY: _decree::Setting<Self, Currency> = _decree::Setting::new(
            "payments.currency",
            |it| &it.currency,
        );
        ///The field `host`: `payments.host` on the server.
        const HOST: _decree::Setting<Self, IpAddr> = _decree::Setting::new(
            "payments.host",
            |it| &it.host,
        );
        ///The field `key`: `payments.key` on the server.
        const KEY: _decree::Setting<Self, Option<Secret<Key>>> = _decree::Setting::new(
            "payments.key",
            |it| &it.key,
        );
        ///The field `limits`: `payments.limits` on the server.
        const LIMITS: _decree::Setting<Self, Limits> = _decree::Setting::new(
            "payments.limits",
            |it| &it.limits,
        );
        ///The field `before`: `payments.old.limits` on the server.
        const BEFORE: _decree::Setting<Self, Option<Limits>> = _decree::Setting::new(
            "payments.old.limits",
            |it| &it.before,
        );
        ///The field `more`: `payments` on the server.
        const MORE: _decree::Setting<Self, More> = _decree::Setting::new(
            "payments",
            |it| &it.more,
        );
    }
};
