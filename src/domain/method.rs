//! The methods of HTTP.

/// The methods that a resource answers, in upper case: RFC 9110, section 9.3, and PATCH of RFC 5789. CONNECT asks a proxy for a
/// tunnel and is none of them.
pub const METHODS: [&str; 8] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"];

/// Whether a word in upper case is a method that a resource answers.
#[must_use]
pub fn is_method(word: &str) -> bool {
    METHODS.contains(&word)
}

/// Whether a word in upper case is any method, CONNECT among them.
#[must_use]
pub fn is_any_method(word: &str) -> bool {
    is_method(word) || word == "CONNECT"
}
