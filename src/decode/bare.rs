//! Files that are nothing but packets, one behind the other: MP3, and AAC without a container. Nothing says when a packet sounds
//! but those before it. Symphonia's readers take any bytes that look like a head for one, and close up over what is spoilt; this
//! one believes only what is followed by another packet, and keeps the time of what is missing.

use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::errors::{Error, Result, SeekErrorKind, seek_error, unsupported_error};
use symphonia::core::formats::well_known::{FORMAT_ID_ADTS, FORMAT_ID_MP3};
use symphonia::core::formats::{
    FormatInfo, FormatReader, MediaInfo, SeekMode, SeekTo, SeekedTo, Track,
};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadBytes, SeekBuffered};
use symphonia::core::meta::{Metadata, MetadataLog};
use symphonia::core::packet::{Packet, PacketBuilder};
use symphonia::core::units::{Duration, Timestamp};

use super::heads::{Bare, Head, LOOK, tag};

/// A packet of MP3 may need what is in so many before it.
const MEMORY: usize = 8;

/// The frames of as many of the longest.
const REACH: i64 = 1152 * MEMORY.cast_signed() as i64;

/// So far forward it is quicker to read than to jump.
const NEAR: u64 = 32 * 1024;

/// Reads the packets of such a file.
pub(super) struct BareReader {
    bytes: MediaSourceStream<'static>,
    kind: Bare,
    info: FormatInfo,
    media: MediaInfo,
    tracks: Vec<Track>,
    metadata: MetadataLog,
    start: Walk,
    walk: Walk,
}

/// How far the file was gone through.
#[derive(Debug, Clone, Copy)]
struct Walk {
    /// Where the next packet should begin.
    at: u64,
    /// Its time, in frames.
    time: i64,
    /// The packets so far, and their bytes.
    packets: u64,
    size: u64,
    /// What all packets are like.
    like: Option<Head>,
    /// Whether another sound begins here, of which nothing is played.
    changes: bool,
}

/// A packet that was found.
#[derive(Debug, Clone, Copy)]
struct Found {
    at: u64,
    head: Head,
    /// The bytes before it that are neither packet nor tag.
    junk: u64,
}

impl BareReader {
    /// Reads on where another reader stands at its first packet; a reader of other files stays what it is.
    pub fn of(mut format: Box<dyn FormatReader>) -> Box<dyn FormatReader> {
        let info = *format.format_info();
        let kind = match info.format {
            FORMAT_ID_MP3 => Bare::Mp3,
            FORMAT_ID_ADTS => Bare::Aac,
            _ => return format,
        };
        let tracks = format.tracks().to_vec();
        let media = *format.media_info();
        let mut metadata = MetadataLog::default();
        if let Some(tags) = format.metadata().skip_to_latest() {
            metadata.push(tags.clone());
        }
        let bytes = format.into_inner();
        let delay = tracks.first().and_then(|track| track.delay).unwrap_or(0);
        let start = Walk {
            at: bytes.pos(),
            time: -i64::from(delay),
            packets: 0,
            size: 0,
            like: None,
            changes: false,
        };
        Box::new(Self {
            bytes,
            kind,
            info,
            media,
            tracks,
            metadata,
            start,
            walk: start,
        })
    }

    /// Goes to a place in the file.
    fn go(&mut self, at: u64) -> io::Result<()> {
        let reached = self.bytes.seek_buffered(at);
        if reached < at && at - reached <= NEAR {
            self.bytes.ignore_bytes(at - reached)?;
        } else if reached != at {
            self.bytes.seek(SeekFrom::Start(at))?;
        }
        Ok(())
    }

    /// Reads what there is at a place, fewer bytes at the end of the file.
    fn look(&mut self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let ends = |error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof;
        match self.go(at) {
            Err(error) if ends(&error) => return Ok(0),
            gone => gone?,
        }
        let mut there = 0;
        while there < into.len() {
            match self.bytes.read(&mut into[there..]) {
                Ok(0) => break,
                Ok(count) => there += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if ends(&error) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(there)
    }

    /// The packet that seems to begin at a place, and whether the file has ended there, or a tag begins.
    fn seems(&mut self, at: u64) -> io::Result<(Option<Head>, bool)> {
        let mut here = [0; LOOK];
        let there = self.look(at, &mut here)?;
        let here = &here[..there];
        Ok((self.kind.head(here), there == 0 || tag(here).is_some()))
    }

    /// The next packet from a place on, within so many bytes; one that is not where it should be is only believed where another
    /// lies behind it.
    fn find(&mut self, from: u64, within: u64, in_place: bool) -> io::Result<Option<Found>> {
        let (mut at, mut begins, mut junk) = (from, in_place, 0_u64);
        let mut here = [0; LOOK];
        loop {
            let there = self.look(at, &mut here)?;
            let here = &here[..there];
            if here.is_empty() || at - from > within {
                return Ok(None);
            }
            if let Some(tag) = tag(here) {
                junk = junk.saturating_sub(tag.before);
                begins &= junk == 0;
                at = at.saturating_add(tag.length);
                continue;
            }
            if let Some(head) = self.kind.head(here)
                && self.is_believed(at, head, begins)?
            {
                return Ok(Some(Found { at, head, junk }));
            }
            begins = false;
            let next = self.next_seeming(at + 1)?;
            junk += next - at;
            at = next;
        }
    }

    /// Where a packet or a tag may begin, or the file ends.
    fn next_seeming(&mut self, mut at: u64) -> io::Result<u64> {
        let mut block = [0; 4096];
        loop {
            let there = self.look(at, &mut block)?;
            if there < 2 {
                return Ok(at + there as u64);
            }
            let seems = |two: &[u8]| match two {
                [0xFF, next] => next & 0xE0 == 0xE0 && next & 6 != 6,
                two => [b"ID", b"TA", b"AP"].iter().any(|tag| *tag == two),
            };
            match block[..there].windows(2).position(seems) {
                Some(place) => return Ok(at + place as u64),
                None => at += there as u64 - 1,
            }
        }
    }

    /// Whether a head that was found is one: another packet follows it, or the file ends.
    fn is_believed(&mut self, at: u64, head: Head, in_place: bool) -> io::Result<bool> {
        let next = at + head.size as u64;
        let known = self.walk.like.is_none_or(|like| like.is_like(head));
        let length = self.bytes.byte_len();
        if length.is_some_and(|length| next > length) {
            return Ok(false);
        }
        let (behind, ends) = self.seems(next)?;
        Ok(match behind {
            Some(behind) if behind.is_like(head) => true,
            _ if !known => false,
            _ if ends => true,
            _ if !in_place => false,
            // Another sound begins there; or it is the last one before what is none.
            Some(behind) => {
                let (third, ends) = self.seems(next + behind.size as u64)?;
                ends || third.is_some_and(|third| third.is_like(behind))
            }
            None => self.find(next, NEAR, false)?.is_none(),
        })
    }

    /// Goes on to the next packet. `None` at the end, and where another sound begins.
    fn step(&mut self) -> io::Result<Option<Found>> {
        while !self.walk.changes {
            let Some(found) = self.find(self.walk.at, u64::MAX, true)? else {
                break;
            };
            let Found { at, head, junk } = found;
            if head.is_note {
                self.walk.at = at + head.size as u64;
                continue;
            }
            let like = *self.walk.like.get_or_insert(head);
            if !like.is_like(head) {
                self.walk.changes = true;
                break;
            }
            let walk = &mut self.walk;
            // As many as would have had room.
            let lost = match walk.packets {
                0 => 0,
                packets => junk.saturating_mul(packets).saturating_add(walk.size / 2) / walk.size,
            };
            let time = walk.time + (lost * head.frames).cast_signed();
            walk.at = at + head.size as u64;
            walk.time = time + head.frames.cast_signed();
            walk.packets += 1;
            walk.size += head.size as u64;
            return Ok(Some(found));
        }
        Ok(None)
    }
}

impl FormatReader for BareReader {
    fn format_info(&self) -> &FormatInfo {
        &self.info
    }

    fn media_info(&self) -> &MediaInfo {
        &self.media
    }

    fn metadata(&mut self) -> Metadata<'_> {
        self.metadata.metadata()
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// The next packet. One that lies behind bytes that are none is announced by a reset.
    fn next_packet(&mut self) -> Result<Option<Packet>> {
        let before = self.walk;
        let Some(Found { at, head, junk }) = self.step()? else {
            return if self.walk.changes {
                unsupported_error("another sound begins")
            } else {
                Ok(None)
            };
        };
        if junk > 0 && before.packets > 0 {
            // It is found again, in its place.
            self.walk.at = at;
            self.walk.time -= head.frames.cast_signed();
            (self.walk.packets, self.walk.size) = (before.packets, before.size);
            return Err(Error::ResetRequired);
        }
        let mut data = vec![0; head.size - head.apart];
        let there = self.look(at + head.apart as u64, &mut data)?;
        if there < data.len() {
            return Ok(None);
        }
        let frames = self.tracks[0].num_frames.map(Duration::from);
        let end = frames.and_then(|frames| frames.timestamp_from(Timestamp::ZERO));
        let packet = PacketBuilder::new()
            .track_id(self.tracks[0].id)
            .pts(Timestamp::new(self.walk.time - head.frames.cast_signed()));
        let length = Duration::new(head.frames);
        Ok(Some(match self.kind {
            Bare::Mp3 => packet.trimmed_dur(length, end).data(data).build(),
            Bare::Aac => packet.dur(length).data(data).build(),
        }))
    }

    fn seek(&mut self, _: SeekMode, to: SeekTo) -> Result<SeekedTo> {
        let SeekTo::Timestamp { ts, track_id } = to else {
            return seek_error(SeekErrorKind::Unseekable);
        };
        if ts.get() < self.walk.time.saturating_add(REACH) {
            self.walk = self.start;
        }
        let mut before = [self.walk; MEMORY];
        for count in 0.. {
            before[count % MEMORY] = self.walk;
            if self.step()?.is_none() {
                return seek_error(SeekErrorKind::OutOfRange);
            }
            if self.walk.time > ts.get() {
                self.walk = before[(count + 1).saturating_sub(MEMORY.min(count + 1)) % MEMORY];
                break;
            }
        }
        Ok(SeekedTo {
            track_id,
            required_ts: ts,
            actual_ts: Timestamp::new(self.walk.time),
        })
    }

    fn into_inner<'s>(self: Box<Self>) -> MediaSourceStream<'s>
    where
        Self: 's,
    {
        self.bytes
    }
}
