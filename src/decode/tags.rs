//! Title and artist.

use symphonia::core::formats::FormatReader;
use symphonia::core::meta::{MetadataRevision, StandardTag};

use crate::writing::named;

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tags {
    /// The piece.
    pub title: Option<String>,
    /// Who plays it.
    pub artist: Option<String>,
}

/// Title and artist, from whichever kind of tag the file has.
pub(super) fn read(format: &mut dyn FormatReader) -> Tags {
    let mut tags = Tags::default();
    if let Some(revision) = format.metadata().skip_to_latest() {
        collect(revision, &mut tags);
    }
    tags
}

fn collect(revision: &MetadataRevision, tags: &mut Tags) {
    let of_tracks = revision
        .per_track
        .iter()
        .flat_map(|track| &track.metadata.tags);
    for tag in revision.media.tags.iter().chain(of_tracks) {
        match &tag.std {
            Some(StandardTag::TrackTitle(text)) => {
                tags.title.get_or_insert_with(|| named(text).into_owned())
            }
            Some(StandardTag::Artist(text)) => {
                tags.artist.get_or_insert_with(|| named(text).into_owned())
            }
            _ => continue,
        };
    }
}
