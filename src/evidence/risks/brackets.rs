//! The lines of a call, by its brackets: enough to see what stands beside a word, in whatever language.

/// Lines that are looked through for one call.
const MOST: usize = 60;

/// How many brackets a line opens, less those that it closes.
fn depth(line: &str) -> i32 {
    line.chars().fold(0, |depth, c| match c {
        '(' | '[' | '{' => depth + 1,
        ')' | ']' | '}' => depth - 1,
        _ => depth,
    })
}

/// A line and those that follow until its brackets are closed.
pub(super) fn call(lines: &[&str], at: usize) -> String {
    let mut open = 0;
    let mut call = String::new();
    for line in lines[at..].iter().take(MOST) {
        call.push_str(line);
        open += depth(line);
        if open <= 0 {
            break;
        }
        call.push('\n');
    }
    call
}

/// The lines above that open a bracket which is still open here, the nearest first.
pub(super) fn around<'a>(lines: &[&'a str], at: usize) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut closed = 0;
    for line in lines[..at].iter().rev().take(MOST) {
        closed -= depth(line);
        if closed < 0 {
            found.push(*line);
            closed = 0;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_ends_with_its_brackets() {
        let lines = ["a(", "  b(1),", "  c)", "d()"];
        assert_eq!("a(\n  b(1),\n  c)", call(&lines, 0));
        assert_eq!("  b(1),", call(&lines, 1));
        assert_eq!(vec!["a("], around(&lines, 2));
        assert!(around(&lines, 3).is_empty());
    }
}
