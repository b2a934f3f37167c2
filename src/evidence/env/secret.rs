//! Tells by name and value what looks like a secret, and never hands a value on.

/// Words that make a name a secret's.
const WORDS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASS",
    "PWD",
    "PASSPHRASE",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "TOKENS",
    "CREDENTIAL",
    "CREDENTIALS",
    "APIKEY",
    "APITOKEN",
];

/// Words that make a name a secret's where `KEY` follows them.
const KEYS: &[&str] = &[
    "API",
    "ACCESS",
    "PRIVATE",
    "SIGNING",
    "ENCRYPTION",
    "SECRET",
    "AUTH",
    "MASTER",
    "JWT",
    "SSH",
    "SERVICE",
    "WEBHOOK",
    "SESSION",
    "COOKIE",
    "ACCOUNT",
    "APP",
    "HMAC",
    "CLIENT",
];

/// Last words that make a name one of something about a secret: where it lies, how long it lives.
const ABOUT: &[&str] = &[
    "FILE",
    "PATH",
    "DIR",
    "URL",
    "URI",
    "NAME",
    "ID",
    "TTL",
    "EXPIRY",
    "EXPIRES",
    "IN",
    "EXPIRATION",
    "LENGTH",
    "HEADER",
    "ENDPOINT",
    "ISSUER",
    "AUDIENCE",
    "ALGORITHM",
    "ALG",
    "ENABLED",
    "TIMEOUT",
    "MIN",
    "MAX",
    "PREFIX",
    "TYPE",
    "AGE",
    "ROUNDS",
    "LIMIT",
    "COUNT",
    "LIFETIME",
    "SECONDS",
    "MINUTES",
    "HOURS",
    "DAYS",
    "HOST",
    "PORT",
];

/// How known kinds of secrets begin, and how long such a value is at least.
const PREFIXES: &[(&str, usize)] = &[
    ("AKIA", 20),
    ("ASIA", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("sk_test_", 24),
    ("whsec_", 24),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("xoxa-", 20),
    ("xapp-", 20),
    ("SG.", 40),
    ("AIza", 35),
    ("ya29.", 30),
    ("npm_", 30),
    ("pypi-", 40),
    ("dckr_pat_", 24),
    ("hf_", 30),
    ("sk-ant-", 30),
    ("sk-proj-", 30),
    ("sk-", 40),
    ("shpat_", 30),
    ("dop_v1_", 40),
    ("hvs.", 24),
    ("eyJhbGciOi", 60),
    ("django-insecure-", 24),
    ("AGE-SECRET-KEY-1", 50),
    ("-----BEGIN", 24),
];

/// Whether a name is one that secrets have.
#[must_use]
pub(crate) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else { return false };
    if ABOUT.contains(&last.as_str()) || words.iter().any(|word| word == "PUBLIC") {
        return false;
    }
    // `PWD` alone is the shell's folder.
    let lone = words.len() == 1 && matches!(last.as_str(), "PWD" | "PASS");
    let by_word = !lone && words.iter().any(|word| WORDS.contains(&word.as_str()));
    let by_key = words.windows(2).any(|pair| pair[1] == "KEY" && KEYS.contains(&pair[0].as_str()));
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
    let known = PREFIXES.iter().any(|(prefix, length)| {
        value.len() >= *length
            && value.starts_with(prefix)
            && (!prefix.starts_with("-----") || block)
            && (block || !value.contains(char::is_whitespace))
    });
    known || block
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
        for name in ["DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "apiKey", "GITHUB_TOKEN", "JWT_KEY", "dbPwd"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in
            ["PATH", "PWD", "GPG_KEY", "TOKEN_TTL", "SECRET_FILE", "PUBLIC_KEY", "KEYBOARD", "", "__", "TOKENIZER"]
        {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn values_in_a_history_are_blotted_out() {
        let text = redact("RUN |1 NPM_TOKEN=abcdef123456 /bin/sh -c npm ci");
        assert_eq!("RUN |1 NPM_TOKEN=*** /bin/sh -c npm ci", text);
    }
}
