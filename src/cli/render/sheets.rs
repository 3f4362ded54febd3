//! The two files of a report, its numbers and its picture, and the few lines of it that are printed.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::screen::{count, printable};
use crate::measure::{Finding, Report, json, svg};
use crate::output::{FileError, Partial, check_place};
use crate::time::nearest_clock;

/// So many places are printed; all of them are in the files.
const PRINTED: usize = 12;

/// Where a report goes: two files beside each other that differ in their ending.
#[derive(Debug, Clone)]
pub struct Sheets {
    pub json: PathBuf,
    pub svg: PathBuf,
}

/// Why a name is none for a report.
#[derive(Debug, thiserror::Error)]
pub enum NameError {
    /// The name's ending is not one of ours.
    #[error("`{}` ends neither in .json nor in .svg; name one of a report's two files, the other one is put beside it", .0.display())]
    Ending(PathBuf),
    /// No file can be there.
    #[error(transparent)]
    Place(#[from] FileError),
}

impl Sheets {
    /// Both files, of which one is named. Blocking.
    pub fn named(name: &Path) -> Result<Self, NameError> {
        let ending = name.extension().unwrap_or_default().to_ascii_lowercase();
        if ending != "json" && ending != "svg" {
            return Err(NameError::Ending(name.to_owned()));
        }
        let sheets = Self {
            json: name.with_extension("json"),
            svg: name.with_extension("svg"),
        };
        check_place(&sheets.json)?;
        check_place(&sheets.svg)?;
        Ok(sheets)
    }

    /// Begins both, so that what keeps them from being written is known before anything is rendered. Blocking.
    pub fn begin(&self) -> Result<Begun<'_>, FileError> {
        let begin =
            |path: &Path| Partial::create(path).map_err(|why| FileError::from_io(path, why));
        Ok(Begun {
            sheets: self,
            json: begin(&self.json)?,
            svg: begin(&self.svg)?,
        })
    }
}

/// Both files, which are not in their places yet. Dropped, they are gone.
pub struct Begun<'a> {
    sheets: &'a Sheets,
    json: Partial,
    svg: Partial,
}

impl Begun<'_> {
    /// Writes both, and puts them in their places. Blocking.
    pub fn complete(mut self, report: &Report) -> Result<(), FileError> {
        let Sheets {
            json: numbers,
            svg: picture,
        } = self.sheets;
        let to_json = |error| FileError::from_io(numbers, error);
        let to_svg = |error| FileError::from_io(picture, error);
        let text = serde_json::to_string(&json(report))
            .map_err(|error| to_json(io::Error::from(error)))?;
        let both = self.json.write_all(text.as_bytes());
        both.and_then(|()| self.json.write_all(b"\n"))
            .map_err(to_json)?;
        self.svg.write_all(svg(report).as_bytes()).map_err(to_svg)?;
        // Both are whole before either is in its place.
        self.json.complete().map_err(to_json)?;
        self.svg.complete().map_err(to_svg)
    }
}

/// What is printed of a report: each zone's numbers, and the places that are worth to be listened to.
pub fn summary(report: &Report, sheets: &Sheets) -> String {
    let mut text = String::new();
    let names = [&sheets.json, &sheets.svg].map(|path| printable(&path.to_string_lossy()));
    let _ = writeln!(
        text,
        "What it sounds like is in {} and {}",
        names[0], names[1]
    );
    let layout = &report.timeline.layout;
    for sound in &report.sounds {
        let who = match layout.listener(sound.zone) {
            Some(listener) if layout.len() > 1 => format!("{listener}: "),
            _ => String::new(),
        };
        let _ = writeln!(text, "{who}{}", report.numbers(sound));
    }
    let findings = report.findings();
    if findings.is_empty() {
        text.push_str("Nothing stands out.\n");
        return text;
    }
    let _ = writeln!(text, "{} to listen to:", count(findings.len(), "place"));
    for finding in findings.iter().take(PRINTED) {
        let _ = writeln!(text, "  {}", line(finding, report));
    }
    if findings.len() > PRINTED {
        let _ = writeln!(text, "  and {} more", findings.len() - PRINTED);
    }
    text
}

/// `0:42  a, b: a click`
fn line(finding: &Finding, report: &Report) -> String {
    let timeline = &report.timeline;
    let at = nearest_clock(timeline.rate.duration(finding.over.start));
    let words = finding.words_in(&timeline.layout);
    printable(&format!("{at}  {words}"))
}
