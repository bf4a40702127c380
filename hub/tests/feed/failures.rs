//! Each operation of the host that can fail does, in a life of a feed: 503 means that nothing was
//! done, and what is in memory is what is in the tables.

use crate::life::{Life, STEPS, Setback, Shown};

#[test]
fn whatever_fails_a_503_has_done_nothing_and_anything_else_everything() {
    let after = Life::undisturbed();
    let mut nth = 1;
    let mut refused = 0;
    while let Some(unavailable) = fail_at(nth, &after) {
        nth += 1;
        refused += usize::from(unavailable);
    }
    assert!(nth > 60, "in a life only {nth} operations can fail");
    assert!(refused > 20, "only {refused} failures were told");
}

/// Whether the failure was told to a client; `None`: there is no such operation.
fn fail_at(nth: u64, after: &[Shown]) -> Option<bool> {
    let mut life = Life::new();
    life.world.runtime.faults.fail_at(nth);
    let mut unavailable = false;
    for (number, step) in STEPS.iter().enumerate() {
        let outcome = step(&mut life);
        if outcome == Err(Setback::Unavailable) {
            unavailable = true;
            let before = number.checked_sub(1).map(|last| after[last].clone());
            assert_same_after_waking(&mut life, &before.unwrap_or_default(), (nth, number));
            assert_eq!(step(&mut life), Ok(()), "operation {nth}, step {number}");
        } else {
            assert_eq!(outcome, Ok(()), "operation {nth}, step {number}");
        }
        assert_same_after_waking(&mut life, &after[number], (nth, number));
    }
    let happened = life.world.runtime.faults.end();
    life.finish();
    happened.then_some(unavailable)
}

/// Compares the answers from memory with those of a feed that has just woken.
fn assert_same_after_waking(life: &mut Life, expected: &Shown, place: (u64, usize)) {
    let seen = look(life);
    assert_eq!(seen.0, *expected, "operation and step {place:?}");
    if place.0.is_multiple_of(2) {
        life.world.evict();
        assert_eq!(look(life), seen, "operation and step {place:?}");
    }
}

fn look(life: &mut Life) -> (Shown, Vec<serde_json::Value>, usize) {
    let shown = life.shown();
    life.world
        .quietly(|world| (shown, world.delta(), world.count()))
}
