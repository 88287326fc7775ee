// Generics need no `Send`, `Sync` and `'static` of their own, and functions may have any path.
use std::{cell::RefCell, marker::PhantomData, rc::Rc, sync::Mutex};

use decree_runtime::{DecreeConfig, FromValue, Kind, Mismatch, ToValue, Value};

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

// Only that of the whole type of a field is known to be read.
#[derive(DecreeConfig)]
struct Optional<T>
where
    Option<T>: FromValue,
    T: PartialOrd + ToValue + Default,
{
    #[decree(min = T::default())]
    value: Option<T>,
}

const TEXT: usize = 3;

struct Buffer<const N: usize>;

impl<const N: usize> FromValue for Buffer<N> {
    const KINDS: &'static [Kind] = &[Kind::String];

    fn from_value(_: &Value) -> Result<Self, Mismatch> {
        Ok(Self)
    }
}

#[derive(DecreeConfig)]
struct Constant {
    #[decree(default = "x")]
    buffer: Buffer<TEXT>,
    #[decree(skip, default = Mutex::default())]
    shared: Mutex<RefCell<u8>>,
    #[decree(skip)]
    marker: Marker<Rc<u8>>,
}

type Marker<T> = PhantomData<fn() -> T>;

fn main() {
    assert_eq!(Optional::<u32>::fields().len(), 1);
    assert!(Constant::defaults().is_ok());
    assert_eq!(Deep::<u8>::fields().len(), 6);
    let fields = Outer::<Generic<bool>>::fields();
    assert_eq!(fields[0].constraints()[0].to_string(), "what `<Checker as Checks>::check` accepts");
    assert!(Marked::<Rc<()>>::defaults().is_ok());
    assert!(Generic::<String>::defaults().is_err());
}
