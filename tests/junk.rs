//! MP3 and bare AAC of which a part is something else, or that were joined of several sounds.

mod common;

use std::fs;

use common::decoded::{Folder, data, remarks, rest};
use common::sounds::difference;
use undersong::decode::{Damage, Decoder};
use undersong::frame::Frame;
use undersong::time::Frames;

impl Folder {
    fn decode(&self, bytes: &[u8]) -> (Vec<Frame>, Damage) {
        let mut decoder = Decoder::open(&self.file(bytes)).unwrap();
        (rest(&mut decoder), *decoder.damage())
    }
}

fn loudest(sound: &[Frame]) -> f32 {
    let samples = sound.as_flattened().iter();
    samples.fold(0.0, |most: f32, sample| most.max(sample.abs()))
}

/// The packets of a file, each with its head.
fn packets(mut bytes: &[u8], size: impl Fn(&[u8]) -> usize) -> Vec<&[u8]> {
    let mut packets = Vec::new();
    while bytes.len() > 7 {
        let (packet, behind) = bytes.split_at(size(bytes));
        packets.push(packet);
        bytes = behind;
    }
    packets
}

fn aac_size(head: &[u8]) -> usize {
    usize::from(head[3] & 3) << 11 | usize::from(head[4]) << 3 | usize::from(head[5]) >> 5
}

/// Of the first version, at 44.1 kHz.
fn mp3_size(head: &[u8]) -> usize {
    let kilobits = [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ];
    144_000 * kilobits[usize::from(head[2] >> 4)] / 44_100 + usize::from(head[2] >> 1 & 1)
}

/// So much of anything but sound.
fn junk() -> [Vec<u8>; 3] {
    let head = [
        0xFF, 0xFB, 0x90, 0x64, 0xFF, 0xF1, 0x50, 0x80, 0x2A, 0x1F, 0xFC,
    ];
    let seeming = head.iter().cycle().copied();
    [vec![0; 900], vec![0x55; 900], seeming.take(900).collect()]
}

#[test]
fn what_lies_behind_a_part_that_is_spoilt_keeps_its_place_and_comes_without_a_burst() {
    let folder = Folder::new();
    for (name, size, frames) in [
        ("tagged_cbr.mp3", mp3_size as fn(&[u8]) -> usize, 1_152),
        ("stream.aac", aac_size, 1_024),
    ] {
        let whole = fs::read(data(name)).unwrap();
        // Behind an ID3 tag.
        let from = whole
            .windows(2)
            .position(|two| two[0] == 0xFF && two[1] >= 0xF0);
        let from = from.unwrap();
        let (sound, _) = folder.decode(&whole);
        let all = packets(&whole[from..], size);
        for junk in junk() {
            for first in [7, 12] {
                let begins = from + all[..first].concat().len() + 50;
                let mut spoilt = whole.clone();
                spoilt[begins..begins + junk.len()].copy_from_slice(&junk);
                let (read, damage) = folder.decode(&spoilt);
                assert_eq!(damage.gaps, 1, "{name}: {damage:?}");
                let off = read.len().abs_diff(sound.len());
                assert!(off <= 2 * frames, "{name}: {off} frames off");
                let (begin, end) = (damage.first_gap.unwrap().index(), damage.silenced.index());
                let end = begin + end;
                assert!(read[..begin] == sound[..begin], "{name}");
                assert!(
                    loudest(&read) < 1.3 * loudest(&sound),
                    "{name}: {}",
                    loudest(&read)
                );
                // Where it is known how many were lost, all behind them stand where they stood.
                if off == 0 {
                    let later = end + 3 * frames;
                    let off = difference(&read[later..], &sound[later..]);
                    assert!(off < 1e-3, "{name}: {off}");
                }
                let mut decoder = Decoder::open(&folder.file(&spoilt)).unwrap();
                for to in [begin - 700, begin + 3, end - 1, end + 200, end + 6_000, 5] {
                    decoder.seek(Frames(to as u64)).unwrap();
                    let off = difference(&rest(&mut decoder), &read[to..]);
                    assert!(off <= 1e-3, "{name} from {to}: {off}");
                }
            }
        }
    }
}

#[test]
fn what_is_known_to_lie_between_packets_is_no_hole() {
    let folder = Folder::new();
    let tag = |inside: usize| {
        let size = [inside >> 21, inside >> 14, inside >> 7, inside].map(|part| part as u8 & 0x7F);
        [b"ID3\x03\0\0", &size[..], &vec![0xFF; inside]].concat()
    };
    for name in ["untagged_vbr.mp3", "stream.aac"] {
        let whole = fs::read(data(name)).unwrap();
        let (twice, damage) = folder.decode(&whole.repeat(2));
        assert!(damage.is_none(), "{damage:?}");
        for between in [tag(3_000), [&b"TAG"[..], &[b' '; 125]].concat()] {
            let joined = [&whole[..], &between, &whole].concat();
            let (read, damage) = folder.decode(&joined);
            assert!(damage.is_none(), "{name}: {damage:?}");
            assert!(read == twice, "{name}");
        }
        // Behind the last one anything may lie.
        for behind in [vec![0; 70_000], vec![0xFF; 5_000], tag(500)] {
            let (read, damage) = folder.decode(&[&whole[..], &behind].concat());
            assert!(damage.is_none(), "{name}: {damage:?}");
            assert!(read == twice[..read.len()] && read.len() * 2 == twice.len());
        }
    }
}

#[test]
fn sounds_of_several_kinds_that_were_joined_are_told_and_play_to_the_first_change() {
    let folder = Folder::new();
    let [stereo, mono, aac] = ["untagged_vbr.mp3", "tagged_mono.mp3", "stream.aac"]
        .map(|name| fs::read(data(name)).unwrap());
    let mut other = aac.clone();
    // At another rate, or with one channel, as each packet says.
    for (first, second) in [(0x4C, 0x80), (0x50, 0x40)] {
        for packet in packets(&aac, aac_size) {
            let at = packet.as_ptr() as usize - aac.as_ptr() as usize;
            other[at + 2] = other[at + 2] & !0x3C | first & 0x3C;
            other[at + 3] = other[at + 3] & !0xC0 | second;
        }
        changes(&folder, &aac, &other);
    }
    changes(&folder, &stereo, &mono);
    changes(&folder, &mono, &stereo);
}

fn changes(folder: &Folder, one: &[u8], other: &[u8]) {
    let (first, _) = folder.decode(one);
    let joined = [one, other].concat();
    let (read, damage) = folder.decode(&joined);
    assert!(damage.changes, "{damage:?}");
    assert!(read == first);
    let said = remarks(&folder.file(&joined)).join("\n");
    assert!(said.contains("another kind of sound"), "{said}");
    assert!(!said.contains("no sound is lost"), "{said}");
}
