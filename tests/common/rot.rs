//! What may happen to a file after it was checked.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde_json::Value;

use super::dice::Dice;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rot {
    /// A stretch of its bytes is something else.
    Spoilt,
    /// Some bits fell over.
    Flipped,
    /// It is shorter.
    Cut,
    /// It is not there any more.
    Gone,
}

/// Lets a file rot, by the dice; its head is left as it is, so that it still looks like what it was. `None` where it is
/// gone.
pub fn rot(dice: &mut Dice, bytes: &[u8], head: usize) -> (Rot, Option<Vec<u8>>) {
    let mut spoilt = bytes.to_vec();
    let room = (bytes.len() - head) as f64;
    let place = |dice: &mut Dice| head + (dice.unit() * room) as usize;
    match dice.unit() {
        ..0.4 => {
            let begin = place(dice);
            let length = (dice.unit() * room * 0.4) as usize + 1;
            let zero = dice.unit() < 0.3;
            for byte in spoilt.iter_mut().skip(begin).take(length) {
                *byte = if zero { 0 } else { dice.bits() as u8 };
            }
            (Rot::Spoilt, Some(spoilt))
        }
        ..0.6 => {
            for _ in 0..=(dice.unit() * 20.0) as usize {
                spoilt[place(dice)] ^= 1 << (dice.bits() % 8);
            }
            (Rot::Flipped, Some(spoilt))
        }
        ..0.9 => {
            spoilt.truncate(place(dice));
            (Rot::Cut, Some(spoilt))
        }
        _ => (Rot::Gone, None),
    }
}

/// Lets a cache believe that a file is as it was when it was looked at, whatever became of it.
pub fn go_unseen(cache: &Path, file: &Path) {
    let now = fs::metadata(file).unwrap();
    for entry in fs::read_dir(cache.join("seen")).unwrap() {
        let entry = entry.unwrap().path();
        let text = fs::read_to_string(&entry).unwrap();
        let (head, body) = text.split_once('\n').unwrap();
        let mut seen: Value = serde_json::from_str(body).unwrap();
        let stamp = &mut seen["stamp"];
        if stamp["inode"] != now.ino() {
            continue;
        }
        stamp["size"] = now.len().into();
        stamp["modified"] = now.mtime().into();
        stamp["modified_nanos"] = now.mtime_nsec().into();
        stamp["changed"] = now.ctime().into();
        stamp["changed_nanos"] = now.ctime_nsec().into();
        let body = seen.to_string();
        let version = head.rsplit_once(' ').unwrap().0;
        let sum = blake3::hash(body.as_bytes()).to_hex();
        fs::write(&entry, format!("{version} {sum}\n{body}")).unwrap();
    }
}
