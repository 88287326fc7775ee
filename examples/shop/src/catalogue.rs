//! What the shop sells.

use serde::Serialize;

use crate::store::Cart;

#[derive(Debug, Serialize)]
pub(crate) struct Product {
    id: u32,
    name: &'static str,
    pub(crate) cents: u64,
}

pub(crate) const PRODUCTS: &[Product] = &[
    product(1, "anvil", 4_900),
    product(2, "bellows", 3_450),
    product(3, "chisel", 1_290),
    product(4, "drill", 8_000),
    product(5, "easel", 2_575),
];

const fn product(id: u32, name: &'static str, cents: u64) -> Product {
    Product { id, name, cents }
}

pub(crate) fn find(id: u32) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.id == id)
}

/// What the products of a cart cost without a discount.
pub(crate) fn sum(cart: &Cart) -> u64 {
    let known = |(id, quantity): (&u32, &u32)| {
        let product = find(*id)?;
        Some(product.cents * u64::from(*quantity))
    };
    cart.iter().filter_map(known).sum()
}
