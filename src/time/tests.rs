//! Tests of reading, writing and arithmetic.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use super::*;

fn read(text: &str) -> Result<String, TimeError> {
    Timestamp::parse(text).map(|instant| instant.to_string())
}

#[test]
fn reads_rfc_3339_and_what_dotnet_sends() {
    for (text, canonical) in [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("2019-10-30T23:59:00.000Z", "2019-10-30T23:59:00Z"),
        ("2019-10-28T22:05:36.25Z", "2019-10-28T22:05:36.25Z"),
        ("2019-10-28T22:05:36.2500000Z", "2019-10-28T22:05:36.25Z"),
        (
            "2019-10-28T22:05:36.1234567+03:00",
            "2019-10-28T19:05:36.123Z",
        ),
        (
            "2019-10-28T22:05:36.999999999-00:00",
            "2019-10-28T22:05:36.999Z",
        ),
        ("2019-10-28T22:05:36.1Z", "2019-10-28T22:05:36.1Z"),
        ("2019-10-28T22:05:36.01Z", "2019-10-28T22:05:36.01Z"),
        ("2019-10-28T22:05:36.001Z", "2019-10-28T22:05:36.001Z"),
        ("2019-10-28T22:05:36.0009Z", "2019-10-28T22:05:36Z"),
        ("2019-10-28t22:05:36z", "2019-10-28T22:05:36Z"),
        ("2019-10-28T22:05Z", "2019-10-28T22:05:00Z"),
        ("2019-10-28T22:05+03:00", "2019-10-28T19:05:00Z"),
        ("2019-10-28T22:05:36,25Z", "2019-10-28T22:05:36.25Z"),
        ("2019-10-28T22:05:36+0330", "2019-10-28T18:35:36Z"),
        ("2019-10-28T22:05:36-03", "2019-10-29T01:05:36Z"),
        ("2019-10-28T22:05-0330", "2019-10-29T01:35:00Z"),
        ("2019-10-28T22:05+00", "2019-10-28T22:05:00Z"),
        (
            "2019-10-28T22:05:36.123456789012Z",
            "2019-10-28T22:05:36.123Z",
        ),
        ("2020-02-29T00:30:00+01:00", "2020-02-28T23:30:00Z"),
        ("2020-02-29T23:30:00-23:59", "2020-03-01T23:29:00Z"),
        ("2000-02-29T12:00:00Z", "2000-02-29T12:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("0001-01-01T23:59:00+23:59", "0001-01-01T00:00:00Z"),
        ("0000-12-31T23:00:00-01:00", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999Z"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(canonical), "{text}");
    }
}

#[test]
fn refuses_everything_else() {
    use TimeError::*;
    for (text, error) in [
        ("", Malformed),
        ("2019", Malformed),
        ("2019-10-30", Malformed),
        ("2019-10-30T", Malformed),
        ("2019-10-30T23Z", Malformed),
        ("2019-10-30T23:59", NoOffset),
        ("2019-10-30T23:59:Z", Malformed),
        ("2019-10-30T23:59.5Z", Malformed),
        ("2019-10-30T23:59,5Z", Malformed),
        ("2019-10-30T2359Z", Malformed),
        ("2019-10-30 23:59Z", Malformed),
        ("2019-10-30T23:59 UTC", Malformed),
        ("2019-10-30T23:59Europe/Berlin", Malformed),
        ("2019-10-30T23:59:00", NoOffset),
        ("2019-10-30T23:59:00.000", NoOffset),
        ("2019-10-30 23:59:00Z", Malformed),
        (" 2019-10-30T23:59:00Z", Malformed),
        ("2019-10-30T23:59:00Z ", Malformed),
        ("2019-10-30T23:59:00ZZ", Malformed),
        ("2019-10-30T23:59:00.Z", Malformed),
        ("2019-10-30T23:59:00,Z", Malformed),
        ("2019-10-30T23:59:00.1234567890123Z", TooPrecise),
        ("2019-10-30T23:59:00+3", Malformed),
        ("2019-10-30T23:59:00+030", Malformed),
        ("2019-10-30T23:59:00+03:", Malformed),
        ("2019-10-30T23:59:00+03:0", Malformed),
        ("2019-10-30T23:59:00+03000", Malformed),
        ("2019-10-30T23:59:00+2400", NoSuchTime),
        ("2019-10-30T23:59:00+24", NoSuchTime),
        ("2019-10-30T23:59:00+0360", NoSuchTime),
        ("2019-10-30T24:00Z", NoSuchTime),
        ("2019-10-30T23:59:00+03:00:00", Malformed),
        ("2019-10-30T23:59:00+24:00", NoSuchTime),
        ("2019-10-30T23:59:00+03:60", NoSuchTime),
        ("2019-10-30T24:00:00Z", NoSuchTime),
        ("2019-10-30T23:60:00Z", NoSuchTime),
        ("2019-10-30T23:59:61Z", NoSuchTime),
        ("2019-13-01T00:00:00Z", NoSuchDate),
        ("2019-00-01T00:00:00Z", NoSuchDate),
        ("2019-01-00T00:00:00Z", NoSuchDate),
        ("2019-02-29T00:00:00Z", NoSuchDate),
        ("1900-02-29T00:00:00Z", NoSuchDate),
        ("2019-04-31T00:00:00Z", NoSuchDate),
        ("0000-01-01T00:00:00Z", OutOfRange),
        ("0001-01-01T00:00:00+00:01", OutOfRange),
        ("9999-12-31T23:59:59-00:01", OutOfRange),
        ("+12019-10-30T23:59:00Z", Malformed),
        ("-2019-10-30T23:59:00Z", Malformed),
        ("20191030T235900Z", Malformed),
        ("2019-W44-3T00:00:00Z", Malformed),
        ("2019-303T00:00:00Z", Malformed),
        ("２０１９-10-30T23:59:00Z", Malformed),
        ("Wed, 30 Oct 2019 23:59:00 GMT", Malformed),
        ("/Date(1572479940000)/", Malformed),
        ("1572479940", Malformed),
    ] {
        assert_eq!(read(text), Err(error), "{text}");
    }
}

#[test]
fn a_leap_second_is_the_second_after_it() {
    assert_eq!(
        read("2016-12-31T23:59:60Z").as_deref(),
        Ok("2017-01-01T00:00:00Z")
    );
    assert_eq!(
        read("2015-06-30T23:59:60.75Z").as_deref(),
        Ok("2015-07-01T00:00:00.75Z")
    );
    assert_eq!(
        read("1990-12-31T15:59:60-08:00").as_deref(),
        Ok("1991-01-01T00:00:00Z")
    );
    assert_eq!(
        read("2016-02-29T23:59:60Z").as_deref(),
        Ok("2016-03-01T00:00:00Z")
    );
    for text in [
        "2016-12-30T23:59:60Z",
        "2016-12-31T23:58:60Z",
        "2016-12-31T22:59:60Z",
        "2016-02-28T23:59:60Z",
        "2016-12-31T23:59:60+01:00",
    ] {
        assert_eq!(read(text), Err(TimeError::NoLeapSecond), "{text}");
    }
    assert_eq!(read("9999-12-31T23:59:60Z"), Err(TimeError::OutOfRange));
    assert_eq!(
        read("0000-12-31T23:59:60Z").as_deref(),
        Ok("0001-01-01T00:00:00Z")
    );
    assert_eq!(read("0000-01-31T23:59:60Z"), Err(TimeError::OutOfRange));
}

#[test]
fn every_day_of_the_calendar_is_written_and_read_the_same() {
    let mut expected = (1_i64, 1_i64, 1_i64);
    let mut instant = Timestamp::MIN;
    loop {
        let (year, month, day) = expected;
        let text = instant.to_seconds_string();
        assert_eq!(text, format!("{year:04}-{month:02}-{day:02}T00:00:00"));
        assert_eq!(Timestamp::parse(&format!("{text}Z")), Ok(instant));
        let next = instant.saturating_add(Duration::DAY);
        if next == Timestamp::MAX {
            break;
        }
        instant = next;
        expected = if day < days_in_month(year, month) {
            (year, month, day + 1)
        } else if month < 12 {
            (year, month + 1, 1)
        } else {
            (year + 1, 1, 1)
        };
    }
    assert_eq!(expected, (9999, 12, 31));
}

#[test]
fn known_instants() {
    assert_eq!(
        Timestamp::parse("1970-01-01T00:00:00Z")
            .unwrap()
            .unix_millis(),
        0
    );
    assert_eq!(
        Timestamp::parse("2001-09-09T01:46:40Z")
            .unwrap()
            .unix_millis(),
        1_000_000_000_000
    );
    assert_eq!(
        Timestamp::parse("1969-12-31T23:59:59.999Z")
            .unwrap()
            .unix_millis(),
        -1
    );
    assert_eq!(
        Timestamp::parse("2019-10-21T22:05:36.25Z")
            .unwrap()
            .to_seconds_string(),
        "2019-10-21T22:05:36"
    );
}

#[test]
fn arithmetic_saturates() {
    assert_eq!(
        Timestamp::MAX.saturating_add(Duration::from_millis(1)),
        Timestamp::MAX
    );
    assert_eq!(
        Timestamp::MAX.saturating_add(Duration::from_millis(i64::MAX)),
        Timestamp::MAX
    );
    assert_eq!(
        Timestamp::MIN.saturating_add(Duration::from_millis(i64::MIN)),
        Timestamp::MIN
    );
    assert_eq!(
        Timestamp::saturating_from_unix_millis(i64::MIN),
        Timestamp::MIN
    );
    assert_eq!(
        Timestamp::from_unix_millis(Timestamp::MAX.unix_millis() + 1),
        None
    );
    assert_eq!(
        Timestamp::from_unix_millis(Timestamp::MIN.unix_millis() - 1),
        None
    );
    assert_eq!(
        Timestamp::MAX.saturating_since(Timestamp::MIN),
        Duration::from_millis(Timestamp::MAX.unix_millis() - Timestamp::MIN.unix_millis())
    );
}
