//! The room in the feed: how many items, rows and bytes it has at most, without counting them for every
//! post.

use notifeed::error::Problem;
use notifeed::feed::Seq;
use notifeed::feed::append::Head;
use notifeed::feed::room::full;
use notifeed::time::Timestamp;

use crate::fault::{Fault, Stop};
use crate::host::{Bound, Host, Query, Write};
use crate::settings::Settings;
use crate::store::{self, Row, SEQ_BASE, Statement, UNBOUNDED};

/// The most bytes of one body.
const MAX_BODY: u64 = 80 * 1024;

/// How many ended rows are looked at when some must go.
const LOOK_AT: i64 = 1000;

/// Upper bounds of a feed's items, rows and bytes, and the exact number of items where it is known. Only new items and
/// new content make a feed grow, and each is added to the bounds, so a bound stays valid.
#[derive(Debug, Clone, Default)]
pub struct Room {
    /// Items on the feed, at most.
    live: u32,
    /// Until then `live` is their exact number: the first of them expires. `None`: they weren't counted
    /// since the feed woke.
    exact_until: Option<Timestamp>,
    /// Rows, at most.
    rows: u32,
    /// Bytes of bodies, at most.
    bytes: u64,
    /// The time until which a new count would find no room for an item of at least this many bytes.
    full_until: Option<(Timestamp, u64)>,
}

/// The rows of ended items that make room for a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// The last place of the list that is looked at.
    pub through: i64,
    /// The newest change of them that an endpoint may lack.
    pub seq: Seq,
    rows: u32,
    bytes: u64,
}

impl Forgotten {
    /// The statement that removes them.
    pub fn write(&self, now: Timestamp) -> Write<'static> {
        Write {
            statement: Statement::ForgetItems,
            values: vec![
                Bound::Integer(self.through),
                Bound::Integer(now.unix_millis()),
            ],
        }
    }
}

impl Room {
    /// The bounds of a feed that had this much when it stood at `stored`; now it stands at `newest`.
    /// Any change since may have brought a body.
    pub fn woken(rows: u32, bytes: u64, stored: Head, newest: Head) -> Self {
        let new = newest.ordinal.saturating_sub(stored.ordinal);
        let new = u32::try_from(new).unwrap_or(u32::MAX);
        let changes = newest.seq.get().saturating_sub(stored.seq.get());
        let changes = u64::try_from(changes).unwrap_or(u64::MAX);
        Self {
            live: rows.saturating_add(new),
            exact_until: None,
            rows: rows.saturating_add(new),
            bytes: bytes.saturating_add(changes.saturating_mul(MAX_BODY)),
            full_until: None,
        }
    }

    /// The bounds, for storing.
    pub const fn bounds(&self) -> (u32, u64) {
        (self.rows, self.bytes)
    }

    /// Looks whether one more item of so many bytes fits; which ended rows must go for it.
    ///
    /// # Errors
    /// 406: the feed is full.
    pub fn look<H: Host>(
        &mut self,
        host: &H,
        settings: &Settings,
        bytes: u64,
        now: Timestamp,
    ) -> Result<Option<Forgotten>, Stop> {
        let full_until = self.full_until.filter(|(until, _)| now < *until);
        if let Some((until, _)) = full_until.filter(|(_, least)| bytes >= *least) {
            return Err(full(settings.max_items, now, until).into());
        }
        if self.fits(settings, bytes) {
            return Ok(None);
        }
        self.full_until = None;
        let first_expiration = self.count(host, now)?;
        if self.live >= settings.max_items {
            return Err(self.is_full(settings, 0, first_expiration, now).into());
        }
        if self.fits(settings, bytes) {
            return Ok(None);
        }
        let rows = self
            .rows
            .saturating_add(1)
            .saturating_sub(settings.max_rows);
        let excess = self
            .bytes
            .saturating_add(bytes)
            .saturating_sub(settings.max_bytes);
        match oldest_ended(host, rows, excess, now)? {
            Some(forgotten) => Ok(Some(forgotten)),
            None => {
                let least = if rows > 0 { 0 } else { bytes };
                Err(self.is_full(settings, least, first_expiration, now).into())
            }
        }
    }

    /// Whether one more item of so many bytes surely fits.
    pub const fn fits(&self, settings: &Settings, bytes: u64) -> bool {
        self.live < settings.max_items
            && self.rows < settings.max_rows
            && self.bytes.saturating_add(bytes) <= settings.max_bytes
    }

    /// Counts the items, and returns when the first of them expires.
    fn count<H: Host>(&mut self, host: &H, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let values = [Bound::Integer(now.unix_millis())];
        let mut row = Row::from(store::single(host, Statement::Room, &values)?);
        self.rows = row.small()?;
        self.bytes = row.small()?;
        self.live = row.small()?;
        let first_expiration = row.opt_time();
        self.exact_until = Some(first_expiration.unwrap_or(Timestamp::MAX));
        Ok(first_expiration)
    }

    /// How many items are on the feed, neither expired nor deleted. They are counted where the number isn't
    /// known: once after the feed woke, and after the first of them has expired.
    ///
    /// # Errors
    /// The tables can't be read.
    pub fn live<H: Host>(&mut self, host: &H, now: Timestamp) -> Result<u32, Fault> {
        if self.exact_until.is_none_or(|until| now >= until) {
            self.count(host, now)?;
        }
        Ok(self.live)
    }

    /// An item that expires then is on the feed: the number of items is exact until the first one does.
    fn expires(&mut self, at: Timestamp) {
        self.exact_until = self.exact_until.map(|until| until.min(at));
    }

    fn is_full(
        &mut self,
        settings: &Settings,
        least: u64,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Problem {
        let until = until.unwrap_or(now);
        self.full_until = Some((until, least));
        full(settings.max_items, now, until)
    }

    /// An item of so many bytes was added, and those rows went.
    pub fn added(&mut self, bytes: u64, expiration: Timestamp, forgotten: Option<Forgotten>) {
        if let Some(forgotten) = forgotten {
            self.rows = self.rows.saturating_sub(forgotten.rows);
            self.bytes = self.bytes.saturating_sub(forgotten.bytes);
        }
        self.live = self.live.saturating_add(1);
        self.rows = self.rows.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
        self.expires(expiration);
    }

    /// An item's body was replaced by one of so many bytes; it may also expire earlier.
    pub fn replaced(&mut self, bytes: u64, expiration: Timestamp) {
        self.expires(expiration);
        self.bytes = self.bytes.saturating_add(bytes);
        self.full_until = None;
    }

    /// An item ended.
    pub const fn ended(&mut self) {
        self.live = self.live.saturating_sub(1);
        self.full_until = None;
    }
}

/// The oldest rows of ended items, as many as free at least so many rows and bytes, and a hundredth more,
/// so that the next posts needn't count. `None`: there aren't enough of them.
fn oldest_ended<H: Host>(
    host: &H,
    rows: u32,
    bytes: u64,
    now: Timestamp,
) -> Result<Option<Forgotten>, Fault> {
    let values = [Bound::Integer(now.unix_millis()), Bound::Integer(LOOK_AT)];
    let ended = host.query(Query::Fixed(Statement::Ended), &values, UNBOUNDED)?;
    let mut forgotten = Forgotten {
        through: 0,
        seq: Seq::ZERO,
        rows: 0,
        bytes: 0,
    };
    let spare = rows.saturating_add(100);
    for row in ended.rows {
        let mut row = Row::from(row);
        forgotten.through = row.integer()?;
        let seq = row.opt_integer().unwrap_or(SEQ_BASE);
        let seq = Seq::new(seq.saturating_sub(SEQ_BASE));
        forgotten.seq = forgotten.seq.max(seq);
        forgotten.rows = forgotten.rows.saturating_add(1);
        forgotten.bytes = forgotten.bytes.saturating_add(row.small()?);
        if forgotten.rows >= spare && forgotten.bytes >= bytes {
            break;
        }
    }
    Ok(
        (forgotten.rows > 0 && forgotten.rows >= rows && forgotten.bytes >= bytes)
            .then_some(forgotten),
    )
}
