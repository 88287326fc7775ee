const _: () = {
    use ::decree_runtime::__private as _decree;
    #[allow(unused_imports)]
    use _decree::{
        KeptAsItSays as _, NoAnswer as _, NotKept as _, NotShown as _, WholeValue as _,
    };
    #[automatically_derived]
    #[allow(
        clippy::redundant_closure,
        clippy::type_repetition_in_bounds,
        deprecated,
        unused_qualifications
    )]
    impl<T: Unit + 'static> _decree::DecreeConfig for Payments<T>
    where
        Self: ::core::marker::Send + ::core::marker::Sync,
    {
        fn decode(
            decree_fields: &mut _decree::Fields<'_>,
        ) -> ::core::option::Option<Self> {
            let __fee = {
                let decree_field = decree_fields
                    .read_or::<
                        f64,
                    >(
                        "payments.fee",
                        "Share of the amount that is charged.",
                        |decree_of| 0.01,
                        _decree::Shown::<f64>::value,
                    )
                    .decree_inside();
                let decree_of = decree_field.of();
                decree_field
                    .min(decree_of.order(), 0.0)
                    .max(decree_of.order(), 1.0)
                    .get()
            };
            let __timeout = decree_fields
                .read_or::<
                    Duration,
                >(
                    "payments.time-limit",
                    "",
                    |decree_of| decree_of.span(90u64, 0u32),
                    _decree::Shown::<Duration>::value,
                )
                .restart()
                .get();
            let __type = decree_fields.read::<Option<String>>("payments.type", "").get();
            let __unit = decree_fields.read::<T>("payments.unit", "").get();
            let __currency = {
                let decree_field = decree_fields
                    .read_by_or_text::<
                        Currency,
                    >(
                        "payments.currency",
                        "",
                        &_decree::By::from_str(|__value| _decree::parsed::<
                                Currency,
                            >(__value))
                            .secret(_decree::Secrecy::<Currency>::new().keeps()),
                        "EUR",
                    )
                    .decree_inside();
                let decree_of = decree_field.of();
                decree_field.text_one_of(&["EUR", "USD"]).get()
            };
            let __host = decree_fields
                .read_or_text::<
                    IpAddr,
                >(
                    "payments.host",
                    "",
                    {
                        static DECREE_TEXT: &str = _decree::OfField::<IpAddr>::TEXTS
                            .hold("127.0.0.1");
                        DECREE_TEXT
                    },
                )
                .get();
            let __key = decree_fields
                .read_by::<
                    Option<Secret<Key>>,
                >(
                    "payments.key",
                    "",
                    &_decree::By::with(|__value| {
                            _decree::told::<
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
            let __limits = decree_fields.nested::<Limits>("payments.limits");
            let __before = decree_fields.nested::<Option<Limits>>("payments.old.limits");
            let __more = decree_fields.nested::<More>("payments");
            decree_fields
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
                        hits: _decree::blank::<u64>(),
                    },
                    "Self::check",
                    |__value| _decree::said(Self::check(__value)),
                )
        }
    }
    #[automatically_derived]
    #[allow(
        clippy::type_repetition_in_bounds,
        deprecated,
        unused_qualifications,
        unused_variables
    )]
    impl<'__struct, T: Unit + 'static> _decree::Compare<'__struct> for Payments<T>
    where
        Self: ::core::marker::Send + ::core::marker::Sync,
        &'__struct f64: ::core::cmp::PartialEq,
        &'__struct Duration: ::core::cmp::PartialEq,
        &'__struct Option<String>: ::core::cmp::PartialEq,
        &'__struct T: ::core::cmp::PartialEq,
        &'__struct Currency: ::core::cmp::PartialEq,
        &'__struct IpAddr: ::core::cmp::PartialEq,
        &'__struct Option<Secret<Key>>: ::core::cmp::PartialEq,
        Limits: _decree::Compare<'__struct>,
        Option<Limits>: _decree::Compare<'__struct>,
        More: _decree::Compare<'__struct>,
    {
        fn compare(
            &'__struct self,
            __new: &'__struct Self,
            __changed: &mut _decree::Changed,
        ) {
            __changed.field("payments.fee", &self.fee, &__new.fee);
            __changed.field("payments.time-limit", &self.timeout, &__new.timeout);
            __changed.field("payments.type", &self.r#type, &__new.r#type);
            __changed.field("payments.unit", &self.unit, &__new.unit);
            __changed.field("payments.currency", &self.currency, &__new.currency);
            __changed.field("payments.host", &self.host, &__new.host);
            __changed.field("payments.key", &self.key, &__new.key);
            __changed.nested("payments.limits", &self.limits, &__new.limits);
            __changed.nested("payments.old.limits", &self.before, &__new.before);
            __changed.nested("payments", &self.more, &__new.more);
        }
    }
    #[automatically_derived]
    #[allow(
        clippy::type_repetition_in_bounds,
        dead_code,
        deprecated,
        unreachable_pub,
        unused_qualifications
    )]
    impl<T: Unit + 'static> Payments<T>
    where
        Self: ::core::marker::Send + ::core::marker::Sync,
    {
        ///The field `fee`: `payments.fee` on the server.
        pub const FEE: _decree::Setting<Self, f64> = _decree::Setting::new(
            "payments.fee",
            |__it| &__it.fee,
        );
        ///The field `timeout`: `payments.time-limit` on the server.
        const TIMEOUT: _decree::Setting<Self, Duration> = _decree::Setting::new(
            "payments.time-limit",
            |__it| &__it.timeout,
        );
        ///The field `r#type`: `payments.type` on the server.
        const TYPE: _decree::Setting<Self, Option<String>> = _decree::Setting::new(
            "payments.type",
            |__it| &__it.r#type,
        );
        ///The field `unit`: `payments.unit` on the server.
        pub(crate) const UNIT: _decree::Setting<Self, T> = _decree::Setting::new(
            "payments.unit",
            |__it| &__it.unit,
        );
        ///The field `currency`: `payments.currency` on the server.
        const CURRENCY: _decree::Setting<Self, Currency> = _decree::Setting::new(
            "payments.currency",
            |__it| &__it.currency,
        );
        ///The field `host`: `payments.host` on the server.
        const HOST: _decree::Setting<Self, IpAddr> = _decree::Setting::new(
            "payments.host",
            |__it| &__it.host,
        );
        ///The field `key`: `payments.key` on the server.
        const KEY: _decree::Setting<Self, Option<Secret<Key>>> = _decree::Setting::new(
            "payments.key",
            |__it| &__it.key,
        );
        ///The field `limits`: `payments.limits` on the server.
        const LIMITS: _decree::Setting<Self, Limits> = _decree::Setting::new(
            "payments.limits",
            |__it| &__it.limits,
        );
        ///The field `before`: `payments.old.limits` on the server.
        const BEFORE: _decree::Setting<Self, Option<Limits>> = _decree::Setting::new(
            "payments.old.limits",
            |__it| &__it.before,
        );
        ///The field `more`: `payments` on the server.
        const MORE: _decree::Setting<Self, More> = _decree::Setting::new(
            "payments",
            |__it| &__it.more,
        );
    }
};
