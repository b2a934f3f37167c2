//! The only module that knows the YAML crate: text to [`Node`](crate::domain::node::Node)s with places, no duplicate keys.
