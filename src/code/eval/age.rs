//! Which calls change what was there before them. A call that changes nothing, and brings nothing, need not be entered a
//! hundred times; one that fills a list of its caller's must be.
//!
//! Lists and maps are numbered as they are made; of those that are written to, the oldest is remembered for each call.
//! A machine runs on one thread, and so do the numbers.

use std::cell::Cell;

thread_local! {
    /// How many were made.
    static MADE: Cell<u64> = const { Cell::new(0) };
    /// The oldest that was written to since the innermost call that is watched began.
    static OLDEST: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// When a list or a map was made.
#[derive(Debug)]
pub(crate) struct Age(u64);

impl Default for Age {
    fn default() -> Self {
        MADE.with(|made| {
            made.set(made.get() + 1);
            Self(made.get())
        })
    }
}

impl Age {
    /// It is written to.
    pub(crate) fn written(&self) {
        OLDEST.with(|oldest| oldest.set(oldest.get().min(self.0)));
    }
}

/// A call that is watched.
#[derive(Debug)]
pub(crate) struct Watch {
    since: u64,
    around: u64,
}

impl Watch {
    /// The call begins.
    pub(crate) fn begin() -> Self {
        Self { since: MADE.with(Cell::get), around: OLDEST.with(|oldest| oldest.replace(u64::MAX)) }
    }

    /// The call ends: whether it wrote to what was there before it began.
    pub(crate) fn ends(self) -> bool {
        let oldest = OLDEST.with(Cell::get);
        OLDEST.with(|around| around.set(oldest.min(self.around)));
        oldest <= self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_makes_is_its_own_and_its_callers_is_not() {
        let before = Age::default();
        let outer = Watch::begin();
        let own = Age::default();
        let inner = Watch::begin();
        own.written();
        assert!(inner.ends(), "it was there before the inner call");
        assert!(!outer.ends(), "the outer call made it");
        let next = Watch::begin();
        before.written();
        assert!(next.ends());
        assert!(!Watch::begin().ends());
    }
}
