//! The colours and letters of the picture: quiet, and apart from each other in print too.

use std::fmt::Write;

use crate::timeline::model::PhaseSpan;
use crate::zone::Listener;

/// The soft ground and the ink of a phase, one pair after another.
const PHASES: [(&str, &str); 6] = [
    ("#f4eee1", "#b8996a"),
    ("#e8efe4", "#7b9a77"),
    ("#e2e8f2", "#6680ad"),
    ("#ece6f0", "#8f76a5"),
    ("#f4e6e2", "#b97c72"),
    ("#e2eeee", "#5b9797"),
];

/// Slanted lines for silence that is meant.
pub const HATCH: &str = "<defs><pattern id=\"hatch\" width=\"9\" height=\"9\" patternUnits=\"userSpaceOnUse\" \
    patternTransform=\"rotate(45)\"><path class=\"hatch\" d=\"M0 0L0 9\"/></pattern></defs>";

/// What holds for all of it.
const STYLE: &str = "\
text{font-family:'Avenir Next','Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif;fill:#45423b;font-size:12px}
.paper{fill:#fcfbf7}
.headline{font-family:'Iowan Old Style','Palatino Linotype',Palatino,'Noto Serif','DejaVu Serif',Georgia,serif;font-size:34px;fill:#2f2d28}
.subline{font-size:14px;fill:#77726a}
.name{font-size:15px;font-weight:600;fill:#45423b}
.about{font-size:11px;fill:#77726a}
.band{stroke:#fcfbf7;stroke-width:2}
.outside{font-size:12px}
.grid{stroke:#2f2d28;stroke-opacity:.08;fill:none}
.ground{stroke:#45423b;stroke-opacity:.45;fill:none}
.tick{font-size:11px;fill:#77726a;text-anchor:middle}
.loud{font-size:10px;fill:#a19b91;text-anchor:end}
.hill{fill-opacity:.5;stroke-width:.8;stroke-opacity:.85;stroke-linejoin:round}
.thin{stroke-width:.3}
.title{font-size:12px;fill:#35332d}
.small{font-size:9.5px;fill:#35332d}
.silence{fill:url(#hatch)}
.hatch{stroke:#9a948a;stroke-opacity:.45;fill:none}
.rest{font-size:13px;font-style:italic;fill:#6d685f}
.hold{stroke:#45423b;stroke-opacity:.7;stroke-width:1.4;stroke-dasharray:2 4;fill:none}
.bar{fill:#45423b}
.lane{fill:#fff;fill-opacity:.6}
.mark{rx:2px;fill-opacity:.9}
.who{font-size:11px;text-anchor:end}
.gain{fill-opacity:.22}
.leader{fill:none;stroke-opacity:.45;stroke-width:.8}
.tail{fill:none;stroke-width:1.6;stroke-opacity:.55}
.when{font-size:11px;fill:#8b857b}
.word{font-size:12px}
.remind text.word{font-style:italic}
.legend{font-size:11px;fill:#77726a}
";

/// The class of a phase's colours: those of the first one of its name, since a session that was led back to a phase has it
/// twice.
pub fn phase(phases: &[PhaseSpan], number: usize) -> String {
    let before = phases.get(..=number).unwrap_or(phases);
    let name = before.last().map(|span| span.name.as_str());
    let mut names: Vec<&str> = Vec::new();
    for span in before {
        if !names.contains(&span.name.as_str()) {
            names.push(&span.name);
        }
    }
    let hue = names.iter().position(|other| Some(*other) == name);
    class(hue.unwrap_or(0))
}

/// The class of one pair of colours.
pub fn class(hue: usize) -> String {
    format!("p{}", hue % PHASES.len())
}

/// The class of the colours of those who hear something; `None` for everybody in a session of more than one zone.
pub const fn who(listener: Option<Listener>) -> &'static str {
    match listener {
        None => "all",
        Some(Listener::A) => "a",
        Some(Listener::B) => "b",
        Some(Listener::Room) => "room",
    }
}

/// The class of what is for the therapist alone.
pub const REMIND: &str = "remind";

/// The ink of each class of listeners, and of what was done and what failed.
const WHO: [(&str, &str); 8] = [
    ("all", "#45423b"),
    ("a", "#1f7a80"),
    ("b", "#8d4a80"),
    ("room", "#5d6e3f"),
    (REMIND, "#93703a"),
    (MOMENT, "#a2492f"),
    (DEED, "#45423b"),
    (FAULT, "#b3261e"),
];

/// The same by night: the ground and ink of each phase, and each other ink.
const NIGHT_PHASES: [(&str, &str); 6] = [
    ("#2b271f", "#c9ab7c"),
    ("#222a22", "#8fb08a"),
    ("#20262f", "#7f9ac8"),
    ("#29242e", "#a890bf"),
    ("#2e2422", "#cc948b"),
    ("#1f2a2a", "#74b0b0"),
];
const NIGHT_INK: [&str; 8] = [
    "#c9c4b8", "#5fb8be", "#c78cba", "#a3b684", "#c9a468", "#e08a6c", "#c9c4b8", "#f2837b",
];
const NIGHT: &str = "\
text{fill:#c9c4b8}
.name,.title,.small{fill:#e4e0d6}
.about,.tick,.legend,.rest,.when{fill:#9b968b}
.loud{fill:#7d786f}
.band{stroke:#191815}
.grid{stroke:#fff;stroke-opacity:.09}
.ground{stroke:#c9c4b8}
.hold{stroke:#c9c4b8}
.bar{fill:#c9c4b8}
.lane{fill:#000;fill-opacity:.22}
.hill{fill-opacity:.45}
.hatch{stroke:#8b857b}
";

/// The class of a moment that somebody marked.
pub const MOMENT: &str = "moment";

/// The class of what was done to the session.
pub const DEED: &str = "deed";

/// The class of what failed.
pub const FAULT: &str = "fault";

/// What holds on a dark screen, on top of [`style`].
pub fn dark() -> String {
    let mut style = format!("@media screen and (prefers-color-scheme:dark){{\n{NIGHT}");
    put_inks(&mut style, &NIGHT_PHASES, NIGHT_INK);
    style + "}\n"
}

/// The style sheet.
pub fn style() -> String {
    let mut style = STYLE.to_owned();
    put_inks(&mut style, &PHASES, WHO.map(|(_, ink)| ink));
    style
}

fn put_inks(style: &mut String, phases: &[(&str, &str)], inks: [&str; 8]) {
    for (number, (ground, ink)) in phases.iter().enumerate() {
        let _ = writeln!(
            style,
            ".p{number} .band{{fill:{ground}}}.p{number} .hill{{fill:{ink};stroke:{ink}}}.p{number} .leader{{stroke:{ink}}}"
        );
    }
    for ((class, _), ink) in WHO.iter().zip(inks) {
        let _ = writeln!(
            style,
            ".{class} .mark,.{class} .gain,.{class} .word,.{class} .who{{fill:{ink}}}\
             .{class} .leader,.{class} .tail{{stroke:{ink}}}"
        );
    }
}
