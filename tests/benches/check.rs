//! How long judging takes on trees of known size. `cargo bench`; trust ratios of one run, not seconds.
#![expect(clippy::disallowed_methods, reason = "the benchmark makes the trees that it judges")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use divan::Bencher;
use donegate::engine::{self, Request};

fn main() {
    divan::main();
}

/// A service of `files` source files, one in ten with a route.
fn tree(files: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: String, text: &str| {
        let full = folder.path().join(path);
        fs::create_dir_all(full.parent().expect("a parent")).expect("a folder");
        fs::write(full, text).expect("a file");
    };
    let mut app = String::from("const express = require('express');\nconst app = express();\n");
    for number in 0..files {
        let mut text = String::new();
        if number.is_multiple_of(10) {
            text.push_str("const r = require('express').Router();\n");
            let _ = writeln!(
                text,
                "r.get('/item{number}/:id', (req, res) => res.send(process.env.SETTING_{}));",
                number % 40
            );
            text.push_str("module.exports = r;\n");
            let _ = writeln!(app, "app.use('/part{}', require('./part{}/file{number}'));", number % 50, number % 50);
        }
        for line in 0..60 {
            let _ = writeln!(text, "export function helper{number}_{line}(value) {{ return value + {line}; }}");
        }
        write(format!("src/part{}/file{number}.js", number % 50), &text);
    }
    app.push_str("app.get('/health', (q, s) => s.end());\napp.listen(3000);\n");
    write("src/app.js".to_owned(), &app);
    write("package.json".to_owned(), "{\"dependencies\": {\"express\": \"4\"}}");
    folder
}

fn judge(path: &Path) -> usize {
    let mut request = Request::new(path);
    request.profile = Some("service".to_owned());
    engine::check(&request).expect("a report").rules.len()
}

#[divan::bench(args = [10, 1_000, 10_000], sample_count = 5, sample_size = 1)]
fn check_a_tree(bencher: Bencher<'_, '_>, files: usize) {
    let folder = tree(files);
    bencher.bench_local(|| judge(folder.path()));
}
