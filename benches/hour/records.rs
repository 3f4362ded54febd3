//! What the journals say: no cue came twice.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

/// What the journals say in all.
#[derive(Debug, Default)]
pub struct Records {
    /// How many cues began.
    pub cues: usize,
    /// When the sound was brought from silence, since the device had stood still; in milliseconds since 1970.
    pub returns: Vec<u64>,
    /// What is wrong.
    pub faults: Vec<String>,
}

/// Reads all journals of a folder.
pub fn judge(folder: &Path) -> Records {
    let mut records = Records::default();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.to_string_lossy().contains("notes") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a journal");
        let mut started: HashMap<String, usize> = HashMap::new();
        for line in text.lines() {
            let record: Value = serde_json::from_str(line).expect("a record");
            let cue = record["cue"].to_string();
            match record["what"].as_str() {
                Some("cue-starts") => {
                    records.cues += 1;
                    *started.entry(cue).or_default() += 1;
                }
                Some("came-back") => records.returns.extend(record["wall"].as_u64()),
                // A change took it from its place before it was heard.
                Some("cue-left-out") => {
                    started.remove(&cue);
                }
                _ => {}
            }
        }
        let twice = started.iter().filter(|(_, times)| **times > 1);
        let twice = twice.map(|(cue, times)| format!("the cue {cue} began {times} times"));
        records.faults.extend(twice);
    }
    records
}
