//! The schema and all statements, each written once. A host may keep their texts ([`Statement::ALL`])
//! and be asked by number.
//!
//! Times are Unix milliseconds. A change of states never changes the stored size of its columns, so that
//! SQLite writes the page of the row's head and not the whole body: `seq` and `content_seq` stand as
//! [`SEQ_BASE`](crate::store::SEQ_BASE) + n (always 6 bytes), states and flags as small numbers from 2 on
//! (always 1 byte; `deleted` is 2: no, 3: by its receiver, 4: expired, and its app's own id is free, 5: by its sender), and the body is the last column.

/// The columns of an [`Entry`](notifeed::feed::Entry), in the order in which it is read.
macro_rules! entry_columns {
    () => {
        "id, ordinal, seq, content_seq, copy, revision, read_state, user_action_state, deleted, \
         platforms, reached, created, modified, posted, expiration, keep_until, display_time_to_live, \
         asks, answered, snoozed_until"
    };
}

/// The further columns of an [`Item`](crate::store::Item).
macro_rules! item_columns {
    () => {
        concat!(entry_columns!(), ", answer, body")
    };
}

/// The further columns that a copy in KV has besides the body.
macro_rules! record_columns {
    () => {
        "issuer, app, app_notification_id, group_name, priority, request_digest, answer, answer_key"
    };
}

/// Rows that are on the feed at the instant of the placeholder.
macro_rules! live {
    ($instant:literal) => {
        concat!("deleted = 2 AND expiration > ", $instant)
    };
}

/// Rows of items that were deleted.
macro_rules! gone {
    () => {
        "deleted IN (3, 5)"
    };
}

/// The number of the last change of a row that is copied to KV, as [`Entry::copied_seq`](notifeed::feed::Entry::copied_seq)
/// has it.
macro_rules! copied {
    () => {
        concat!(
            "iif(",
            gone!(),
            ", seq, max(content_seq, coalesce(answered, 0)))"
        )
    };
}

#[macro_use]
mod healing;

/// A new row of an item.
macro_rules! insert_item {
    () => {
        "INSERT INTO item (ordinal, seq, content_seq, copy, revision, read_state, \
        user_action_state, deleted, platforms, reached, created, modified, posted, expiration, \
        keep_until, display_time_to_live, bytes, id, priority, group_name, app_notification_id, app, \
        issuer, request_digest, asks, body) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    };
}

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        /// A statement whose text is fixed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Statement { $($(#[$doc])* $name),* }

        impl Statement {
            /// All of them, by number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The text, in SQLite's dialect.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The place in [`Statement::ALL`].
            pub const fn number(self) -> usize {
                self as usize
            }
        }
    };
}

statements! {
    /// Whether the tables are there, whether those of pushes are, and those of healing.
    Exists = "SELECT coalesce(sum(name = 'feed'), 0), coalesce(sum(name = 'push'), 0), \
        coalesce(sum(name = 'healing'), 0) FROM sqlite_master";

    /// The feed's own row: its life, its head, the mark of the copy, its owner.
    CreateHub = "CREATE TABLE feed (
        only INTEGER PRIMARY KEY CHECK (only = 1), schema INTEGER NOT NULL,
        generation INTEGER NOT NULL, epoch TEXT NOT NULL,
        seq INTEGER NOT NULL DEFAULT 0, ordinal INTEGER NOT NULL DEFAULT 0,
        copied INTEGER NOT NULL DEFAULT 0, exceptions TEXT NOT NULL DEFAULT '',
        forgotten INTEGER NOT NULL DEFAULT 0, seen INTEGER NOT NULL DEFAULT 0,
        rows INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
        owner_copied INTEGER NOT NULL DEFAULT 0, subscriptions_copied INTEGER NOT NULL DEFAULT 1,
        issuer TEXT, tenant TEXT, subject TEXT, other_subjects TEXT, principal_name TEXT, host TEXT
    ) STRICT";
    /// A row for each notification. Its place in the list is its key.
    CreateItem = "CREATE TABLE item (
        ordinal INTEGER PRIMARY KEY, seq INTEGER NOT NULL, content_seq INTEGER NOT NULL,
        copy INTEGER NOT NULL, revision INTEGER NOT NULL,
        read_state INTEGER NOT NULL, user_action_state INTEGER NOT NULL, deleted INTEGER NOT NULL,
        platforms INTEGER NOT NULL, reached INTEGER NOT NULL,
        created INTEGER NOT NULL, modified INTEGER NOT NULL, posted INTEGER NOT NULL,
        expiration INTEGER NOT NULL, keep_until INTEGER NOT NULL, display_time_to_live INTEGER,
        bytes INTEGER NOT NULL, id TEXT NOT NULL, priority TEXT NOT NULL, group_name TEXT,
        app_notification_id TEXT, app TEXT NOT NULL, issuer TEXT NOT NULL,
        request_digest TEXT NOT NULL, asks INTEGER NOT NULL, answered INTEGER, answer TEXT,
        answer_key TEXT, snoozed_until INTEGER, body TEXT
    ) STRICT";
    /// The order of changes, for reads from a cursor.
    CreateItemSeq = "CREATE UNIQUE INDEX item_seq ON item (seq)";
    /// An item by its id.
    CreateItemId = "CREATE UNIQUE INDEX item_id ON item (id)";
    /// The one item that holds its app's own id: it hasn't ended, as far as its row says.
    CreateItemApp = "CREATE UNIQUE INDEX item_app_notification_id
        ON item (app_notification_id, app, issuer)
        WHERE app_notification_id IS NOT NULL AND deleted = 2";
    /// The items that are snoozed until a time.
    CreateItemSnoozed = "CREATE INDEX item_snoozed ON item (snoozed_until) WHERE snoozed_until IS NOT NULL";
    /// A row for each subscription; one that has ended stays until KV knows.
    CreateSubscription = "CREATE TABLE feed_subscription (
        id TEXT PRIMARY KEY, issuer TEXT NOT NULL, app TEXT NOT NULL, device_id TEXT,
        platform TEXT NOT NULL, display_name TEXT, push_subscription TEXT,
        created INTEGER NOT NULL, expiration INTEGER NOT NULL,
        ended INTEGER NOT NULL, copied INTEGER NOT NULL
    ) STRICT";
    /// A subscription by its device.
    CreateSubscriptionDevice = "CREATE INDEX feed_subscription_device
        ON feed_subscription (device_id) WHERE device_id IS NOT NULL";

    /// A row for each subscription that is pushed to; made with the first one.
    CreatePushEndpoint = "CREATE TABLE push_endpoint (
        subscription TEXT PRIMARY KEY, endpoint TEXT NOT NULL, key_id TEXT NOT NULL,
        state TEXT NOT NULL, failures INTEGER NOT NULL, until INTEGER, pushed INTEGER, error TEXT,
        delivered INTEGER NOT NULL DEFAULT 0, taken INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0
    ) STRICT";
    /// A row for each push that is due, by the item's place in the list.
    CreatePush = "CREATE TABLE push (
        item INTEGER NOT NULL, subscription TEXT NOT NULL, content INTEGER NOT NULL,
        due INTEGER NOT NULL, attempts INTEGER NOT NULL, least INTEGER NOT NULL,
        expires INTEGER NOT NULL, fallback INTEGER NOT NULL, PRIMARY KEY (item, subscription)
    ) STRICT, WITHOUT ROWID";

    /// The place of a healing; the table is there as long as the feed is being healed.
    CreateHealing = "CREATE TABLE IF NOT EXISTS healing (
        only INTEGER PRIMARY KEY CHECK (only = 1), since INTEGER NOT NULL, erased INTEGER, cursor TEXT, listed INTEGER NOT NULL
    ) STRICT";
    /// A row for each item that KV has, and for the owner and each subscription, whose names begin with `!`.
    CreateHealingCopy = "CREATE TABLE IF NOT EXISTS healing_copy (
        id TEXT PRIMARY KEY, copy INTEGER NOT NULL, ordinal INTEGER NOT NULL, gone INTEGER NOT NULL, wanted INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID";
    /// A healing begins, also one that was under way: now.
    BeginHealing = "INSERT OR REPLACE INTO healing (only, since, listed) VALUES (1, ?, 0)";
    /// Nothing is listed yet.
    ForgetCopies = "DELETE FROM healing_copy";
    /// The place of the healing.
    Healing = "SELECT since, erased, cursor, listed FROM healing";
    /// When the feed was erased, 0: never; in Unix milliseconds as a text, which may be empty.
    SetErased = "UPDATE healing SET erased = CAST(? AS INTEGER)";
    /// Items of before then go.
    EraseOldItems = "DELETE FROM item WHERE created <= (SELECT erased FROM healing)";
    /// So do subscriptions,
    EraseOldSubscriptions = "DELETE FROM feed_subscription WHERE created <= (SELECT erased FROM healing)";
    /// and the owner, where nothing is left of them.
    EraseOwner = "UPDATE feed SET issuer = NULL, tenant = NULL, subject = NULL, other_subjects = NULL, principal_name = NULL, \
        host = NULL WHERE (SELECT erased FROM healing) > 0 AND NOT EXISTS (SELECT 1 FROM item) \
        AND NOT EXISTS (SELECT 1 FROM feed_subscription)";
    /// A page of keys: KV's answer.
    ListCopies = list_copies!();
    /// The place after that page: the same answer.
    SetPlace = "UPDATE healing SET cursor = ?1->>'cursor', listed = ?1->>'list_complete'";
    /// The texts that are needed.
    WantCopies = want_copies!();
    /// Items end that KV knows to have ended: now.
    EndCopies = end_copies!();
    /// Subscriptions go that KV knows to have ended.
    EndListedSubscriptions = concat!("DELETE FROM feed_subscription WHERE ", all_listed!(),
        " AND id IN (SELECT substr(id, 2) FROM healing_copy WHERE gone AND copy = 0)");
    /// Places go on above the highest that KV has seen.
    RaiseOrdinal = "UPDATE feed SET ordinal = max(ordinal, coalesce((SELECT max(ordinal) FROM healing_copy), 0))";
    /// Texts that are needed, in the order of the list: the id, and what follows it in the key.
    WantedCopies = "SELECT id, iif(copy, ':' || copy, '') FROM healing_copy WHERE wanted ORDER BY ordinal LIMIT ?";
    /// A text isn't needed any longer.
    CopyDone = "UPDATE healing_copy SET wanted = 0 WHERE id = ?";
    /// KV has no such text.
    CopyMissing = "DELETE FROM healing_copy WHERE id = ?";
    /// An item that has expired gives the app's own id of a copy away: text of the copy, now.
    FreeHealedId = concat!("UPDATE item SET deleted = 4 WHERE ", other_holder!(), " AND expiration <= ?2");
    /// An earlier item ends that holds the app's own id of a copy.
    EndHolder = concat!("UPDATE item SET deleted = 5, seq = ", next_seq!(), ", copy = copy + 1, modified = ?2, bytes = 0, \
        body = NULL, snoozed_until = NULL WHERE ", other_holder!(), " AND ordinal < ?1->>'ordinal' AND ?1->>'expiration' > ?2");
    /// The earlier row of a copy goes.
    ForgetHealed = "DELETE FROM item WHERE id = ?1->>'id'";
    /// An item from its copy.
    HealItem = heal_item!();
    /// The owner from its copy.
    HealOwner = "UPDATE feed SET issuer = ?1->>'issuer', tenant = ?1->>'tenant', subject = ?1->>'subject', \
        other_subjects = ?1->'otherSubjects', principal_name = ?1->>'principalName', host = ?1->>'host', owner_copied = 1 \
        WHERE host IS NULL AND (SELECT erased FROM healing) = 0";
    /// A subscription from its copy.
    HealSubscription = heal_subscription!();
    /// The subscriptions that are pushed to, as far as their rows say: now.
    HealedPushes = "SELECT id, push_subscription FROM feed_subscription \
        WHERE push_subscription IS NOT NULL AND ended = 0 AND expiration > ?";
    /// The feed is healed: now.
    EndHealing = end_healing!();
    /// Its tables go.
    DropHealing = "DROP TABLE healing";
    /// So do its texts' names.
    DropHealingCopy = "DROP TABLE healing_copy";

    /// A feed begins: schema, generation, epoch.
    InsertHub = "INSERT INTO feed (only, schema, generation, epoch) VALUES (1, ?, ?, ?)";
    /// The feed's own row, with the newest numbers of the items.
    Hub = "SELECT generation, epoch, seq, ordinal, copied, exceptions, forgotten, seen, rows, bytes, \
        owner_copied, subscriptions_copied, \
        issuer, tenant, subject, other_subjects, principal_name, host, \
        (SELECT max(seq) FROM item), (SELECT max(ordinal) FROM item), \
        (SELECT min(snoozed_until) FROM item WHERE snoozed_until IS NOT NULL) FROM feed";
    /// The feed was restored to an earlier moment: generation, epoch.
    SetEpoch = "UPDATE feed SET generation = max(generation, ?), epoch = ?";
    /// The owner of the feed.
    SetOwner = "UPDATE feed SET issuer = ?, tenant = ?, subject = ?, other_subjects = ?, \
        principal_name = ?, host = ?, owner_copied = 0";
    /// KV has the owner.
    OwnerCopied = "UPDATE feed SET owner_copied = 1";
    /// The mark of the copy, and with it the head and what bounds the room.
    SetMark = "UPDATE feed SET copied = ?, exceptions = ?, seq = ?, ordinal = ?, rows = ?, bytes = ?";
    /// The head, where rows go that prove it.
    SetHead = "UPDATE feed SET seq = ?, ordinal = ?, rows = ?, bytes = ?";
    /// Up to where rows went that endpoints may lack.
    SetForgotten = "UPDATE feed SET forgotten = ?, seq = ?, ordinal = ?, rows = ?, bytes = ?";

    /// Up to where everything is seen.
    SetSeen = "UPDATE feed SET seen = ?";

    /// A new item.
    InsertItem = insert_item!();
    /// The same, unless another item holds its app's own id.
    InsertUnlessTaken = concat!(insert_item!(), " ON CONFLICT (app_notification_id, app, issuer) \
        WHERE app_notification_id IS NOT NULL AND deleted = 2 DO NOTHING");
    /// An item has expired, and its app's own id is free for another one.
    FreeId = "UPDATE item SET deleted = 4 WHERE ordinal = ?";
    /// Other content under the same id.
    ReplaceItem = "UPDATE item SET seq = ?, content_seq = ?, copy = ?, revision = ?, read_state = ?, \
        user_action_state = ?, platforms = ?, reached = ?, modified = ?, posted = ?, expiration = ?, \
        keep_until = ?, display_time_to_live = ?, bytes = ?, priority = ?, group_name = ?, \
        request_digest = ?, asks = ?, answered = iif(?, answered, NULL), answer = iif(?, answer, NULL), \
        answer_key = iif(?, answer_key, NULL), snoozed_until = NULL, body = ? WHERE ordinal = ?";
    /// Other states.
    SetStates = "UPDATE item SET seq = ?, read_state = ?, user_action_state = ?, modified = ?, \
        snoozed_until = ? WHERE ordinal = ?";
    /// A snooze is over: the item is unread, and new.
    WakeItem = "UPDATE item SET seq = ?1, content_seq = ?1, read_state = 2, user_action_state = 2, modified = ?2, \
        snoozed_until = NULL WHERE ordinal = ?3";
    /// The answer that wins.
    SetAnswer = "UPDATE item SET seq = ?, copy = ?, read_state = ?, user_action_state = ?, modified = ?, \
        answered = ?, answer = ?, answer_key = ?, snoozed_until = NULL WHERE ordinal = ?";
    /// Every unread item up to a number is read, each under a number of its own beyond the head, in order.
    /// (SQLite finds them all before it changes the first.)
    ReadAll = concat!("UPDATE item SET seq = ?4 + unread.place, read_state = 3, modified = ?2 \
        FROM (SELECT ordinal AS ordinal_, row_number() OVER (ORDER BY seq) AS place FROM item \
        WHERE seq <= ?1 AND read_state = 2 AND ", live!("?2"), " AND platforms & ?3) AS unread \
        WHERE ordinal = unread.ordinal_");
    /// An item is deleted: a tombstone is left, with states and answer for its sender.
    EndItem = "UPDATE item SET seq = ?, copy = ?, deleted = ?, modified = ?, bytes = 0, body = NULL, \
        snoozed_until = NULL WHERE ordinal = ?";
    /// Rows that nobody can still need.
    PurgeItems = "DELETE FROM item WHERE keep_until <= ?";
    /// The oldest rows of ended items, up to a place.
    ForgetItems = concat!("DELETE FROM item WHERE ordinal <= ? AND (", gone!(), " OR expiration <= ?)");

    /// An item by its id.
    ItemById = concat!("SELECT ", item_columns!(), " FROM item WHERE id = ?");
    /// An entry by its id.
    EntryById = concat!("SELECT ", entry_columns!(), " FROM item WHERE id = ?");
    /// The items whose snooze is over, in the order of instant.
    Snoozed = concat!("SELECT ", item_columns!(), " FROM item \
        WHERE snoozed_until <= ? ORDER BY snoozed_until, seq LIMIT ?");
    /// When the next snooze is over.
    NextSnooze = "SELECT min(snoozed_until) FROM item WHERE snoozed_until IS NOT NULL";
    /// An item by its id, as its sender has it.
    SentById = concat!("SELECT ", entry_columns!(), ", ", record_columns!(), ", body FROM item WHERE id = ?");
    /// The sender of an item, and the number of its last change.
    SenderByOrdinal = "SELECT issuer, app, seq FROM item WHERE ordinal = ?";
    /// The item that holds an app's `appNotificationId`.
    EntryByApp = concat!("SELECT ", entry_columns!(), ", request_digest FROM item \
        WHERE app_notification_id = ? AND app = ? AND issuer = ? AND deleted = 2");
    /// The answer to an item, and its key.
    AnswerByOrdinal = "SELECT answer, answer_key FROM item WHERE ordinal = ?";
    /// The body of an item.
    BodyByOrdinal = "SELECT body FROM item WHERE ordinal = ?";
    /// The items that changed after a number, in the order of change, as their senders have them; the bodies only of
    /// one sender's: app, issuer.
    SentAfter = concat!("SELECT ", entry_columns!(), ", ", record_columns!(), ", \
        iif(app = ?2 AND issuer = ?3, body, NULL) FROM item WHERE seq > ?1 ORDER BY seq LIMIT ?4");
    /// The senders of the items that changed after a number.
    SendersAfter = "SELECT DISTINCT issuer, app FROM item WHERE seq > ?";
    /// The items that changed after a number, in the order of change.
    ChangedAfter = concat!("SELECT ", item_columns!(), " FROM item \
        WHERE seq > ? ORDER BY seq LIMIT ?");
    /// The same for a client that connected without a cursor: of items that existed before it connected, only live ones
    /// from a given place in the list on. (The plus makes SQLite use the index on `seq`.)
    ChangedAfterLive = concat!("SELECT ", item_columns!(), " FROM item \
        WHERE seq > ? AND (seq > ? OR (+ordinal >= ? AND ", live!("?"), ")) ORDER BY seq LIMIT ?");
    /// The newest items of a platform, so many at most: the last one's place in the list, the number of the
    /// change that was first, and how many there are.
    Newest = concat!("SELECT min(ordinal), min(seq), count(*) FROM (SELECT ordinal, seq FROM item \
        WHERE ", live!("?"), " AND platforms & ? ORDER BY ordinal DESC LIMIT ?)");
    /// Whether a platform has an item before a place in the list.
    Older = concat!("SELECT EXISTS (SELECT 1 FROM item WHERE ordinal < ? AND ", live!("?"), " \
        AND platforms & ?)");
    /// A page of the list.
    List = concat!("SELECT ", item_columns!(), " FROM item \
        WHERE ordinal < ? AND ", live!("?"), " ORDER BY ordinal DESC LIMIT ?");
    /// How many items there are.
    Count = concat!("SELECT count(*) FROM item WHERE ", live!("?"));
    /// How many unread items there are up to a number.
    CountUnreadThrough = concat!("SELECT count(*) FROM item \
        WHERE seq <= ?1 AND read_state = 2 AND ", live!("?2"), " AND platforms & ?3");
    /// How many items are unread and not dismissed, how many of them changed after a number, and when the
    /// first of them expires.
    CountUnread = concat!("SELECT count(*), coalesce(sum(seq > ?1), 0), min(expiration) FROM item \
        WHERE read_state = 2 AND user_action_state <> 4 AND ", live!("?2"), " AND platforms & ?3");
    /// How many items a delta lists between two numbers: the live ones and, unless the delta began without a token, the
    /// removed ones that the client may have (as in `change_since`). For places before `?3`, only changes after `?4`
    /// count.
    CountChanges = concat!("SELECT count(*) FROM item WHERE seq > ?1 AND seq <= ?2 \
        AND (ordinal >= ?3 OR seq > ?4) AND ((", live!("?5"), " AND platforms & ?8) \
        OR (?6 AND reached & ?8 AND (", gone!(), " OR (revision > 1 AND content_seq > iif(ordinal >= ?3, ?7, ?4)))))");
    /// Items whose last copied change came after the mark.
    Uncopied = concat!("SELECT ", entry_columns!(), ", ", record_columns!(), ", body FROM item \
        WHERE seq > ?1 AND ", copied!(), " > ?1 ORDER BY ", copied!(), " LIMIT ?2");
    /// An item, for its copy.
    UncopiedByOrdinal = concat!("SELECT ", entry_columns!(), ", ", record_columns!(), ", body FROM item \
        WHERE ordinal = ?");
    /// The rows that a purge takes, and when the next purge has something to do.
    PurgeAhead = "SELECT max(iif(keep_until <= ?1, seq, NULL)), max(iif(keep_until <= ?1, ordinal, NULL)), \
        min(iif(keep_until > ?1, keep_until, NULL)) FROM item";
    /// How many items KV hasn't got as they are now, and since when.
    CountUncopied = concat!("SELECT count(*), min(modified) FROM item \
        WHERE seq > ?1 AND ", copied!(), " > ?1");
    /// The items that came first, with the numbers of their copies.
    OldestItems = "SELECT ordinal, id, copy FROM item ORDER BY ordinal LIMIT ?";
    /// The items up to a place go, without a trace.
    EraseItems = "DELETE FROM item WHERE ordinal <= ?";
    /// The ids of all subscriptions.
    SubscriptionIds = "SELECT id FROM feed_subscription";
    /// How full the feed is.
    Room = "SELECT count(*), coalesce(sum(bytes), 0), coalesce(sum(deleted = 2 AND expiration > ?1), 0), \
        min(iif(deleted = 2 AND expiration > ?1, expiration, NULL)) FROM item";
    /// The oldest rows of ended items. A row that is only kept for its sender, so that no endpoint is to be told of it,
    /// has no number.
    Ended = concat!("SELECT ordinal, iif(keep_until > ?1, seq, NULL), bytes FROM item \
        WHERE ", gone!(), " OR expiration <= ?1 ORDER BY ordinal LIMIT ?2");

    /// A subscription by its id.
    SubscriptionById = "SELECT id, issuer, app, device_id, platform, display_name, push_subscription, \
        created, expiration FROM feed_subscription WHERE id = ? AND ended = 0";
    /// An app's subscription of a device.
    SubscriptionByDevice = "SELECT id, issuer, app, device_id, platform, display_name, push_subscription, \
        created, expiration FROM feed_subscription WHERE device_id = ? AND issuer = ? AND app = ? AND ended = 0";
    /// The subscriptions that haven't ended, oldest first, without what they push to.
    Subscriptions = "SELECT id, issuer, app, device_id, platform, display_name, NULL, \
        created, expiration FROM feed_subscription WHERE expiration > ? AND ended = 0 ORDER BY created, id";
    /// How many there are.
    CountSubscriptions = "SELECT count(*) FROM feed_subscription WHERE expiration > ? AND ended = 0";
    /// A new subscription.
    InsertSubscription = "INSERT INTO feed_subscription (id, issuer, app, device_id, platform, display_name, \
        push_subscription, created, expiration, ended, copied) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)";
    /// A subscription is renewed.
    RenewSubscription = "UPDATE feed_subscription SET platform = ?, display_name = ?, push_subscription = ?, \
        expiration = ?, copied = 0 WHERE id = ?";
    /// A subscription ends.
    EndSubscription = "UPDATE feed_subscription SET ended = 1, copied = 0, push_subscription = NULL WHERE id = ?";
    /// All end.
    EndSubscriptions = "UPDATE feed_subscription SET ended = 1, copied = 0, push_subscription = NULL WHERE ended = 0";
    /// Subscriptions that KV has to hear of.
    UncopiedSubscriptions = "SELECT id, issuer, app, device_id, platform, display_name, push_subscription, \
        created, expiration, ended FROM feed_subscription WHERE copied = 0 LIMIT ?";
    /// KV has a subscription as it is with this expiration.
    SubscriptionCopied = "UPDATE feed_subscription SET copied = 1 WHERE id = ? AND expiration = ? AND ended = 0";
    /// KV knows that a subscription has ended.
    ForgetSubscription = "DELETE FROM feed_subscription WHERE id = ? AND ended = 1";
    /// Whether KV has heard of all.
    SubscriptionsUncopied = "UPDATE feed SET subscriptions_copied = 0";
    /// KV has heard of all.
    SubscriptionsCopied = "UPDATE feed SET subscriptions_copied = \
        (SELECT count(*) = 0 FROM feed_subscription WHERE copied = 0)";
    /// Whether it has.
    SubscriptionsAreCopied = "SELECT subscriptions_copied FROM feed";
    /// Subscriptions that expired go.
    PurgeSubscriptions = "DELETE FROM feed_subscription WHERE expiration <= ?";
    /// When the next subscription expires.
    NextSubscription = "SELECT min(expiration) FROM feed_subscription";

    /// The endpoints that are pushed to.
    PushEndpoints = "SELECT subscription, platform, expiration, push_subscription, key_id, failures, until, \
        delivered, taken FROM push_endpoint JOIN feed_subscription ON id = subscription WHERE state = 'active' AND ended = 0";
    /// How the endpoints are.
    PushStates = "SELECT subscription, state, until, pushed, error, delivered, taken, refused FROM push_endpoint";
    /// An endpoint has all that has numbers up to this one.
    SetDelivered = "UPDATE push_endpoint SET delivered = ?1 WHERE subscription = ?2 AND delivered < ?1";
    /// A subscription lasts longer.
    ExtendSubscription = "UPDATE feed_subscription SET expiration = ?, copied = 0 WHERE id = ? AND ended = 0";
    /// Other subscriptions with the same endpoint aren't pushed to any more, nor those that were renewed
    /// the longest ago where there would be too many.
    EndOtherPushEndpoints = "DELETE FROM push_endpoint WHERE subscription <> ?2 AND (endpoint = ?1 \
        OR subscription IN (SELECT subscription FROM push_endpoint JOIN feed_subscription ON id = subscription \
        WHERE subscription <> ?2 ORDER BY expiration DESC, id LIMIT -1 OFFSET ?3))";
    /// A subscription is pushed to. The same endpoint was made with the same key.
    SetPushEndpoint = "INSERT INTO push_endpoint (subscription, endpoint, key_id, state, failures) \
        VALUES (?, ?, ?, 'active', 0) ON CONFLICT (subscription) DO UPDATE SET \
        key_id = iif(endpoint = excluded.endpoint, key_id, excluded.key_id), endpoint = excluded.endpoint, \
        state = 'active', failures = 0, until = NULL, error = NULL";
    /// A subscription isn't pushed to any more.
    EndPushEndpoint = "DELETE FROM push_endpoint WHERE subscription = ?";
    /// Nothing is due to a subscription any more.
    EndPushes = "DELETE FROM push WHERE subscription = ?";
    /// No subscription is pushed to any more.
    EndAllPushEndpoints = "DELETE FROM push_endpoint";
    /// Nothing is due to any.
    EndAllPushes = "DELETE FROM push";
    /// Endpoints of subscriptions that are gone go.
    PurgePushEndpoints = "DELETE FROM push_endpoint WHERE subscription NOT IN (SELECT id FROM feed_subscription)";
    /// A push is due.
    InsertPush = "INSERT OR REPLACE INTO push (subscription, item, content, due, expires, fallback, attempts, least) \
        VALUES (?, ?, ?, ?, ?, ?, 0, 0)";
    /// To each endpoint the first that is due, with its item: the columns beside a `min` are those of its row.
    DuePushes = concat!("SELECT subscription, item, content, attempts, least, ", item_columns!(), " \
        FROM (SELECT subscription, item, min(content) AS content, attempts, least FROM push WHERE due <= ? \
        GROUP BY subscription) JOIN item ON ordinal = item ORDER BY content");
    /// When the next one is due.
    NextPush = "SELECT min(due) FROM push";
    /// Pushed items that were dealt with since the last push that was taken (`?1`), the newest first; `?2`: from
    /// which change on it is worth a look; `?3`: how many.
    DealtWith = concat!("SELECT id FROM item WHERE seq > ?2 AND content_seq <= ?1 \
        AND (read_state = 3 OR user_action_state <> 2 OR ", gone!(), ") ORDER BY seq DESC LIMIT ?3");
    /// A push is done with.
    PushDone = "DELETE FROM push WHERE subscription = ? AND item = ? AND content = ?";
    /// A push is tried again.
    PushAgain = "UPDATE push SET due = ?, attempts = ?, least = ? WHERE subscription = ? AND item = ? AND content = ?";
    /// Nothing is pushed of an item.
    CancelPushes = "DELETE FROM push WHERE item = ?";
    /// Nothing is pushed of what is read.
    CancelReadPushes = "DELETE FROM push WHERE EXISTS (SELECT 1 FROM item WHERE ordinal = push.item AND read_state = 3)";
    /// A person has seen what was to be pushed.
    PushesSeen = "DELETE FROM push WHERE subscription = ? AND content <= ?";
    /// A device has fetched what a fallback would be shown of.
    FetchedPushes = "DELETE FROM push WHERE subscription = ? AND content <= ? AND fallback = 1";
    /// Makes held pushes due, unless their endpoint is left alone.
    ReleasePushes = "UPDATE push SET due = ?1 WHERE subscription = ?2 AND content <= ?3 AND due > ?1 AND attempts = 0 AND fallback = 0 \
        AND NOT EXISTS (SELECT 1 FROM push_endpoint WHERE push_endpoint.subscription = ?2 AND until > ?1)";
    /// Removes pushes that are past their time.
    ExpirePushes = "DELETE FROM push WHERE expires <= ?";
    /// Lets the pushes to an endpoint wait.
    PostponePushes = "UPDATE push SET due = ?1 WHERE subscription = ?2 AND due < ?1";
    /// Removes all but the newest pushes to an endpoint.
    ShrinkPushes = "DELETE FROM push WHERE subscription = ?1 AND item NOT IN \
        (SELECT item FROM push WHERE subscription = ?1 ORDER BY content DESC LIMIT ?2)";
    /// A push service has taken a push.
    PushTaken = "UPDATE push_endpoint SET failures = 0, until = NULL, error = NULL, pushed = ?1, \
        taken = max(taken, ?3) WHERE subscription = ?2";
    /// A push service refuses a push.
    PushRefused = "UPDATE push_endpoint SET refused = ? WHERE subscription = ?";
    /// A push has failed.
    PushFailed = "UPDATE push_endpoint SET failures = ?, until = ?, error = ? WHERE subscription = ?";
    /// A push service says that an endpoint has gone.
    PushGone = "UPDATE push_endpoint SET state = 'gone', endpoint = '', until = NULL WHERE subscription = ?";
}

impl Statement {
    /// The tables of a new feed, in order.
    pub const SCHEMA: [Self; 8] = [
        Self::CreateHub,
        Self::CreateItem,
        Self::CreateItemSeq,
        Self::CreateItemId,
        Self::CreateItemApp,
        Self::CreateItemSnoozed,
        Self::CreateSubscription,
        Self::CreateSubscriptionDevice,
    ];
}
