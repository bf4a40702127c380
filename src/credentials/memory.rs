//! A cache of results that are costly to compute: bounded in number and in time.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use crate::time::Timestamp;

/// A memory of two generations: when the younger is full, it becomes the older, and what was there
/// is forgotten. A value that is asked for moves to the younger, so that values in use stay.
#[derive(Debug)]
pub struct Memory<K, V> {
    young: HashMap<K, (V, Timestamp)>,
    old: HashMap<K, (V, Timestamp)>,
    /// The most entries of a generation.
    capacity: usize,
}

impl<K: Hash + Eq, V: Clone> Memory<K, V> {
    /// Keeps at most twice as many entries as `generation`.
    pub fn new(generation: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            capacity: generation.max(1),
        }
    }

    /// The value of a key, until it is forgotten.
    pub fn get<Q: Hash + Eq + ?Sized>(&mut self, key: &Q, now: Timestamp) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (value, until) = match self.young.get(key) {
            Some(known) => known.clone(),
            None => {
                let (key, known) = self.old.remove_entry(key)?;
                self.put(key, known.0.clone(), known.1);
                known
            }
        };
        (now < until).then_some(value)
    }

    /// Remembers until then.
    pub fn put(&mut self, key: K, value: V, until: Timestamp) {
        if self.young.len() >= self.capacity && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, (value, until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::saturating_from_unix_millis(millis)
    }

    #[test]
    fn forgets_in_time() {
        let mut memory = Memory::new(10);
        memory.put("a", 1, at(100));
        assert_eq!(memory.get("a", at(99)), Some(1));
        assert_eq!(memory.get("a", at(100)), None);
        assert_eq!(memory.get("b", at(0)), None);
        memory.put("a", 2, at(200));
        assert_eq!(memory.get("a", at(100)), Some(2));
    }

    #[test]
    fn is_bounded_and_keeps_what_is_in_use() {
        let mut memory = Memory::new(10);
        memory.put(-1, 'u', at(100));
        for number in 0..1000 {
            memory.put(number, 'x', at(100));
            assert_eq!(memory.get(&-1, at(0)), Some('u'));
            assert!(memory.young.len() + memory.old.len() <= 20);
        }
        assert_eq!(memory.get(&999, at(0)), Some('x'));
        assert_eq!(memory.get(&900, at(0)), None);
    }
}
