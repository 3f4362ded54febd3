//! A file as a run of stereo frames.

use std::mem;
use std::path::Path;

use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::FormatReader;
use symphonia::core::packet::Packet;

use super::chunks::Length;
use super::dates::{Dates, keep_all, leeway};
use super::edit_list::EditList;
use super::error::ends_early;
use super::flac;
use super::open::{Ahead, Opened, Origin};
use super::pages::{self, Flaw};
use super::playable::playable;
use super::sound::{Chain, Ending, Sound};
use super::tape::{Grid, Tape};
use super::window::Gauge;
use super::{CalledOff, Damage, DecodeError, Tags, tags};
use crate::frame::Frame;
use crate::time::{Frames, Rate};

/// The frames of one MP3 packet, of which trimming says too much.
const LONGEST_TRIM: u64 = 1152;

/// Reads a file's frames from the first to the last, at the file's own rate. All calls block on
/// the disk; none belongs on the audio thread.
pub struct Decoder {
    pub(super) origin: Origin,
    /// Where the file is read ahead, how far.
    gauge: Option<Gauge>,
    pub(super) format: Box<dyn FormatReader>,
    pub(super) sound: Sound,
    pub(super) tape: Tape,
    pub(super) rate: Rate,
    /// 0 until the first packet was decoded.
    channels: u8,
    /// The bytes of the packets that were taken.
    taken: u64,
    tags: Tags,
    /// Whether another stream was entered behind the first one.
    pub(super) chain: Chain,
    /// Whether there was a jump, so that not every frame was decoded, once and in its turn.
    pub(super) skipped: bool,
    pub(super) ended: bool,
    /// How the packets follow one another, where they are dated.
    pub(super) dates: Dates,
    /// Whether the next packet is decoded for what it leaves behind, and not heard.
    pub(super) muted: bool,
    /// So many ticks of packets were passed over before the first sound.
    silent: i64,
}

impl Decoder {
    /// Opens a file and decodes up to its first sound. Blocking.
    ///
    /// # Errors
    /// What is wrong with the file, and what to do.
    pub fn open(path: &Path) -> Result<Self, DecodeError> {
        Self::open_at(Origin::File(path.to_owned()), 0, &|| false)
    }

    /// The same where the file is read once from its start to its end, and its checksum verified. Blocking.
    ///
    /// # Errors
    /// What is wrong with the file, and what to do; [`DecodeError::CalledOff`] where it was.
    pub fn open_checked(path: &Path, called_off: CalledOff<'_>) -> Result<Self, DecodeError> {
        Self::open_at(Origin::Checked(path.to_owned()), 0, called_off)
    }

    /// How the file, though nothing else is wrong with it, is not what its own checksums say: those of a FLAC file's sound, or
    /// of an Ogg file's pages. Asked at the end of a file that was opened to be checked and never sought, since only there is
    /// every frame known; otherwise the answer is nothing. Blocking.
    ///
    /// # Errors
    /// Where the disk fails, and where it is called off.
    pub fn flaw(&mut self, called_off: CalledOff<'_>) -> Result<Option<Flaw>, DecodeError> {
        let Origin::Checked(path) = &self.origin else {
            return Ok(None);
        };
        if !self.ended || self.skipped {
            return Ok(None);
        }
        if self.chain == Chain::Twins {
            return Err(DecodeError::Twins);
        }
        let verified = self.sound.decoder.finalize().verify_ok;
        // Two of the same length look like one, and a jump leads into the wrong one.
        if verified != Some(true)
            && self.codec() == "FLAC"
            && flac::holds_another(path, called_off)?
        {
            return Err(DecodeError::OneBehindOther);
        }
        if !self.tape.damage.is_none() {
            return Ok(None);
        }
        if verified == Some(false) {
            return Ok(Some(Flaw::Altered));
        }
        pages::flaw(path, called_off)
    }

    /// Opens a file that is read ahead by a thread of its own, so that a disk that stalls is bridged. Blocking.
    ///
    /// # Errors
    /// What is wrong with the file, and what to do.
    pub fn open_ahead(ahead: Ahead) -> Result<Self, DecodeError> {
        Self::open_at(Origin::Ahead(ahead), 0, &|| false)
    }

    /// Opens a file that is part of the program.
    ///
    /// # Errors
    /// What is wrong with its bytes.
    pub fn of_bytes(bytes: &'static [u8]) -> Result<Self, DecodeError> {
        Self::open_at(Origin::Bundled(bytes), 0, &|| false)
    }

    pub(super) fn open_at(
        origin: Origin,
        first_wanted: i64,
        called_off: CalledOff<'_>,
    ) -> Result<Self, DecodeError> {
        let Opened {
            mut format,
            edits,
            chunks,
            behind,
            torn,
            gauge,
        } = origin.open(called_off)?;
        let verify = matches!(origin, Origin::Checked(_));
        let uneven = edits.uneven();
        let mut sound = Sound::find(format.as_ref(), &edits, verify)?;
        match chunks.sound.map(|sound| sound.length) {
            Some(Length::Wide(bytes)) => sound.ends_at(chunks.frames(bytes)),
            Some(Length::Unknown) => sound.runs_to_the_end(),
            Some(Length::Told(_)) | None => {}
        }
        if torn {
            sound.ending = Ending::Lost;
        }
        let mut tape = Tape::from(first_wanted);
        tape.damage.beyond_end = behind;
        let mut decoder = Self {
            origin,
            gauge,
            tags: tags::read(format.as_mut()),
            format,
            sound,
            tape,
            rate: Rate::DEFAULT,
            channels: 0,
            taken: 0,
            chain: Chain::None,
            skipped: false,
            ended: false,
            dates: Dates::new(uneven),
            muted: false,
            silent: 0,
        };
        let mut first = Vec::new();
        while decoder.channels == 0 {
            if decoder.ended {
                return Err(if decoder.sound.ending == Ending::Lost {
                    DecodeError::CutOff
                } else {
                    DecodeError::Silent
                });
            }
            decoder.packet(&mut first)?;
        }
        decoder.tape.keep(first);
        Ok(decoder)
    }

    /// Whether the next frames can be read without waiting for the disk, as far as that can be told. Does not block.
    #[must_use]
    pub fn is_fed(&self) -> bool {
        self.gauge.as_ref().is_none_or(Gauge::is_fed)
    }

    /// The file's own rate.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// The file's own channels, 1 or 2. A mono file is handed over on both, each at its level.
    #[must_use]
    pub fn channels(&self) -> u8 {
        self.channels
    }

    /// What people call the kind of sound: `FLAC`, `MP3` ...
    #[must_use]
    pub fn codec(&self) -> &'static str {
        self.sound.codec
    }

    /// How many bytes of its sound were decoded: what the file holds beside it does not count.
    #[must_use]
    pub const fn taken(&self) -> u64 {
        self.taken
    }

    /// Title and artist.
    #[must_use]
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Whether the file records its exact first and last frame; an MP3 without its encoder's tag
    /// and AAC without an edit list do not, and a join may be heard.
    #[must_use]
    pub fn exact_ends(&self) -> bool {
        self.sound.exact_ends
    }

    /// Whether the file does not say how long its sound is, so that all to the file's end is taken for it.
    #[must_use]
    pub fn runs_to_the_end(&self) -> bool {
        self.sound.ending == Ending::Open
    }

    /// The length that the header claims, at the file's rate; `None` where it claims none that
    /// can be believed. Only the end of [`Decoder::read`] tells the true length.
    #[must_use]
    pub fn claimed_length(&self) -> Option<Frames> {
        self.sound.length.map(|length| Frames(length as u64))
    }

    /// What was wrong with the file so far, since it was opened or last sought.
    #[must_use]
    pub fn damage(&self) -> &Damage {
        &self.tape.damage
    }

    /// Appends the next frames to `out`, about a packet at a time, and says how many; 0 at the
    /// end. They are finite and within [`crate::frame::LOUDEST`]. Blocking.
    ///
    /// # Errors
    /// Only where the disk fails; damage in the file is skipped and remembered.
    pub fn read(&mut self, out: &mut Vec<Frame>) -> Result<usize, DecodeError> {
        let before = out.len();
        while out.len() == before {
            if self.tape.hand_over(out) {
                continue;
            }
            if self.ended {
                break;
            }
            self.packet(out)?;
        }
        Ok(out.len() - before)
    }

    /// Decodes one packet onto the tape.
    fn packet(&mut self, out: &mut Vec<Frame>) -> Result<(), DecodeError> {
        match self.format.next_packet() {
            Ok(Some(mut packet)) if packet.track_id == self.sound.track => {
                self.taken += packet.data.len() as u64;
                if self.sound.ogg {
                    self.dates.add(&packet, self.sound.last);
                    keep_all(&mut packet, self.sound.last);
                }
                return self.decode(&packet, out);
            }
            Ok(Some(_)) => {}
            Err(Symphonia::ResetRequired) if self.sound.ogg => self.next_in_chain(),
            // What comes next lies behind what is none of it, and refers to what is missing.
            Err(Symphonia::ResetRequired) => {
                self.sound.decoder.reset();
                self.muted = true;
            }
            // Another sound begins there.
            Err(Symphonia::Unsupported(_)) => {
                self.tape.damage.changes = true;
                self.end(false);
            }
            Err(Symphonia::IoError(error)) if !ends_early(&error) => return Err(error.into()),
            Ok(None) => self.end(self.stops_short(self.sound.ending == Ending::Lost)),
            // What was written to a pipe announces no length, and ends where it ends; Ogg has a
            // last page all the same.
            Err(Symphonia::IoError(_)) => {
                self.end(self.stops_short(self.sound.ending == Ending::LastPage));
            }
            Err(_) => self.end(true),
        }
        Ok(())
    }

    fn decode(&mut self, packet: &Packet, out: &mut Vec<Frame>) -> Result<(), DecodeError> {
        let Sound {
            clock,
            start,
            first,
            length,
            end,
            exact_ends,
            dated,
            ..
        } = self.sound;
        let ticks = packet.block_dur().get().cast_signed();
        let sound = match self.sound.decoder.decode(packet) {
            Ok(sound) if sound.frames() > 0 => sound,
            // A packet that is lost leaves a hole; the next one shows how long it is.
            other => {
                if other.is_ok() {
                    self.tape.damage.beyond_end += Frames(packet.trim_end.get().min(LONGEST_TRIM));
                }
                if self.channels == 0 {
                    self.silent = self.silent.saturating_add(ticks);
                } else if dated {
                    self.tape.leave_out(clock.frames(ticks, self.rate));
                }
                return Ok(());
            }
        };
        if mem::take(&mut self.muted) {
            return Ok(());
        }
        let (rate, channels) = (sound.spec().rate(), sound.num_planes());
        if self.channels == 0 {
            (self.rate, self.channels) = playable(rate, channels)?;
            let start = start.saturating_add(if dated { self.silent } else { 0 });
            let [origin, at] = [first, start].map(|at| clock.frames(at, self.rate));
            self.tape.begin(origin, at);
        } else if rate != self.rate.hertz() || channels > 2 {
            self.tape.damage.changes = true;
            self.end(false);
            return Ok(());
        }
        let trimmed = if exact_ends {
            packet.trim_start.get()
        } else {
            0
        };
        let time = packet.pts.get().saturating_add_unsigned(trimmed);
        if dated {
            let trimmed = i64::try_from(trimmed).unwrap_or(0);
            self.tape.leave_out(clock.frames(trimmed, self.rate));
        }
        let grid = Grid {
            rate: self.rate,
            rounding: clock.rounding(self.rate),
            leeway: if dated { leeway(self.rate) } else { 0 },
            length,
            end,
        };
        self.tape
            .place(&sound, clock.frames(time, self.rate), grid, out);
        Ok(())
    }

    /// Enters the next stream of a chained Ogg file, which plays on behind the last one.
    fn next_in_chain(&mut self) {
        let Ok(mut next) = Sound::find(self.format.as_ref(), &EditList::default(), false) else {
            self.tape.damage.changes = true;
            self.end(false);
            return;
        };
        next.length = None;
        if next.track == self.sound.track {
            self.chain = Chain::Twins;
        } else if self.chain == Chain::None {
            self.chain = Chain::Several;
        }
        self.dates.begin();
        self.sound = next;
        let Sound {
            clock,
            first,
            start,
            ..
        } = self.sound;
        let [first, start] = [first, start].map(|at| clock.frames(at, self.rate));
        self.tape.splice(first, start);
    }

    /// Whether less was decoded than the file announces, or else what `unannounced` says.
    fn stops_short(&self, unannounced: bool) -> bool {
        let length = self.sound.length;
        let rounded = if self.tape.uneven {
            leeway(self.rate)
        } else {
            0
        };
        let there = self.tape.position().saturating_add(rounded);
        length.map_or(unannounced, |length| there < length)
    }

    fn end(&mut self, early: bool) {
        self.ended = true;
        self.tape.damage.ends_early |= early;
    }
}
