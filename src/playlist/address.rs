//! Addresses (`file:///music/a%20b.flac`) in players' playlist files.

use std::borrow::Cow;

use crate::mistake::Wrong;

/// The path that a playlist's line means. `address` says that it is percent-encoded even without
/// `file://` before it. Addresses on the network stay what they are, and are refused as paths.
pub(super) fn path(location: &str, address: bool) -> Result<Cow<'_, str>, Wrong> {
    match of_file(location) {
        Some(rest) => {
            let path = rest.strip_prefix("localhost").unwrap_or(rest);
            if !path.starts_with('/') {
                return Err(Wrong::new("this address is on another machine")
                    .help("write `file:///` with three slashes, or the plain path"));
            }
            decode(path).map(Cow::Owned)
        }
        None if address && !location.contains("://") => decode(location).map(Cow::Owned),
        None => Ok(Cow::Borrowed(location)),
    }
}

/// Whether a location is an address on the network, which is not played.
pub(super) fn is_on_the_network(location: &str) -> bool {
    location.contains("://") && of_file(location).is_none()
}

/// What follows `file://`, where an address begins so.
fn of_file(location: &str) -> Option<&str> {
    let scheme = location.get(..7)?;
    scheme
        .eq_ignore_ascii_case("file://")
        .then(|| &location[scheme.len()..])
}

/// Puts the bytes for their `%20`s.
fn decode(text: &str) -> Result<String, Wrong> {
    let wrong = || {
        Wrong::new("this address has a `%` that stands for nothing")
            .help("write `%25` for a percent sign")
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let digits = part.get(..2).ok_or_else(wrong)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| wrong())?);
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).map_err(|_| Wrong::new("this address is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_paths() {
        let of = |location, address| path(location, address).unwrap().into_owned();
        assert_eq!(of("file:///m/a%20b.flac", false), "/m/a b.flac");
        assert_eq!(of("FILE://localhost/gr%C3%BCn.ogg", false), "/grün.ogg");
        assert_eq!(of("a%20b.flac", true), "a b.flac");
        assert_eq!(of("100%.flac", false), "100%.flac");
        assert_eq!(of("http://x/%", true), "http://x/%");
    }

    #[test]
    fn broken_addresses_are_no_paths() {
        for location in [
            "file:///%",
            "file:///%2",
            "file:///%+1",
            "file:///%é",
            "file:///%ff",
        ] {
            assert!(path(location, false).is_err(), "{location}");
        }
        assert!(path("file://server/a.flac", false).is_err());
        assert!(path("é%", true).is_err());
    }
}
