#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    donegate_fuzz::code("src/main/kotlin/A.kt", bytes);
});
