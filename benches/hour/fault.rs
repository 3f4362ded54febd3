//! A fault that is put into what was recorded, once, to see that it is found: `make hour FAULT=step`.

use super::mood::Now;

/// After so many frames.
const FROM: usize = 30 * 48_000;

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// One sample is off by a little more than -60 dBFS.
    Step,
    /// 110 ms of silence in one zone.
    Silence,
    /// One sample above the ceiling.
    Loud,
    /// The other ear hears the least there is of words for one.
    Ear,
}

impl Fault {
    /// The fault of this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "" => None,
            "step" => Some(Self::Step),
            "silence" => Some(Self::Silence),
            "loud" => Some(Self::Loud),
            "ear" => Some(Self::Ear),
            _ => panic!("FAULT is one of: step, silence, loud, ear"),
        }
    }

    /// Puts it into a block, where it belongs; whether that is done for good.
    pub fn strike(self, at: usize, now: Now, block: &mut [f32], struck: &mut usize) {
        let own = if self == Self::Ear {
            Now::Stillness
        } else {
            Now::Music
        };
        if at < FROM || now != own {
            return;
        }
        let frames = block.len() / 4;
        let most = if self == Self::Silence { 5_280 } else { 1 };
        let left = most - (*struck).min(most);
        match self {
            _ if left == 0 => return,
            Self::Step => block[2] += 0.0012,
            Self::Loud => block[3] = 0.6,
            Self::Silence => {
                for frame in block.chunks_exact_mut(4).take(left) {
                    frame[2..].fill(0.0);
                }
                *struck += frames.min(left);
                return;
            }
            Self::Ear => {
                let sounds = |frame: &&mut [f32]| frame[0] != 0.0;
                let Some(frame) = block.chunks_exact_mut(4).find(sounds) else {
                    return;
                };
                frame[3] = f32::MIN_POSITIVE;
            }
        }
        *struck += 1;
    }
}
