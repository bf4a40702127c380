//! Reading and seeing everything at once, and how many items are unread (CONTRACT §5.4).

use notifeed::feed::mark_all::{self, Counts, MarkAll, Marking};
use notifeed::feed::{Cursor, Entry, Seq};
use notifeed::http::Reply;
use notifeed::live::frame;
use notifeed::notification::{Platform, PlatformSet};
use notifeed::request::Context;
use notifeed::time::Timestamp;

use crate::Feed;
use crate::fault::{Fault, Stop};
use crate::host::{Bound, Host, Socket, Write};
use crate::store::{self, Row, Statement};

/// The counts as they were found last, of one platform or of all, for as long as they hold.
#[derive(Debug, Clone, Copy)]
struct Found {
    of: PlatformSet,
    counts: Counts,
}

/// The counts that are known.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    /// The feed's head when they were found, and what was seen by then.
    at: (Seq, Seq),
    /// When the first of the items that were counted expires.
    until: Option<Timestamp>,
    found: Vec<Found>,
}

impl Counted {
    /// Adds a new item to the known counts, so that they needn't be counted again: many items may come, and a push or a
    /// connection needs the counts after each.
    pub(crate) fn added(&mut self, entry: &Entry, before: (Seq, Seq)) {
        if self.at != before {
            return;
        }
        self.at.0 = entry.seq;
        let until = [self.until, Some(entry.expiration)];
        self.until = until.into_iter().flatten().min();
        for Found { of, counts } in &mut self.found {
            if entry.platforms.iter().any(|platform| of.contains(platform)) {
                counts.unread = counts.unread.saturating_add(1);
                counts.unseen = counts.unseen.saturating_add(1);
            }
        }
    }
}

/// The outcome of marking.
pub(crate) struct Marked {
    /// The number up to which items were marked.
    pub(crate) through: Seq,
    /// The position at which the changes are known, if there are any.
    pub(crate) cursor: Option<Cursor>,
    /// How many items are unread and unseen now.
    pub(crate) counts: Counts,
}

impl<H: Host> Feed<H> {
    /// `POST …/markAllRead` and `…/markAllSeen`.
    pub(crate) fn mark_all(&mut self, asked: &MarkAll, context: &Context) -> Result<Reply, Stop> {
        let marked = self.mark(asked, None, context.now)?;
        let body = mark_all::answer(self.life.cursor(), marked.counts);
        Ok(Reply::json(200, body))
    }

    /// Marks all items up to a cursor, by one transaction, and tells every connection but the one that
    /// asked.
    pub(crate) fn mark(
        &mut self,
        asked: &MarkAll,
        made_by: Option<Socket>,
        now: Timestamp,
    ) -> Result<Marked, Stop> {
        let (epoch, head) = (self.life.epoch, self.life.head.seq);
        let through = mark_all::through(asked.cursor.as_deref(), epoch, head)?;
        let cursor = match asked.marking {
            Marking::Read => self.read_all(through, asked.platform, made_by, now)?,
            Marking::Seen => {
                self.see_all(through, asked.platform, made_by, now)?;
                None
            }
        };
        Ok(Marked {
            through,
            cursor,
            counts: self.counts(asked.platform, now)?,
        })
    }

    /// Marks every unread item as read whose last change has a number up to `through`: each gets a number of its own,
    /// in the order of the numbers before. `None`: there was nothing to read.
    fn read_all(
        &mut self,
        through: Seq,
        platform: Option<Platform>,
        made_by: Option<Socket>,
        now: Timestamp,
    ) -> Result<Option<Cursor>, Fault> {
        if !self.life.made || through == Seq::ZERO {
            return Ok(None);
        }
        let head = self.life.head.seq;
        let instant = Bound::Integer(now.unix_millis());
        let of = store::platforms(those(platform));
        let values = [store::seq(through), instant, of];
        let row = store::single(&self.host, Statement::CountUnreadThrough, &values)?;
        let count = Row::from(row).integer()?;
        if count == 0 {
            return Ok(None);
        }
        let read = Write {
            statement: Statement::ReadAll,
            values: vec![store::seq(through), instant, of, store::seq(head)],
        };
        let mut writes = vec![read];
        writes.extend(self.pushes.read_cancelled());
        self.host.commit(&writes)?;
        let last = Seq::new(head.get().saturating_add(count));
        self.life.head.seq = last;
        let cursor = Cursor::all_up_to(self.life.epoch, last);
        let frame = frame::read_all(through, platform, cursor);
        self.tell_all(&frame, head, last, made_by, now);
        Ok(Some(cursor))
    }

    /// Moves the mark of what is seen forward. No item changes, and no number is given.
    fn see_all(
        &mut self,
        through: Seq,
        platform: Option<Platform>,
        made_by: Option<Socket>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        if !self.life.made || through <= self.life.seen {
            return Ok(());
        }
        self.host.commit(&[Write {
            statement: Statement::SetSeen,
            values: vec![Bound::Integer(through.get())],
        }])?;
        self.life.seen = through;
        let frame = frame::seen_all(through, platform);
        self.tell_all(&frame, self.life.head.seq, Seq::ZERO, made_by, now);
        Ok(())
    }

    /// How many items of a platform are unread and unseen, or of all. They are counted once, for as long as
    /// nothing changes.
    pub(crate) fn counts(
        &mut self,
        platform: Option<Platform>,
        now: Timestamp,
    ) -> Result<Counts, Fault> {
        if !self.life.made {
            return Ok(Counts::default());
        }
        let at = (self.life.head.seq, self.life.seen);
        let holds = self.counted.until.is_none_or(|until| now < until);
        if self.counted.at != at || !holds {
            self.counted = Counted {
                at,
                ..Counted::default()
            };
        }
        let of = those(platform);
        let mut found = self.counted.found.iter();
        if let Some(found) = found.find(|found| found.of == of) {
            return Ok(found.counts);
        }
        let values = [
            store::seq(self.life.seen),
            Bound::Integer(now.unix_millis()),
            store::platforms(of),
        ];
        let row = store::single(&self.host, Statement::CountUnread, &values)?;
        let mut row = Row::from(row);
        let counts = Counts {
            unread: row.small()?,
            unseen: row.small()?,
        };
        let until = [self.counted.until, row.opt_time()];
        self.counted.until = until.into_iter().flatten().min();
        self.counted.found.push(Found { of, counts });
        Ok(counts)
    }
}

/// The platforms whose items are meant.
fn those(platform: Option<Platform>) -> PlatformSet {
    platform.map_or(PlatformSet::ALL, PlatformSet::of)
}
