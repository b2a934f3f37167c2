#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = donegate::evidence::probe::metrics(None, bytes);
    let _ = donegate::evidence::probe::metrics(Some("application/openmetrics-text"), bytes);
});
