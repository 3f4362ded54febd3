//! Where the end of a phase comes to lie when it is moved, and why there.

use std::time::Duration;

use crate::script::Phase;
use crate::time::{Frames, LONGEST};
use crate::timeline::draft::Draft;
use crate::timeline::model::{PhaseSpan, Timeline};
use crate::timeline::refusal::Refusal;

/// What lies so near to a bound is at it, and nobody moves an end by less.
const GRACE: Duration = Duration::from_secs(1);

/// Why a phase whose end was moved ends where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// It was asked to.
    Asked,
    /// The script lets it be no longer.
    Longest {
        /// Than this.
        most: Duration,
        /// Whether it ends before that, where a piece does.
        piece: bool,
    },
    /// The script lets it be no shorter.
    Shortest {
        /// Than this.
        least: Duration,
        /// Whether it ends after that, where a piece does.
        piece: bool,
    },
    /// What sounds cannot leave sooner.
    Soonest,
    /// A piece ends there, near enough to what was asked.
    Piece,
}

impl Landing {
    /// The same where a piece ends near.
    #[must_use]
    pub const fn at_piece(self) -> Self {
        match self {
            Self::Longest { most, .. } => Self::Longest { most, piece: true },
            Self::Shortest { least, .. } => Self::Shortest { least, piece: true },
            Self::Asked | Self::Soonest | Self::Piece => Self::Piece,
        }
    }
}

/// What is asked of a phase whose end is moved.
#[derive(Debug)]
pub struct Asked {
    /// The shortest, the meant and the longest length.
    lengths: [Frames; 3],
    /// Why it has the one that is meant, where its music lets it.
    landing: Landing,
}

impl Asked {
    /// That it ends later.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn longer(
        draft: &Draft,
        span: &PhaseSpan,
        phase: &Phase,
        by: Frames,
    ) -> Result<Self, Refusal> {
        check_end(draft, span, by)?;
        let most = draft.rate.frames(phase.max.unwrap_or(LONGEST));
        if span.length + draft.rate.frames(GRACE) >= most {
            let (phase, most) = (span.name.clone(), draft.rate.duration(most));
            return Err(Refusal::AtMost { phase, most });
        }
        let meant = (span.length + by).min(most);
        let landing = if meant < span.length + by {
            Landing::Longest {
                most: draft.rate.duration(most),
                piece: false,
            }
        } else {
            Landing::Asked
        };
        // Of what it may really be longer: where it ends now is none of the ends that are near.
        let half = Frames((meant - span.length).0 / 2);
        let lengths = [meant - half, meant, (meant + half).min(most)];
        Ok(Self { lengths, landing })
    }

    /// That it ends earlier.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn shorter(
        draft: &Draft,
        span: &PhaseSpan,
        phase: &Phase,
        by: Frames,
    ) -> Result<Self, Refusal> {
        check_end(draft, span, by)?;
        let grace = draft.rate.frames(GRACE);
        let least = phase.min.map(|min| draft.rate.frames(min));
        if let Some(least) = least.filter(|least| span.length <= *least + grace) {
            let (phase, least) = (span.name.clone(), draft.rate.duration(least));
            return Err(Refusal::AtLeast { phase, least });
        }
        let score = draft.course.score(Vec::new(), Vec::new());
        let leaving = score.fades(span.number).1;
        // What leaves slowly does not reach far into what comes next.
        let first = (draft.settled + leaving).max(draft.end_of_leaving()) - span.from;
        if first + grace >= span.length {
            return Err(Refusal::EndsNow(span.name.clone()));
        }
        let (least, bound) = match least.filter(|least| *least >= first) {
            Some(least) => {
                let bound = Landing::Shortest {
                    least: draft.rate.duration(least),
                    piece: false,
                };
                (least, bound)
            }
            None => (first, Landing::Soonest),
        };
        let meant = (span.length - by).max(least);
        let landing = if span.length < least + by {
            bound
        } else {
            Landing::Asked
        };
        let half = Frames((span.length - meant).0 / 2);
        let lengths = [(meant - half).max(least), meant, meant + half];
        Ok(Self { lengths, landing })
    }
}

impl Draft<'_> {
    /// The phase goes on from what sounds, and its end comes to lie later, or earlier: its music may end at no other place
    /// that is allowed.
    ///
    /// # Errors
    /// Where it does not move.
    pub fn end_moved(
        self,
        mut span: PhaseSpan,
        Asked { lengths, landing }: Asked,
        later: bool,
    ) -> Result<(Timeline, Option<Landing>), Refusal> {
        let (number, end, phase) = (span.number, span.end(), span.name.clone());
        let length = self.rate.duration(span.length);
        let meant = span.from + lengths[1];
        span.wish.lengths = lengths;
        let moved = self.go_on(span);
        let same = moved.phases.iter().find(|span| span.number == number);
        match same.map(PhaseSpan::end) {
            Some(new) if later && new > end || !later && new < end => {
                let landing = if new == meant {
                    landing
                } else {
                    landing.at_piece()
                };
                Ok((moved, Some(landing)))
            }
            _ if later => Err(Refusal::AtMost {
                phase,
                most: length,
            }),
            _ => Err(Refusal::AtLeast {
                phase,
                least: length,
            }),
        }
    }
}

fn check_end(draft: &Draft, span: &PhaseSpan, by: Frames) -> Result<(), Refusal> {
    if span.wish.open {
        return Err(Refusal::NoEnd(span.name.clone()));
    }
    if by < draft.rate.frames(GRACE) {
        return Err(Refusal::Nothing);
    }
    Ok(())
}
