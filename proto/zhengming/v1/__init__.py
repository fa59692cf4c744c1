"""The contract `zhengming.v1`: messages and service stubs, generated from the `.proto` files beside them."""
