//! Files that are there as a whole or not at all.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use super::unusable::Reason;

/// The most that is read or written: sixteen times what the server sends in one answer.
pub(super) const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A temporary file this old was left by a writer that is gone: a write takes milliseconds.
const LEFTOVER_AFTER: Duration = Duration::from_secs(60 * 60);

/// What is done next on the way to a new file. Whatever happens between two of them, the file is
/// the old one or the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Create,
    Write,
    Flush,
    Rename,
    FlushFolder,
    Done,
}

pub(super) fn read(file: &Path) -> Result<Vec<u8>, Reason> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Reason::Missing,
        _ => Reason::Unreadable(error),
    };
    // Not through a link, and never waiting for the other end of a pipe.
    let metadata = fs::symlink_metadata(file).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Reason::Foreign("not a plain file".to_owned()));
    }
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(unreadable)?;
    let mut limited = opened.take(BYTES_MAX + 1);
    limited.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Reason::TooLarge(metadata.len()));
    }
    Ok(bytes)
}

/// Makes the folder, for its owner alone.
pub(super) fn prepare(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| at(folder, &error))
}

/// Says so when others may put files into the folder.
pub(super) fn warn_of_others(folder: &Path) {
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(folder) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        if mode & 0o022 != 0 {
            tracing::warn!(
                folder = %folder.display(),
                mode = format!("{:o}", mode & 0o7777),
                "others than its owner may write to the folder of settings, and so choose the \
                 settings of a start without a server; make it 0700"
            );
        }
    }
}

/// Replaces a file, or makes it.
pub(super) fn replace(
    file: &Path,
    bytes: &[u8],
    step: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    let temporary = temporary(file, &format!("{:08x}", fastrand::u32(..)));
    let written = write_and_rename(file, &temporary, bytes, step);
    if written.is_err() {
        // It may not be there, and the error that counts is the first.
        let _gone = fs::remove_file(&temporary);
    }
    written
}

fn write_and_rename(
    file: &Path,
    temporary: &Path,
    bytes: &[u8],
    step: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    step(Step::Create)?;
    let mut options = OpenOptions::new();
    // New: not what somebody else put there, nor where a link of theirs leads.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(temporary).map_err(|error| at(file, &error))?;
    step(Step::Write)?;
    opened.write_all(bytes).map_err(|error| at(file, &error))?;
    step(Step::Flush)?;
    opened.sync_all().map_err(|error| at(file, &error))?;
    drop(opened);
    step(Step::Rename)?;
    fs::rename(temporary, file).map_err(|error| at(file, &error))?;
    step(Step::FlushFolder)?;
    // Only there is a folder a file that can be flushed.
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        let flushed = File::open(folder).and_then(|folder| folder.sync_all());
        flushed.map_err(|error| at(folder, &error))?;
    }
    step(Step::Done)
}

/// Removes what killed writers of the same file left.
pub(super) fn remove_leftovers(file: &Path) {
    let Some(entries) = file.parent().and_then(|folder| fs::read_dir(folder).ok()) else {
        return;
    };
    let ours = temporary(file, "");
    let ours = ours.file_name().unwrap_or_default().to_string_lossy();
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(&*ours) {
            continue;
        }
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|modified| modified.elapsed().ok());
        if age.is_some_and(|age| age > LEFTOVER_AFTER) {
            // Another process may have been faster.
            let _gone = fs::remove_file(entry.path());
        }
    }
}

/// Next to the file: only within one file system is a rename one step.
fn temporary(file: &Path, tail: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.tmp-{tail}"))
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
