//! Scripts within other files: the `<script>` blocks of Vue and Svelte, the front matter of Astro.
//!
//! Everything else becomes blanks, so that lines and columns stay; what markup says of `import.meta.env` is kept as a
//! statement of its own.

/// What is read where it stands in markup.
const IN_MARKUP: &str = "import.meta.env.";

/// The scripts of a file whose name says that it has some; none where it is a script itself.
pub(crate) fn scripts_of(path: &str, text: &str) -> Option<String> {
    let astro = path.ends_with(".astro");
    if !astro && !path.ends_with(".vue") && !path.ends_with(".svelte") {
        return None;
    }
    let mut kept: Vec<(usize, usize)> = Vec::new();
    if astro
        && let Some(rest) = text.trim_start().strip_prefix("---")
        && let Some(end) = rest.find("\n---")
    {
        let start = text.len() - rest.len();
        kept.push((start, start + end));
    }
    let mut from = kept.last().map_or(0, |(_, end)| *end);
    while let Some(open) = text.get(from..).and_then(|rest| rest.find("<script")).map(|at| from + at) {
        let Some(start) = text[open..].find('>').map(|at| open + at + 1) else { break };
        let end = text[start..].find("</script").map_or(text.len(), |at| start + at);
        kept.push((start, end));
        from = end;
    }
    let inside = |at: usize| kept.iter().any(|(start, end)| (*start..*end).contains(&at));
    let mut reads: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.match_indices(IN_MARKUP) {
        let name = text[at + IN_MARKUP.len()..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').count();
        if name > 0 && !inside(at) {
            reads.push((at, at + IN_MARKUP.len() + name));
        }
    }
    let is_kept = |at: usize| inside(at) || reads.iter().any(|(start, end)| (*start..*end).contains(&at));
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '\n' | '\r' => out.push(c),
            c if is_kept(at) => out.push(c),
            // What follows is another statement.
            _ if reads.iter().any(|(_, end)| *end == at) || kept.iter().any(|(start, _)| start - 1 == at) => {
                out.push(';')
            }
            _ => out.push(' '),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::scripts_of;

    #[test]
    fn scripts_keep_their_lines() {
        let vue = "<template>\n  <a :href=\"import.meta.env.VITE_B\">é</a>\n</template>\n<script setup lang=\"ts\">\nconst a: string = 1\n</script>\n";
        let out = scripts_of("a.vue", vue).unwrap_or_default();
        let lines: Vec<&str> = out.lines().map(str::trim).collect();
        assert_eq!(vec!["", "import.meta.env.VITE_B;", "", ";", "const a: string = 1", ""], lines);
        let astro = "---\nconst a = 1;\n---\n<p>{a}</p>\n<script>\nb()\n</script>\n";
        let out = scripts_of("a.astro", astro).unwrap_or_default();
        let lines: Vec<&str> = out.lines().map(|line| line.trim().trim_matches(';')).collect();
        assert_eq!(vec!["", "const a = 1", "", "", "", "b()", ""], lines);
        assert_eq!(None, scripts_of("a.ts", ""));
    }
}
