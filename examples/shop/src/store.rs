//! Carts and orders, in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

use crate::quote::Quote;

/// How much of each product.
pub(crate) type Cart = BTreeMap<u32, u32>;

#[derive(Debug, Clone, Serialize)]
pub struct Order {
    pub items: Cart,
    /// What was promised when it was made, whatever things cost now.
    pub quote: Quote,
    pub cancelled: bool,
}

#[derive(Debug, Default)]
pub struct Store(Mutex<Shelves>);

#[derive(Debug, Default)]
struct Shelves {
    carts: BTreeMap<u32, Cart>,
    /// The number of a cart is not given twice.
    carts_made: u32,
    orders: Vec<Order>,
}

impl Store {
    pub fn new_cart(&self) -> u32 {
        let mut shelves = self.shelves();
        shelves.carts_made += 1;
        let id = shelves.carts_made;
        shelves.carts.insert(id, Cart::new());
        id
    }

    #[must_use]
    pub fn cart(&self, id: u32) -> Option<Cart> {
        self.shelves().carts.get(&id).cloned()
    }

    /// The cart with the change; `None` if there is no such cart.
    pub fn change_cart(&self, id: u32, change: impl FnOnce(&mut Cart)) -> Option<Cart> {
        let mut shelves = self.shelves();
        let cart = shelves.carts.get_mut(&id)?;
        change(cart);
        Some(cart.clone())
    }

    pub fn take_cart(&self, id: u32) -> Option<Cart> {
        self.shelves().carts.remove(&id)
    }

    /// The number of the order.
    pub fn order(&self, order: Order) -> usize {
        let mut shelves = self.shelves();
        shelves.orders.push(order);
        shelves.orders.len() - 1
    }

    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        self.shelves().orders.clone()
    }

    /// The order as it is then; `None` if there is no such order.
    pub fn cancel(&self, id: usize) -> Option<Order> {
        let mut shelves = self.shelves();
        let order = shelves.orders.get_mut(id)?;
        order.cancelled = true;
        Some(order.clone())
    }

    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        // Nothing in here is half done when it panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
