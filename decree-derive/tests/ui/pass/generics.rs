// Generics need no `Send`, `Sync` and `'static` of their own, and functions may have any path.
use std::{marker::PhantomData, rc::Rc};

use decree_runtime::{DecreeConfig, FromValue, Value};

trait Checks {
    fn check(_: &u32) -> Result<(), String> {
        Err("never".to_owned())
    }
    fn read(_: &Value) -> Result<u32, String> {
        Err("never".to_owned())
    }
}

struct Checker;

impl Checks for Checker {}

#[derive(DecreeConfig)]
struct Generic<T: FromValue> {
    #[decree(default = 1, validate = <Checker as Checks>::check)]
    number: u32,
    #[decree(with = <Checker as Checks>::read, default = 1)]
    read: u32,
    value: Option<T>,
}

#[derive(DecreeConfig)]
struct Marked<K> {
    #[decree(default = 1)]
    number: u32,
    #[decree(skip)]
    kind: PhantomData<fn() -> K>,
}

#[derive(DecreeConfig)]
struct Outer<T>
where
    T: DecreeConfig,
{
    #[decree(nested)]
    inner: T,
}

#[derive(DecreeConfig)]
struct Deep<T: FromValue> {
    #[decree(nested)]
    middle: Middle<T>,
}

#[derive(DecreeConfig)]
struct Middle<T: FromValue> {
    #[decree(nested)]
    one: Generic<T>,
    #[decree(nested)]
    two: Option<Generic<Option<T>>>,
}

fn main() {
    assert_eq!(Deep::<u8>::fields().len(), 6);
    let fields = Outer::<Generic<bool>>::fields();
    assert_eq!(fields[0].constraints()[0].to_string(), "what `<Checker as Checks>::check` accepts");
    assert!(Marked::<Rc<()>>::defaults().is_ok());
    assert!(Generic::<String>::defaults().is_err());
}
