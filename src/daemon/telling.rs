//! What happens in a session, for those who follow it.

use crate::daemon::desk::Told;
use crate::daemon::outlook::words;
use crate::player::{Happening, What};
use crate::time::Rate;
use crate::timeline::CueSort;

/// An event, without its number.
#[must_use]
pub fn told(happening: &Happening, rate: Rate) -> Told {
    let (what, text) = match &happening.what {
        What::Phase(span) => ("phase", span.name.clone()),
        What::Clip(clip) => ("track", clip.title.clone()),
        What::Cue(cue) if cue.sort == CueSort::Remind => {
            let text = cue.text.as_ref();
            ("remind", text.unwrap_or(&cue.name).clone())
        }
        What::Cue(cue) => (cue.sort.word(), cue.name.clone()),
        What::Missed(cue) => ("cue-missed", cue.name.clone()),
        What::Starved(_) => ("starved", "the bed stands in".to_owned()),
        What::Trouble(trouble) => ("trouble", trouble.to_string()),
        What::Changed(change) => ("changed", words(change)),
        What::Refused(change, refusal) => ("refused", format!("{}: {refusal}", words(change))),
        What::Pausing => ("pausing", String::new()),
        What::Paused => ("paused", String::new()),
        What::WentOn { .. } => ("went-on", String::new()),
        What::CameBack { .. } => ("came-back", String::new()),
        What::Stopping { .. } => ("stopping", String::new()),
        What::Over => ("over", String::new()),
    };
    Told {
        number: 0,
        at: rate.seconds(happening.at),
        what: what.to_owned(),
        text,
    }
}
