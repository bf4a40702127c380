//! A crash at every operation of the host, in a life of a feed: what was answered is kept, what wasn't
//! is done or not, never in part, and everything goes on.

use crate::life::{Life, STEPS, Setback};

#[test]
fn a_crash_at_any_operation_loses_nothing_that_was_answered() {
    let after = Life::undisturbed();
    let mut nth = 1;
    while crash_at(nth, &after) {
        nth += 1;
    }
    assert!(nth > 60, "a life has only {nth} operations");
}

/// Whether there is such an operation.
fn crash_at(nth: u64, after: &[crate::life::Shown]) -> bool {
    let mut life = Life::new();
    life.world.runtime.faults.crash_at(nth);
    let mut crashed = false;
    for (number, step) in STEPS.iter().enumerate() {
        match step(&mut life) {
            Ok(()) => {}
            Err(Setback::Crash) => {
                crashed = true;
                let shown = life.shown();
                let before = number.checked_sub(1).map(|last| after[last].clone());
                assert!(
                    shown == after[number] || shown == before.unwrap_or_default(),
                    "operation {nth}, step {number}: {shown:?}"
                );
                assert_eq!(step(&mut life), Ok(()), "operation {nth}, step {number}");
            }
            Err(Setback::Unavailable) => panic!("operation {nth}, step {number}: a 503"),
        }
        assert_eq!(
            life.shown(),
            after[number],
            "operation {nth}, step {number}"
        );
    }
    crashed |= life.world.runtime.faults.end();
    life.finish();
    crashed
}
