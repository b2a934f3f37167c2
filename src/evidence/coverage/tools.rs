//! What real tools wrote about small programs, against what they printed of them.

use super::*;
use crate::facts::coverage::Measure;

macro_rules! report {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/", $path))
    };
}

type Pair = Option<(u64, u64)>;

/// A report, and its lines, branches, functions and statements.
type Told = (&'static str, [Pair; 4]);

/// nyc 18 printed: statements 6/10, branches 6/9, functions 2/3, lines 5/9. Its Cobertura leaves default arguments out.
const NYC: [Pair; 4] = [Some((5, 9)), Some((6, 9)), Some((2, 3)), None];
/// c8 printed: statements and lines 10/17, branches 7/9, functions 2/3.
const C8: [Pair; 4] = [Some((10, 17)), Some((7, 9)), Some((2, 3)), None];
/// coverage.py 7 printed: 17 statements, 2 missed, 6 branches, 1 of them in part.
const PY: [Pair; 4] = [Some((15, 17)), Some((5, 6)), None, None];
/// gcovr 8 printed: lines 4 of 5, functions 1 of 1, branches 1 of 2.
const GCOVR: [Pair; 4] = [Some((4, 5)), Some((1, 2)), Some((1, 1)), None];
/// gcov 12 printed: 90.00 % of 10 lines, 66.67 % of 12 branches taken; and never called one of three functions.
const GCOV: [Pair; 4] = [Some((9, 10)), Some((8, 12)), Some((2, 3)), None];
/// llvm-cov 14 printed: lines 12 of 14, branches 9 of 16, functions 2 of 4.
const LLVM: [Pair; 4] = [Some((12, 14)), Some((9, 16)), Some((2, 4)), None];
/// JaCoCo 0.8 wrote into its table: lines 4 of 5, branches 3 of 4, methods 2 of 3.
const JACOCO: [Pair; 4] = [Some((4, 5)), Some((3, 4)), Some((2, 3)), None];
/// PHPUnit 9 printed: lines 2 of 4, methods 0 of 2.
const PHPUNIT: Pair = Some((2, 4));
/// Vitest 4 printed: statements 10/13, branches 4/6, functions 4/6, lines 6/6.
const VITEST: [Pair; 4] = [Some((6, 6)), Some((4, 6)), Some((4, 6)), None];

const ALL: &[Told] = &[
    (report!("gcov/a.gcov.json"), GCOV),
    (report!("llvm-cov/export.json"), LLVM),
    (report!("llvm-cov/lcov.info"), LLVM),
    (report!("jacoco/jacoco.xml"), JACOCO),
    (report!("phpunit/clover.xml"), [PHPUNIT, None, Some((0, 2)), None]),
    (report!("phpunit/cobertura.xml"), [PHPUNIT, None, None, None]),
    // SimpleCov 0.22 printed: 4 of 6 lines.
    (report!("simplecov/resultset.json"), [Some((4, 6)), Some((1, 2)), None, None]),
    // go tool cover printed: 66.7 % of statements.
    (report!("go/cover.out"), [None, None, None, Some((4, 6))]),
    (report!("vitest/coverage-final.json"), [VITEST[0], VITEST[1], VITEST[2], Some((10, 13))]),
    (report!("vitest/lcov.info"), VITEST),
    (report!("nyc/lcov.info"), NYC),
    (report!("nyc/clover.xml"), NYC),
    (report!("nyc/cobertura-coverage.xml"), [NYC[0], Some((5, 8)), None, None]),
    (report!("nyc/coverage-final.json"), [NYC[0], NYC[1], NYC[2], Some((6, 10))]),
    (report!("nyc/coverage-summary.json"), [NYC[0], NYC[1], NYC[2], Some((6, 10))]),
    (report!("c8/lcov.info"), C8),
    (report!("c8/clover.xml"), C8),
    (report!("coveragepy/coverage.xml"), PY),
    (report!("coveragepy/coverage.json"), [PY[0], PY[1], None, Some((15, 17))]),
    (report!("coveragepy/coverage.info"), [PY[0], PY[1], Some((3, 4)), None]),
    (report!("gcovr/lcov"), GCOVR),
    (report!("gcovr/json"), GCOVR),
    (report!("gcovr/json-summary"), GCOVR),
    (report!("gcovr/jacoco"), GCOVR),
    (report!("gcovr/cobertura"), [GCOVR[0], GCOVR[1], None, None]),
    (report!("gcovr/sonarqube"), [GCOVR[0], GCOVR[1], None, None]),
    (report!("gcovr/clover"), [GCOVR[0], None, None, None]),
];

#[test]
fn numbers_are_those_that_the_tools_print() {
    let repo = Repo::in_memory(&[]);
    for (text, told) in ALL {
        let (source, report) = stream::read_bytes("report", text.as_bytes(), input::tell).expect("a report");
        let mut merged = Merged::default();
        merged.take(&Paths::new(&repo, &[]), "report", &source.format, report);
        let coverage = merged.finish();
        let pair = |measure: Option<Measure>| measure.map(|measure| (measure.covered, measure.total));
        let read = [coverage.lines, coverage.branches, coverage.functions, coverage.statements].map(pair);
        assert_eq!(told, &read, "{}: {:.200}", source.format, text);
    }
}
