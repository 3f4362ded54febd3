//! What the journals say: no cue came twice.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

/// How many cues began, and what is wrong.
pub fn judge(folder: &Path) -> (usize, Vec<String>) {
    let (mut cues, mut faults) = (0, Vec::new());
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
                    cues += 1;
                    *started.entry(cue).or_default() += 1;
                }
                // A change took it from its place before it was heard.
                Some("cue-left-out") => {
                    started.remove(&cue);
                }
                _ => {}
            }
        }
        let twice = started.iter().filter(|(_, times)| **times > 1);
        faults.extend(twice.map(|(cue, times)| format!("the cue {cue} began {times} times")));
    }
    (cues, faults)
}
