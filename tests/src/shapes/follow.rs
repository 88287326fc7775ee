//! Each field through all that can happen to it, while a program runs.

use std::{collections::BTreeMap, time::Duration};

use decree_runtime::{DecreeConfig, Live, Value};

use super::{
    Shapes,
    rows::{Row, rows, schema},
};
use crate::{
    admin::{kind, typed},
    scenario::{RECONCILE, Server, create, start, until},
};

/// Each field is written, changed, made null and spoiled, by itself; after each step the struct shows
/// what `texts`, which asks the server in another way, says of all.
pub async fn every_shape_follows(
    server: &impl Server,
    texts: impl AsyncFn(&str) -> BTreeMap<String, String>,
) {
    const TENANT: &str = "shapes";
    const NAME: &str = "shapes.limits.place.name";
    let rows = rows();
    create(server, TENANT, &schema(&rows)).await;
    let admin = server.admin();
    let set = async |row: &Row, text: Option<&str>| {
        let parsed = text.map(|text| Value::parse(row.kind, text).expect(text));
        let value = parsed.and_then(|value| typed(kind(value)));
        admin.set(TENANT, row.path, value).await.expect(row.path)
    };
    let mut live: Live<Shapes> = start(server, TENANT).await;
    assert_eq!(
        *live.load(),
        Shapes::defaults().expect("each has one, or may be missing")
    );

    for row in &rows {
        for text in row.fit {
            let version = set(row, Some(text)).await;
            shows(&mut live, version).await;
            agree(&live, row, &texts(TENANT).await);
        }
    }
    for row in &rows {
        let before = (row.shown)(&live.load());
        if let Some(unfit) = row.unfit {
            let version = set(row, Some(unfit)).await;
            let refused = rejected(&live, version).await;
            assert_eq!(refused, [row.path], "{unfit}");
            assert_eq!((row.shown)(&live.load()), before, "{}", row.path);
        }
        let version = set(row, Some(row.fit[0])).await;
        shows(&mut live, version).await;
        assert!(live.status().rejection.is_none(), "{}", row.path);
        agree(&live, row, &texts(TENANT).await);
    }
    // The name of a place is what it cannot be without: it goes last.
    let (names, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.path == NAME);
    for row in others.into_iter().chain(names) {
        let version = set(row, None).await;
        shows(&mut live, version).await;
        let default = (row.shown)(&Shapes::defaults().expect("as above"));
        let port = "shapes.limits.place.port";
        if row.path != port {
            assert_eq!((row.shown)(&live.load()), default, "{}", row.path);
        }
    }
    assert_eq!(*live.load(), Shapes::defaults().expect("as above"));
    live.shutdown().await;
}

async fn shows(live: &mut Live<Shapes>, version: i32) {
    let shown = live.clone();
    until(live, RECONCILE, |_| shown.version() >= version).await;
}

/// The fields for which a version is rejected.
async fn rejected(live: &Live<Shapes>, version: i32) -> Vec<String> {
    let rejection = async {
        loop {
            match live.status().rejection {
                Some(rejection) if rejection.error.version() >= version => return rejection,
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    let rejection = tokio::time::timeout(RECONCILE, rejection)
        .await
        .expect("it is noticed");
    let fields = rejection.error.fields().iter();
    fields.map(|field| field.path().to_owned()).collect()
}

/// What the struct shows of a field is what the server says of it. The official command line writes
/// numbers in its own way: `1.6777216e+07`.
fn agree(live: &Live<Shapes>, row: &Row, texts: &BTreeMap<String, String>) {
    let said = texts.get(row.path).map(|text| Value::parse(row.kind, text));
    let said = said.transpose().expect(row.path);
    assert_eq!((row.shown)(&live.load()), said, "{}", row.path);
}
