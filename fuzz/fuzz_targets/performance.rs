#![no_main]

use donegate::evidence::Collected;
use donegate::facts::AreaName;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let collected = donegate_fuzz::collect(AreaName::Performance, "report", bytes);
    let Collected::Performance(area) = collected else { return };
    for run in area.facts.iter().flat_map(|facts| &facts.runs) {
        assert!(run.error_rate.is_none_or(|rate| (0.0..=1.0).contains(&rate)), "{run:?}");
        assert!(run.percentiles.iter().all(|one| one.ms.is_finite() && one.ms >= 0.0), "{run:?}");
    }
});
