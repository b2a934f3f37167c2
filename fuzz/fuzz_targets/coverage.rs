#![no_main]

use donegate::evidence::Collected;
use donegate::facts::AreaName;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let collected = donegate_fuzz::collect(AreaName::Coverage, "report", bytes);
    let Collected::Coverage(area) = collected else { return };
    for file in area.facts.iter().flat_map(|facts| &facts.files) {
        for measure in [file.lines, file.branches, file.functions, file.statements].into_iter().flatten() {
            assert!(measure.covered <= measure.total && measure.total > 0, "{measure:?}");
        }
    }
});
