#![no_main]

use donegate::dod::DodSource;
use donegate::repo::Repo;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let repo = Repo::in_memory_bytes(&[("donegate.yaml", bytes)]);
    if let Err(refusal) = donegate::dod::load(&DodSource::File("donegate.yaml".to_owned()), &repo) {
        assert!(!refusal.render().is_empty());
    }
});
