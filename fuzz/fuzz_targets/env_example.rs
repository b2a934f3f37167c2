#![no_main]

use donegate::facts::AreaName;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = donegate_fuzz::collect(AreaName::Env, ".env.example", bytes);
});
