//! The longer statements of healing. Texts of KV are bound as they are, and SQLite reads them: 1099511627776 is
//! [`SEQ_BASE`](crate::store::SEQ_BASE).

/// The number of the next change, as it is stored.
macro_rules! next_seq {
    () => {
        "max((SELECT seq + 1099511627776 FROM feed), coalesce((SELECT max(seq) FROM item), 0)) + 1"
    };
}

/// Whether all keys are listed.
macro_rules! all_listed {
    () => {
        "(SELECT listed FROM healing)"
    };
}

/// Keys of KV: of each item the highest copy, and whether any of them is a gone mark (2: by its sender). Names
/// begin after the feed's id and a colon.
macro_rules! list_copies {
    () => {
        "INSERT INTO healing_copy (id, copy, ordinal, gone, wanted) \
        SELECT iif(name GLOB '!*', name, substr(name, 1, 36)), CAST(substr(name, 38) AS INTEGER), \
        coalesce(metadata->>'ordinal', 0), \
        coalesce(metadata->>'gone', 0) + coalesce(metadata->>'retracted', 0), 0 \
        FROM (SELECT substr(value->>'name', 66) AS name, value->'metadata' AS metadata FROM json_each(?, '$.keys')) \
        WHERE true ON CONFLICT (id) DO UPDATE SET copy = max(copy, excluded.copy), \
        ordinal = max(ordinal, excluded.ordinal), gone = max(gone, excluded.gone)"
    };
}

/// Once all keys are listed: the texts that are needed. A row that is as new stays as it is, and so does one that ended.
macro_rules! want_copies {
    () => {
        concat!(
            "UPDATE healing_copy SET wanted = 1 WHERE ",
            all_listed!(),
            " AND gone = 0 AND NOT EXISTS (SELECT 1 FROM item WHERE item.id = healing_copy.id \
            AND (item.copy >= healing_copy.copy OR ",
            gone!(),
            "))"
        )
    };
}

/// Once all keys are listed: items that KV knows to have ended end, and ended ones of which KV has a later copy get one
/// beyond it.
macro_rules! end_copies {
    () => {
        concat!(
            "UPDATE item SET seq = found.next + found.place, copy = iif(found.gone AND item.copy < found.last, found.last, \
            max(item.copy, found.last) + 1), deleted = iif(",
            gone!(),
            ", deleted, iif(found.gone = 2, 5, 3)), modified = ?, bytes = 0, body = NULL, snoozed_until = NULL \
            FROM (SELECT item.ordinal AS place_, healing_copy.copy AS last, gone, ",
            next_seq!(),
            " AS next, row_number() OVER (ORDER BY item.ordinal) AS place FROM healing_copy JOIN item USING (id) WHERE ",
            all_listed!(),
            " AND iif(",
            gone!(),
            ", item.copy < healing_copy.copy, gone)) AS found WHERE ordinal = found.place_"
        )
    };
}

/// The item that holds the app's own id of a copy: text of the copy, now.
macro_rules! other_holder {
    () => {
        "deleted = 2 AND app_notification_id = ?1->>'appNotificationId' AND app = ?1->>'app' \
        AND issuer = ?1->>'issuer' AND id <> ?1->>'id'"
    };
}

/// An item from its copy: text of the copy without its content, the content's members, now. Its place is the one that it
/// had, or the next where another item has that by now.
macro_rules! heal_item {
    () => {
        concat!(
            "INSERT INTO item (ordinal, seq, content_seq, answered, copy, revision, read_state, user_action_state, \
            deleted, platforms, reached, created, modified, posted, expiration, keep_until, display_time_to_live, \
            bytes, id, priority, group_name, app_notification_id, app, issuer, request_digest, asks, answer, \
            answer_key, snoozed_until, body) \
            SELECT iif(EXISTS (SELECT 1 FROM item WHERE ordinal = v->>'ordinal'), (SELECT max(feed.ordinal, \
            (SELECT max(ordinal) FROM item)) + 1 FROM feed), v->>'ordinal'), next, next, iif(v->'answer' IS NULL, NULL, next), \
            (v->>'copy') + (ended = 5), v->>'revision', iif(v->>'readState' = 'read', 3, 2), \
            CASE v->>'userActionState' WHEN 'activated' THEN 3 WHEN 'dismissed' THEN 4 WHEN 'snoozed' THEN 5 ELSE 2 END, \
            ended, v->>'platforms', v->>'reached', v->>'created', v->>'modified', v->>'posted', v->>'expiration', \
            v->>'keepUntil', v->>'displayTimeToLive', iif(ended = 5, 0, length(CAST(?2 AS BLOB))), v->>'id', v->>'priority', \
            v->>'groupName', v->>'appNotificationId', v->>'app', v->>'issuer', v->>'requestDigest', \
            iif(('{' || ?2 || '}')->'payload'->'visualContent'->'actions' IS NULL, 2, 3), v->'answer', v->>'answerKey', \
            iif(ended = 2, v->>'snoozedUntil', NULL), iif(ended = 5, NULL, ?2) FROM (SELECT ?1 AS v, ",
            next_seq!(),
            " AS next, CASE WHEN ?1->>'expiration' <= ?3 THEN 4 WHEN EXISTS (SELECT 1 FROM item WHERE ",
            other_holder!(),
            ") THEN 5 ELSE 2 END AS ended) WHERE v->>'created' > (SELECT erased FROM healing)"
        )
    };
}

/// A subscription from its copy: text of the copy, now. A row that ended stays so.
macro_rules! heal_subscription {
    () => {
        "INSERT INTO feed_subscription (id, issuer, app, device_id, platform, display_name, push_subscription, \
        created, expiration, ended, copied) \
        SELECT ?1->>'id', ?1->>'issuer', ?1->>'app', ?1->>'deviceId', ?1->>'platform', ?1->>'displayName', \
        ?1->>'pushSubscription', ?1->>'created', ?1->>'expiration', 0, 1 \
        WHERE ?1->>'expiration' > ?2 AND ?1->>'created' > (SELECT erased FROM healing) \
        ON CONFLICT (id) DO UPDATE SET platform = excluded.platform, display_name = excluded.display_name, \
        push_subscription = excluded.push_subscription, expiration = excluded.expiration, copied = 1 \
        WHERE ended = 0 AND excluded.expiration > expiration"
    };
}

/// The feed is healed: its head, what bounds its room, and the mark of the copy before the first item that KV lacks.
macro_rules! end_healing {
    () => {
        concat!(
            "UPDATE feed SET seq = ",
            next_seq!(),
            " - 1 - 1099511627776, ordinal = max(ordinal, coalesce((SELECT max(ordinal) FROM item), 0)), \
            rows = (SELECT count(*) FROM item), bytes = (SELECT coalesce(sum(bytes), 0) FROM item), exceptions = '', \
            subscriptions_copied = (SELECT count(*) = 0 FROM feed_subscription WHERE copied = 0), \
            copied = coalesce((SELECT min(",
            copied!(),
            ") - 1 FROM item LEFT JOIN healing_copy USING (id) WHERE keep_until > ? AND \
            item.copy > coalesce(healing_copy.copy, 0)), ",
            next_seq!(),
            " - 1) - 1099511627776"
        )
    };
}
