// What a nested struct cannot hold, and what it cannot be held in.
use std::sync::Arc;

use decree_runtime::DecreeConfig;

#[derive(DecreeConfig)]
struct Tree {
    #[decree(nested)]
    left: Option<Box<Tree>>,
    #[decree(nested)]
    right: Option<Box<Self>>,
    #[decree(nested)]
    more: Vec<Tree>,
}

#[derive(DecreeConfig)]
struct Leaf {
    #[decree(default = 1)]
    size: u32,
}

#[derive(DecreeConfig)]
struct Held {
    #[decree(nested)]
    boxed: Box<Leaf>,
    #[decree(nested)]
    shared: Option<Arc<Leaf>>,
    #[decree(flatten)]
    list: Vec<Leaf>,
    #[decree(nested)]
    number: Option<u32>,
}

fn main() {}
