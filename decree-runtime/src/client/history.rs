//! The versions of a tenant: listing them, telling them apart, and going back.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use decree_proto::v1;
use futures_util::Stream;

use super::{Client, call::About, wire};
use crate::{error::Error, snapshot::Written};

/// One version of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Version {
    /// 1 for the first, and one more with each write.
    pub number: i32,
    /// Tells two histories apart: after a restore, the same number has another id.
    pub id: String,
    /// What whoever wrote it said about it; empty if nothing.
    pub description: String,
    /// Who wrote it, and when.
    pub written: Written,
}

/// What happened to a field between two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diff {
    /// The field.
    pub path: String,
    /// In one word.
    pub what: WhatChanged,
    /// Its text before; `None` when there was none, or when it is hidden.
    pub old: Option<String>,
    /// Its text after; `None` when there is none, or when it is hidden.
    pub new: Option<String>,
    /// The texts are not shown: the schema calls the field sensitive, or does not know it.
    pub hidden: bool,
}

/// See [`Diff`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhatChanged {
    /// It had no value before.
    Added,
    /// It has none any more.
    Removed,
    /// It has another.
    Modified,
}

impl Client {
    /// Every version of a tenant, newest first, read page by page as they are asked for.
    ///
    /// Use it as a `Stream`, or by [`Versions::next`].
    ///
    /// ```no_run
    /// # async fn example(client: decree_runtime::Client) -> Result<(), decree_runtime::Error> {
    /// let mut versions = client.versions("acme");
    /// while let Some(version) = versions.next().await {
    ///     let version = version?;
    ///     println!("{} by {}", version.number, version.written.by);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn versions(&self, tenant: impl Into<String>) -> Versions {
        Versions {
            client: self.clone(),
            tenant: tenant.into(),
            page: Vec::new(),
            next: Next::Token(String::new()),
            last: None,
        }
    }

    /// What is known about one version.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none of that number, and
    /// whatever keeps a call from being answered.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn version(&self, tenant: &str, number: i32) -> Result<Version, Error> {
        let about = About::tenant("looking up a version of", tenant)?;
        let message = v1::GetVersionRequest {
            tenant_id: tenant.to_owned(),
            version: number,
        };
        let answer = self.ask(&about, message, |stubs, request| async move {
            stubs.config().get_version(request).await
        });
        let version = answer.await?.config_version;
        Ok(wire::version(
            version.ok_or_else(|| self.incomplete(&about))?,
        ))
    }

    /// Makes a new version of an old one, and returns its number. Fields that were first written
    /// after the old one keep their values.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is no such version, what
    /// keeps any of its fields from being written, and whatever keeps a call from being answered.
    /// It is not tried again once it may have happened.
    ///
    /// # Cancel safety
    ///
    /// Dropped in the middle, it happened or it did not; [`versions`](Self::versions) tells.
    pub async fn rollback(&self, tenant: &str, number: i32) -> Result<i32, Error> {
        // The server takes a number that is too high for the newest version.
        self.version(tenant, number).await?;
        let about = About::tenant("rolling back", tenant)?;
        let message = v1::RollbackToVersionRequest {
            tenant_id: tenant.to_owned(),
            version: number,
            description: None,
        };
        let answer = self.tell(&about, message, |stubs, request| async move {
            stubs.config().rollback_to_version(request).await
        });
        let version = answer.await?.config_version;
        let version = version.ok_or_else(|| self.incomplete(&about))?;
        Ok(self.wrote(&version.tenant_id, version.version))
    }

    /// What changed from one version to another, sorted by path.
    ///
    /// The server would show sensitive values in clear here, so the schema is read, too, and they
    /// are hidden.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is no such version, and
    /// whatever keeps a call from being answered.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is changed.
    pub async fn diff(&self, tenant: &str, from: i32, to: i32) -> Result<Vec<Diff>, Error> {
        let about = About::tenant("comparing versions of", tenant)?;
        let declared = self.declared(&about).await?;
        let message = v1::DiffVersionsRequest {
            tenant_id: tenant.to_owned(),
            from_version: from,
            to_version: to,
        };
        let answer = self.ask(&about, message, |stubs, request| async move {
            stubs.config().diff_versions(request).await
        });
        let diff = |diff: v1::FieldDiff| {
            let field = declared.get(&diff.field_path);
            wire::diff(diff, field.is_none_or(|field| field.sensitive))
        };
        let mut diffs: Vec<_> = answer.await?.diffs.into_iter().map(diff).collect();
        diffs.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(diffs)
    }
}

/// The versions of a tenant, newest first. Made by [`Client::versions`].
#[must_use = "nothing is read before it is asked for"]
pub struct Versions {
    client: Client,
    tenant: String,
    /// What was read and not handed out, oldest first.
    page: Vec<Version>,
    next: Next,
    /// The number that was handed out last. Pages are counted from the newest version, so a write
    /// in between shifts them, and some come twice.
    last: Option<i32>,
}

type Page = Result<v1::ListVersionsResponse, Error>;

enum Next {
    /// The token of the page that follows.
    Token(String),
    Reading(Pin<Box<dyn Future<Output = Page> + Send>>),
    /// There is none.
    End,
}

impl Versions {
    /// The next older version; `None` after the oldest, and after an error.
    ///
    /// # Errors
    ///
    /// Whatever keeps a call from being answered.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is lost.
    pub async fn next(&mut self) -> Option<Result<Version, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for Versions {
    type Item = Result<Version, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(version) = self.page.pop() {
                if self.last.is_none_or(|last| version.number < last) {
                    self.last = Some(version.number);
                    return Poll::Ready(Some(Ok(version)));
                }
                continue;
            }
            match &mut self.next {
                Next::End => return Poll::Ready(None),
                Next::Token(token) => {
                    let token = std::mem::take(token);
                    let (client, tenant) = (self.client.clone(), self.tenant.clone());
                    let reading = async move { client.versions_page(&tenant, token).await };
                    self.next = Next::Reading(Box::pin(reading));
                }
                Next::Reading(reading) => {
                    let page = ready!(reading.as_mut().poll(context));
                    self.next = Next::End;
                    let page = match page {
                        Ok(page) => page,
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    };
                    if !page.next_page_token.is_empty() {
                        self.next = Next::Token(page.next_page_token);
                    }
                    self.page = page.versions.into_iter().rev().map(wire::version).collect();
                }
            }
        }
    }
}

impl Client {
    async fn versions_page(&self, tenant: &str, page_token: String) -> Page {
        let about = About::tenant("listing versions of", tenant)?;
        let message = v1::ListVersionsRequest {
            tenant_id: tenant.to_owned(),
            page_size: PAGE,
            page_token,
        };
        self.ask(&about, message, |stubs, request| async move {
            stubs.config().list_versions(request).await
        })
        .await
    }
}

/// How many versions one call lists: the server's most.
const PAGE: i32 = 500;

impl std::fmt::Debug for Versions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Versions")
            .field("tenant", &self.tenant)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}
