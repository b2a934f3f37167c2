//! Tells by name and value what looks like a secret, and never hands a value on.

use std::sync::LazyLock;

use serde::Deserialize;

/// The data: `rules/env/secrets.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    words: Vec<String>,
    keys: Vec<String>,
    about: Vec<String>,
    #[serde(rename = "kinds-of-things")]
    things: Vec<String>,
    kinds: Vec<Kind>,
    placeholders: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests hold the rest against"))]
    secret: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests hold the rest against"))]
    ordinary: Vec<String>,
}

/// A known kind of secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    starts: String,
    length: usize,
}

static DATA: LazyLock<Data> =
    LazyLock::new(|| super::known::built_in("rules/env/secrets.yaml", include_str!("../../../rules/env/secrets.yaml")));

/// So many that follow one another are no chance.
const SHORTEST_RUN: usize = 4;

fn has(list: &[String], word: &str) -> bool {
    list.iter().any(|entry| entry == word)
}

/// Whether a name is one that secrets have.
#[must_use]
pub(crate) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else { return false };
    if has(&DATA.about, last) || words.iter().any(|word| word == "PUBLIC") {
        return false;
    }
    if !has(&DATA.words, last) && last != "KEY" && words.iter().any(|word| has(&DATA.things, word)) {
        return false;
    }
    // `PWD` alone is the shell's folder.
    let lone = words.len() == 1 && matches!(last.as_str(), "PWD" | "PASS");
    let by_word = !lone && words.iter().any(|word| has(&DATA.words, word));
    let by_key = words.windows(2).any(|pair| pair[1] == "KEY" && has(&DATA.keys, &pair[0]));
    by_word || by_key
}

/// The words of a name, in upper case: `dbPassword` and `DB_PASSWORD` are the same two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            words.push(String::new());
            lower_before = false;
            continue;
        }
        if c.is_ascii_uppercase() && lower_before {
            words.push(String::new());
        }
        lower_before = c.is_ascii_lowercase();
        if let Some(word) = words.last_mut() {
            word.push(c.to_ascii_uppercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a variable that holds `value` where everybody can read it gives a secret away: by a secret's name with a value
/// that is no reference, switch or path, or by a value of a known kind.
#[must_use]
pub(crate) fn is_secret(name: &str, value: &str) -> bool {
    has_known_prefix(value) || (is_secret_name(name) && is_literal(value))
}

/// Whether an example's value looks real: of a known kind, or random under a secret's name.
#[must_use]
pub(crate) fn is_real_value(name: &str, value: &str) -> bool {
    let value = value.trim();
    if is_placeholder(value) && !value.starts_with("django-insecure-") {
        return false;
    }
    has_known_prefix(value) || (is_secret_name(name) && is_random(value))
}

/// A value that stands for itself: neither empty, a reference, a switch, a number of few digits nor a path.
fn is_literal(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    let reference = value.starts_with('$') || value.starts_with("{{") || value.starts_with('<');
    let switch = matches!(value.to_ascii_lowercase().as_str(), "" | "true" | "false" | "yes" | "no" | "none" | "null");
    let number = value.len() < 4 && value.bytes().all(|byte| byte.is_ascii_digit());
    !(reference || switch || number || value.starts_with('/') || value.starts_with("./"))
}

fn has_known_prefix(value: &str) -> bool {
    let value = value.trim();
    let block = value.contains("PRIVATE KEY-----");
    let known = |kind: &Kind| value.len() >= kind.length && value.starts_with(kind.starts.as_str());
    block || (!value.contains(char::is_whitespace) && DATA.kinds.iter().any(known))
}

/// Whether a value is there for a person to replace.
#[must_use]
pub(crate) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let marked = (lower.starts_with('<') && lower.ends_with('>')) || lower.starts_with("${") || lower.starts_with("{{");
    let mut kinds: Vec<char> = lower.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    marked || kinds.len() < 4 || counts_up(&lower) || DATA.placeholders.iter().any(|word| lower.contains(word.as_str()))
}

/// Whether a value is mostly digits and letters as one counts them: `1234567890:abcdefgh`.
fn counts_up(value: &str) -> bool {
    let bytes = value.as_bytes();
    let (mut counted, mut run) = (0, 1);
    for at in 1..=bytes.len() {
        if bytes.get(at).is_some_and(|&next| bytes[at - 1].checked_add(1) == Some(next)) {
            run += 1;
        } else {
            counted += if run >= SHORTEST_RUN { run } else { 0 };
            run = 1;
        }
    }
    counted * 3 > bytes.len() * 2
}

/// A word that stands where a value has to: a build or a test goes on with it.
pub(crate) fn is_made_up(value: &str) -> bool {
    const WORDS: &[&str] = &["build", "ci", "dev", "development", "local", "mock", "none", "secret", "test", "testing"];
    value.split(['-', '_', '.', ' ']).all(|word| WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

/// Long, without blanks, letters and digits mixed, and as varied as chance makes it.
fn is_random(value: &str) -> bool {
    value.len() >= 16
        && !value.contains(char::is_whitespace)
        && !value.contains("://")
        && !is_path(value)
        && !is_fingerprint(value)
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && entropy(value) >= 3.3
}

/// A file's place. What begins with `/` may be base64, which has capitals.
fn is_path(value: &str) -> bool {
    let rooted = value.starts_with('/') && !value.bytes().any(|byte| byte.is_ascii_uppercase());
    rooted || ["~/", "./", "../"].iter().any(|start| value.starts_with(start))
}

/// Bytes in hexadecimal with colons between them.
fn is_fingerprint(value: &str) -> bool {
    let is_byte = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    value.split(':').all(is_byte)
}

/// Shannon's entropy, in bits for each byte.
#[expect(clippy::cast_precision_loss, reason = "counts of bytes of one value are far below 2^53")]
pub(crate) fn entropy(value: &str) -> f64 {
    let mut counts = [0_u64; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len() as f64;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| count as f64 / total)
        .map(|share| -share * share.log2())
        .sum()
}

/// An instruction of an image's history with the values behind secrets' names blotted out, cut to 500 characters.
#[must_use]
pub(crate) fn redact(text: &str) -> String {
    let shown: Vec<String> = text
        .split(' ')
        .map(|word| match word.split_once('=') {
            Some((name, value)) if is_secret(name.trim_start_matches(['"', '\'', '-']), value) => format!("{name}=***"),
            _ if has_known_prefix(word) => "***".to_owned(),
            _ => word.to_owned(),
        })
        .collect();
    shown.join(" ").chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_names_about_them() {
        for name in &DATA.secret {
            assert!(is_secret_name(name), "{name}");
        }
        for name in DATA.ordinary.iter().map(String::as_str).chain(["", "__", "=", "é"]) {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn placeholders_are_no_real_values() {
        for value in
            ["changeme", "your-api-key-here-1234567", "xxxxxxxxxxxxxxxxxxxx", "<token>", "", "${TOKEN}", "secret"]
        {
            assert!(!is_real_value("API_TOKEN", value), "{value}");
        }
        assert!(!is_real_value("BOT_TOKEN", "1234567890:abcdefghijklmn"), "counted up");
        for value in ["~/.ssh/id_ed25519", "/run/keys/service-key-1", "aa:b1:cc:d2:ee:ff:00:11:22:33:44:55:66:77:88:99"]
        {
            assert!(!is_real_value("SSH_PRIVATE_KEY", value), "{value}");
        }
        assert!(!is_real_value("TOTP_SECRET", "JBSWY3DPEHPK3PXP"), "what everybody shows");
        assert!(is_real_value("ANY", concat!("AKIA", "Q3EGRT7NMPLS5ZXW")));
        assert!(is_real_value("API_TOKEN", "9f8Ab37cD0e1T5kLm2Qz"));
        assert!(!is_real_value("BUILD_HASH", "9f8Ab37cD0e1T5kLm2Qz"), "not under a secret's name");
    }

    #[test]
    fn values_in_a_history_are_blotted_out() {
        let text = redact("RUN |1 NPM_TOKEN=abcdef123456 /bin/sh -c npm ci");
        assert_eq!("RUN |1 NPM_TOKEN=*** /bin/sh -c npm ci", text);
    }
}
