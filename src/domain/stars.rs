//! Patterns in which a star stands for anything.

/// Whether a name fits a pattern in which `*` stands for anything.
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_anything_and_nothing_else_does() {
        for (pattern, name) in
            [("A", "A"), ("A_*", "A_"), ("*", "X"), ("T_*_KEY", "T_x_KEY"), ("*_*_*", "A_B_C"), ("", "")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("A", "AB"), ("A_*", "B_A_"), ("T_*_KEY", "T_KEY"), ("*a*a", "a"), ("", "A")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
