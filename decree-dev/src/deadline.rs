//! Deadlines of calls: whatever is not done by then fails.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use http::{HeaderMap, Response};
use hyper::body::{Body as HttpBody, Bytes, Frame};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tonic::{Status, body::Body};

/// How long a caller wants to wait, if it says so in a way that can be understood.
pub(crate) fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u32 = number.parse().ok()?; // the protocol has eight digits at most
    let number_u64 = u64::from(number);
    match unit {
        "H" => Some(Duration::from_secs(number_u64 * 3600)),
        "M" => Some(Duration::from_secs(number_u64 * 60)),
        "S" => Some(Duration::from_secs(number_u64)),
        "m" => Some(Duration::from_millis(number_u64)),
        "u" => Some(Duration::from_micros(number_u64)),
        "n" => Some(Duration::from_nanos(number_u64)),
        _ => None,
    }
}

/// Answers in time, to the last message.
pub(crate) async fn keep(
    within: Duration,
    answer: impl Future<Output = Response<Body>>,
) -> Response<Body> {
    let end = Instant::now() + within;
    match timeout_at(end, answer).await {
        Ok(response) => response.map(|body| {
            Body::new(Timed {
                body: Some(body),
                end: Box::pin(sleep_until(end)),
            })
        }),
        Err(_) => exceeded().into_http(),
    }
}

fn exceeded() -> Status {
    Status::deadline_exceeded("context deadline exceeded")
}

/// A body that is cut at its end.
struct Timed {
    /// `None` once it was cut.
    body: Option<Body>,
    end: Pin<Box<Sleep>>,
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(frame) = Pin::new(body).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        ready!(self.end.as_mut().poll(cx));
        self.body = None;
        let mut trailers = HeaderMap::new();
        let added = exceeded().add_header(&mut trailers);
        Poll::Ready(Some(added.map(|()| Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_deadline_has_a_number_and_a_unit() {
        for (text, expected) in [
            ("1H", Some(Duration::from_secs(3600))),
            ("2M", Some(Duration::from_secs(120))),
            ("5S", Some(Duration::from_secs(5))),
            ("99999999m", Some(Duration::from_millis(99_999_999))),
            ("7u", Some(Duration::from_micros(7))),
            ("7n", Some(Duration::from_nanos(7))),
            ("", None),
            ("S", None),
            ("-1S", None),
            ("5", None),
            ("5s", None),
            ("5é", None),
        ] {
            let mut headers = HeaderMap::new();
            let value = HeaderValue::from_str(text).expect("a header");
            headers.insert("grpc-timeout", value);
            assert_eq!(asked(&headers), expected, "{text:?}");
        }
    }
}
