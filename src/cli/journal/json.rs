//! A session as it was played, as programs read it.
//!
//! Positions and lengths are frames from the session's start.

use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::journal::words::{Fate, told};
use crate::journal::{Account, Deed, Moment, Played};
use crate::time::Frames;
use crate::when::When;

/// Everything that is known.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    title: &'a str,
    file: String,
    script: &'a str,
    /// blake3 of the script, in hex.
    hash: &'a str,
    seed: u64,
    undersong: &'a str,
    /// Frames a second.
    rate: u32,
    began: String,
    ended: String,
    ending: &'static str,
    length: Frames,
    /// Records that are lost or damaged.
    lost: u64,
    phases: Vec<Value>,
    moments: Vec<Value>,
}

/// The session as JSON.
pub fn text(path: &Path, account: &Account, played: &Played) -> String {
    let started = &account.started;
    let timeline = &played.timeline;
    let phases = timeline.phases.iter().map(|span| {
        json!({ "name": span.name, "from": span.from, "length": span.length, "silent": span.silent })
    });
    let shown = Shown {
        title: &started.title,
        file: path.display().to_string(),
        script: &started.script,
        hash: &started.hash,
        seed: started.seed,
        undersong: &started.undersong,
        rate: started.rate.hertz(),
        began: When::of(account.begun_wall()).exact(),
        ended: When::of(account.last_wall).exact(),
        ending: Fate::of(path, account).word(),
        length: played.length(),
        lost: account.lost(),
        phases: phases.collect(),
        moments: played.moments.iter().map(|it| moment(it, played)).collect(),
    };
    // Plain strings and numbers always have a JSON form.
    serde_json::to_string_pretty(&shown).unwrap_or_default() + "\n"
}

fn moment(moment: &Moment, played: &Played) -> Value {
    let (kind, words) = told(&moment.deed, played.timeline.rate);
    let mut shown = json!({
        "at": moment.at,
        "wall": When::of(moment.wall).exact(),
        "kind": kind,
        "text": words,
    });
    match &moment.deed {
        Deed::Track {
            title,
            file,
            length,
            failed,
        } => {
            shown["title"] = json!(title);
            shown["file"] = json!(file);
            shown["length"] = json!(length);
            shown["failed"] = json!(failed);
        }
        Deed::Cue { name, how } => {
            shown["name"] = json!(name);
            if let Some(how) = how {
                shown["length"] = json!(how.length);
                shown["to"] = json!(how.to);
            }
        }
        Deed::LeftOut { name, .. } => shown["name"] = json!(name),
        Deed::Changed(change) => shown["change"] = json!(change),
        Deed::Refused { asked, .. } => shown["asked"] = json!(asked),
        Deed::Rested { length } => {
            shown["seconds"] = json!(length.map(|length| length.as_secs_f64()));
        }
        _ => {}
    }
    shown
}
