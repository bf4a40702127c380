//! The price of a push in rows that are written and alarms that are set: whoever has no push channel pays
//! nothing for those of others (CONTRACT §5.7).

use notifeed::notification::Platform;

use crate::asking::*;
use crate::push::*;
use crate::world::World;

impl World {
    /// The rows that a post writes, and the alarms that are set, in the next minute.
    fn bill(&mut self, post: &Post) -> (i64, u32) {
        let rows = |world: &Self| world.runtime.tables.number("SELECT total_changes()");
        let before = (rows(self), self.runtime.alarms_set.get());
        self.posted(post);
        self.pass(60 * SECOND);
        let alarms = self.runtime.alarms_set.get() - before.1;
        (rows(self) - before.0, alarms)
    }

    /// A feed that has posted once, so that what begins it is paid.
    fn begun(&mut self) {
        self.posted(&Post::new("first").aims(WINDOWS));
        self.pass(60 * SECOND);
        self.sent();
    }
}

#[test]
fn a_post_that_nobody_is_pushed_costs_what_it_costs_without_push() {
    let post = Post::new("one").aims(WINDOWS);
    let mut without = World::new();
    without.subscribed(Some("device"));
    without.begun();
    let price = without.bill(&post);
    // Push is on, and nobody has a channel.
    let mut idle = world();
    idle.subscribed(Some("device"));
    idle.begun();
    assert_eq!(idle.bill(&post), price);
    // Somebody has one, and isn't targeted.
    let mut other = world();
    other.subscribed(Some("device"));
    other.pushed_to("a");
    other.begun();
    assert_eq!(other.bill(&post), price);
    assert_eq!(other.sent(), []);
}

#[test]
fn a_push_costs_three_rows_for_each_endpoint() {
    let post = Post::new("one").aims(WEB);
    let bill = |endpoints: usize| {
        let mut world = world();
        world.subscribed(Some("device"));
        // The same tables in each of them.
        world.as_megan(subscribe_to(Platform::Ios, "phone", Some("phone")));
        for name in ["a", "b"].into_iter().take(endpoints) {
            world.pushed_to(name);
        }
        world.begun();
        let (rows, _) = world.bill(&post);
        assert_eq!(world.sent().len(), endpoints);
        rows
    };
    let price = bill(0);
    // Its own row comes and goes, and the endpoint notes when it was taken.
    assert_eq!([bill(1) - price, bill(2) - price], [3, 6]);
}
