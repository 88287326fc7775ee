//! Frames of HTTP/2, as far as a wire has to know them (RFC 9113, 4.1).

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// What a client sends before its first frame.
pub(super) const PREFACE: usize = 24;

const HEAD: usize = 9;

const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const RST_STREAM: u8 = 0x3;
const GOAWAY: u8 = 0x7;

const END_STREAM: u8 = 0x1;

/// The highest number of a stream.
pub(super) const LAST_STREAM: u32 = u32::MAX >> 1;

/// Why a stream or a connection ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reason {
    NoError = 0x0,
    RefusedStream = 0x7,
    Cancel = 0x8,
    EnhanceYourCalm = 0xb,
}

pub(super) struct Frame(Vec<u8>);

impl Frame {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn stream(&self) -> u32 {
        u32::from_be_bytes([self.0[5], self.0[6], self.0[7], self.0[8]])
    }

    pub(super) fn is_headers(&self) -> bool {
        self.0[3] == HEADERS
    }

    /// Whether it is the last of its stream.
    pub(super) fn is_end(&self) -> bool {
        match self.0[3] {
            RST_STREAM => true,
            DATA | HEADERS => self.0[4] & END_STREAM != 0,
            _ => false,
        }
    }
}

/// What was read and is not a whole frame yet.
#[derive(Default)]
pub(super) struct Frames(Vec<u8>);

impl Frames {
    /// The next one; nothing at the end.
    ///
    /// # Cancel safety
    ///
    /// What was read stays here.
    pub(super) async fn next(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<Option<Frame>> {
        loop {
            if let Some(frame) = self.take() {
                return Ok(Some(frame));
            }
            if from.read_buf(&mut self.0).await? == 0 {
                return Ok(None);
            }
        }
    }

    fn take(&mut self) -> Option<Frame> {
        let length = self.0.first_chunk::<3>()?;
        let end = HEAD
            + usize::from(length[0]) * 0x1_0000
            + usize::from(length[1]) * 0x100
            + usize::from(length[2]);
        (self.0.len() >= end).then(|| Frame(self.0.drain(..end).collect()))
    }
}

/// Ends a stream.
pub(super) fn reset(stream: u32, reason: Reason) -> Vec<u8> {
    frame(RST_STREAM, stream, &[reason as u32])
}

/// Ends a connection when its streams have; those after `last` at once.
pub(super) fn goaway(last: u32, reason: Reason) -> Vec<u8> {
    frame(GOAWAY, 0, &[last, reason as u32])
}

fn frame(kind: u8, stream: u32, payload: &[u32]) -> Vec<u8> {
    let length = u8::try_from(4 * payload.len()).expect("few words");
    let mut bytes = vec![0, 0, length, kind, 0];
    for word in std::iter::once(&stream).chain(payload) {
        bytes.extend(word.to_be_bytes());
    }
    bytes
}
