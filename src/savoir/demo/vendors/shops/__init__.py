"""The same orders as other shops than Shopify would export them."""
