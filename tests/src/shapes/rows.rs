//! The fields of the struct, one by one.

use std::collections::HashMap;

use decree_runtime::{DecreeConfig, FieldSpec, Json, Kind, ToValue, Value};

use super::{MEGABYTE, Shapes};

/// A field: two values that fit, one that does not if there is one, and what a struct shows.
pub(super) struct Row {
    pub(super) path: &'static str,
    pub(super) kind: Kind,
    pub(super) fit: [&'static str; 2],
    pub(super) unfit: Option<&'static str>,
    pub(super) shown: fn(&Shapes) -> Option<Value>,
}

fn written(value: &impl ToValue) -> Option<Value> {
    value.to_value().expect("it can be written")
}

macro_rules! rows {
    ($($path:literal $kind:ident [$a:literal $b:literal] $unfit:expr, |$it:ident| $shown:expr;)*) => {
        vec![$(Row {
            path: $path,
            kind: Kind::$kind,
            fit: [$a, $b],
            unfit: $unfit,
            shown: |$it| written(&$shown),
        },)*]
    };
}

pub(super) fn rows() -> Vec<Row> {
    rows! {
        "shapes.flag" Bool ["true" "false"] None, |it| it.flag;
        "shapes.small" Integer ["-5" "5"] Some("6"), |it| it.small;
        "shapes.large" Integer ["0" "9223372036854775807"] Some("-1"), |it| it.large;
        "shapes.ratio" Number ["0.125" "16777216"] Some("1e300"), |it| it.ratio;
        "shapes.exact-ratio" Number ["0.1" "-1e300"] Some("1"), |it| it.exact;
        "shapes.type" String ["" "ä\u{1f600}"] None, |it| it.r#type;
        "shapes.secret" String ["hunter2" "hunter3"] None, |it| it.secret;
        "shapes.limits.waitAtMost" Duration ["1ns" "1h0m0s"] Some("-1s"), |it| it.limits.wait_at_most;
        "shapes.limits.notBefore" Time ["1969-12-31T23:59:59.5Z" "2026-01-01T00:00:00Z"] None, |it| it.limits.not_before;
        "shapes.limits.timeZone" Time ["2026-01-01T00:00:00.000000001Z" "2000-02-29T00:00:00Z"] None, |it| it.limits.time_zone;
        "shapes.limits.stamp" Time ["2026-01-01T00:00:00Z" "1970-01-01T00:00:00Z"] None, |it| it.limits.stamp;
        "shapes.limits.span" Duration ["-1m30s" "2h0m0s"] None, |it| it.limits.span;
        "shapes.limits.mode" String ["first-come" "fair!"] Some("Fair"), |it| it.limits.mode;
        "shapes.limits.place.name" String ["a" "b"] None, |it| it.limits.place.as_ref().map(|place| place.name.to_string());
        "shapes.limits.place.host" String ["127.0.0.1" "::1"] Some("localhost"), |it| it.limits.place.as_ref().and_then(|place| place.host);
        "shapes.limits.place.port" Integer ["1" "65535"] Some("0"), |it| it.limits.place.as_ref().map(|place| place.port);
        "shapes.limits.place.page" Url ["https://a.example/x" "http://b.example/"] None, |it| it.limits.place.as_ref().and_then(|place| place.page.clone());
        "shapes.limits.place.tiers" Json [r#"[{"name":"a","limits":[1,2]}]"# "[]"] Some("[1]"), |it| it.limits.place.as_ref().and_then(|place| place.tiers.clone());
        "shapes.limits.place.any" Json ["null" r#"{"a":[1,2.5]}"#] None, |it| it.limits.place.as_ref().and_then(|place| place.any.clone());
        "shapes.limits.place.release" String ["1.0" "2.17"] Some("1"), |it| it.limits.place.as_ref().and_then(|place| place.release).map(|release| release.to_string());
        "shapes.limits.place.weights" Json [r#"{"a":1,"b":2}"# "{}"] Some("[]"), |it| it.limits.place.as_ref().and_then(|place| place.weights.clone()).map(Json);
        "shapes.limits.place.memory" Integer ["64" "0"] Some("-1"), |it| it.limits.place.as_ref().and_then(|place| place.memory).map(|memory| memory.0 / MEGABYTE);
        "shapes.limits.place.short" String ["abc" "x"] Some("abcd"), |it| it.limits.place.as_ref().and_then(|place| place.words.word.as_deref().map(str::to_owned));
    }
}

/// The fields of the schema: those of the struct, with kinds that fit.
pub(super) fn schema(rows: &[Row]) -> String {
    let kinds: HashMap<&str, Kind> = rows.iter().map(|row| (row.path, row.kind)).collect();
    let fields = Shapes::fields();
    let line = |field: &FieldSpec| {
        // The other place has the kinds of the first.
        let path = field.path();
        let same = path.replace(".other.place.", ".place.");
        let kind = kinds.get(same.as_str()).expect("a row for each field");
        assert!(field.kinds().contains(kind), "{path}");
        format!("  {path}: {{ type: {kind}, nullable: true }}\n")
    };
    fields.iter().map(line).collect()
}
