// Types of which no setting can be: what the compiler says by itself stands beside our message.
use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use decree_runtime::{DecreeConfig, Secret};

#[derive(DecreeConfig)]
struct Itself {
    size: u32,
    #[decree(nested)]
    again: Itself,
}

#[derive(DecreeConfig)]
struct Unsized {
    size: u32,
    name: str,
}

#[derive(DecreeConfig)]
struct Slice {
    size: u32,
    all: [u32],
}

#[derive(DecreeConfig)]
struct Borrowed {
    one: &str,
    #[decree(json)]
    optional: Option<&str>,
    either: Cow<'_, str>,
}

#[derive(DecreeConfig)]
struct Within {
    size: u32,
    text: Option<str>,
    hidden: Secret<Option<[u8]>>,
}

#[derive(DecreeConfig)]
struct Elided {
    text: Cow<str>,
}

#[derive(DecreeConfig)]
struct Unshared {
    #[decree(default = "a")]
    text: Rc<str>,
    #[decree(skip)]
    cell: Option<Arc<Cell<u32>>>,
    #[decree(skip)]
    pointer: *const u8,
    #[decree(json)]
    many: RefCell<Vec<u8>>,
}

macro_rules! settings {
    ($name:ident, $ty:ty) => {
        #[derive(DecreeConfig)]
        struct $name {
            field: $ty,
        }
    };
}

settings!(FromMacro, Rc<str>);

#[derive(DecreeConfig)]
struct OfTheirs {
    #[decree(default = "a")]
    cell: theirs::Cell,
    path: theirs::Path,
}

mod theirs {
    use decree_runtime::DecreeEnum;

    #[derive(DecreeEnum)]
    pub enum Cell {
        A,
    }

    #[derive(DecreeEnum)]
    pub enum Path {
        A,
    }
}

fn main() {}
