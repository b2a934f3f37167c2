#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    donegate_fuzz::added("migrations/0001.sql", bytes);
});
