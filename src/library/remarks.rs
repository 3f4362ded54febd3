//! What a therapist should know of a file, in sentences.

use super::meter::Measured;
use crate::decode::{Damage, Decoder};
use crate::time::{Frames, clock};

/// Everything noteworthy of a file that was decoded to its end.
/// `altered` says that its own checksum is not that of its sound.
pub(super) fn remarks(decoder: &Decoder, measured: &Measured, altered: bool) -> Vec<String> {
    let rate = decoder.rate();
    let at = |frames: Frames| clock(rate.duration(frames));
    let second = Frames(u64::from(rate.hertz()));
    let damage = decoder.damage();
    let mut remarks = Vec::new();

    if measured.head >= measured.frames {
        remarks.push("it is silent from its beginning to its end".to_owned());
    }
    if let Some(first) = damage.first_gap {
        let stretches = match damage.gaps {
            1 => format!(
                "1 stretch at {} could not be decoded and is silent",
                at(first)
            ),
            gaps => format!(
                "{gaps} stretches could not be decoded and are silent; the first at {}",
                at(first)
            ),
        };
        let seconds = rate.seconds(damage.silenced);
        remarks.push(format!(
            "{stretches} ({seconds:.1} s in all); copy the file again"
        ));
    }
    // What is missing alters the rest: that is said below, or was.
    if altered && damage.first_gap.is_none() && !damage.ends_early {
        remarks.push(
            "its sound is not what it was when it was made (its checksum differs, or a part is missing); copy the file again"
                .to_owned(),
        );
    }
    if damage.wild > 0 {
        remarks.push(format!(
            "{} samples are no numbers or far too loud and were tamed; the file may crackle",
            damage.wild
        ));
    }
    let claimed = decoder.claimed_length();
    match claimed {
        Some(claimed) if damage.ends_early => remarks.push(format!(
            "it is cut off: it stops at {}, its header says {}; copy the file again",
            at(measured.frames),
            at(claimed)
        )),
        None if damage.ends_early => remarks.push(format!(
            "it is cut off at {}; copy the file again",
            at(measured.frames)
        )),
        Some(claimed) if measured.frames > claimed + second => remarks.push(format!(
            "it is {} long, though its header says {}",
            at(measured.frames),
            at(claimed)
        )),
        _ => {}
    }
    if damage.changes {
        remarks.push(format!(
            "from {} on it is another kind of sound, or has another rate or more channels, and is not played; convert it to FLAC",
            at(measured.frames)
        ));
    }
    if damage.beyond_end > Damage::PADDING {
        remarks.push(format!(
            "{} of sound lies behind the end that its header gives and is not played; convert the file anew",
            at(damage.beyond_end)
        ));
    }
    if !decoder.exact_ends() {
        let what_to_do = if decoder.codec().starts_with("AAC") {
            "convert it to FLAC, best from what it was made of"
        } else {
            "no sound is lost, but for such a join make it anew from what it was made of, best as FLAC"
        };
        remarks.push(format!(
            "its exact start and end are not recorded in the file; a gapless join may be heard; {what_to_do}"
        ));
    }
    remarks
}
