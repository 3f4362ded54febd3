//! From a script's file to a timeline that can be played: what every command begins with.

use std::path::Path;
use std::sync::Arc;

use crate::library::{Cache, Library, Watch};
use crate::mistake::{Mistake, Weight};
use crate::script::{self, Session};
use crate::time::Rate;
use crate::timeline::{Course, Timeline, against, compose, files, overlaps};

/// A session that can be played.
#[derive(Debug)]
pub struct Prepared {
    /// What the script says.
    pub session: Arc<Session>,
    /// What is known of its files.
    pub library: Arc<Library>,
    /// Everything that will sound.
    pub timeline: Arc<Timeline>,
    /// What its writer should know, the gravest first; all of them warnings.
    pub remarks: Vec<Mistake>,
}

impl Prepared {
    /// The session as it is written.
    #[must_use]
    pub fn written(&self) -> Course {
        let (session, library) = (Arc::clone(&self.session), Arc::clone(&self.library));
        Course::written(session, library, Arc::clone(&self.timeline))
    }

    /// The session with somebody there to steer it.
    #[must_use]
    pub fn steered(&self) -> Course {
        let (session, library) = (Arc::clone(&self.session), Arc::clone(&self.library));
        Course::steered(session, library, Arc::clone(&self.timeline))
    }
}

/// Reads a script, looks at its files, composes it at a rate, and compares what crosses. Blocking. `watch` is told how
/// far it is, and may call it off.
///
/// # Errors
/// All mistakes at once: those of the script, of its playlists and of their files, and the warnings among them.
pub fn prepare(
    path: &Path,
    rate: Rate,
    cache: &Cache,
    watch: &dyn Watch,
) -> Result<Prepared, Vec<Mistake>> {
    compose_read(script::read(path), rate, cache, watch)
}

/// The same of a script that was read already.
///
/// # Errors
/// All mistakes at once.
pub fn compose_read(
    reading: script::Reading,
    rate: Rate,
    cache: &Cache,
    watch: &dyn Watch,
) -> Result<Prepared, Vec<Mistake>> {
    let mut remarks = reading.mistakes;
    let Some(session) = reading.session else {
        return Err(remarks);
    };
    let names = files(&session).map(|(file, _)| file.to_owned());
    let mut library = Library::scan(names, cache, watch);
    match compose(&session, &library, rate) {
        Ok(composition) => {
            let mut timeline = composition.timeline;
            library.compare(overlaps(&timeline), cache, watch);
            timeline.cross(&library);
            remarks.extend(against(&session, &library, &timeline));
            remarks.extend(composition.remarks);
            remarks.sort_by_key(|mistake| mistake.rank);
            Ok(Prepared {
                session: Arc::new(session),
                library: Arc::new(library),
                timeline: Arc::new(timeline),
                remarks,
            })
        }
        Err(mistakes) => {
            remarks.extend(mistakes);
            remarks.sort_by_key(|mistake| (mistake.weight != Weight::Error, mistake.rank));
            Err(remarks)
        }
    }
}
